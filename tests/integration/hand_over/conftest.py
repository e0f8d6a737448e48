"""A vault with sealed drawn pictures and messages, keys of a recipient, and packets."""

import io
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from drawn_files import scene
from drawn_vault import account, make, message, opened, sealed_case, take
from haechi.domain.case import Age, CustodyMode
from haechi.flows.open_case import open_case
from stock_programs import needed

QUOTED = "이 사람이 보냈다 https://t.me/+AbCdEfGh"


def png(seed: int) -> bytes:
    target = io.BytesIO()
    scene(seed).save(target, "PNG")
    return target.getvalue()


def drawn_messages():
    return [message(number, f"글 {number}", label="초록우산") for number in range(1, 6)] + [
        message(6, QUOTED, sender=account(7), label="달토끼", links=("https://t.me/+AbCdEfGh",), reply_to="1")
    ]


@pytest.fixture
def vault(tmp_path):
    """A sealed case with two drawn pictures and six messages."""
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        case = sealed_case(vault)
        take(vault, case, drawn_messages(), files=[("a.png", png(1)), ("b.png", png(2))])
        yield vault


@pytest.fixture
def case(vault):
    return vault.ledger.cases()[0]


@pytest.fixture
def text_only(tmp_path):
    """A reference-only case with the same messages and files."""
    make(tmp_path / "text")
    with opened(tmp_path / "text") as vault:
        case = open_case(
            vault, "사건", actor="person", mode=CustodyMode.REFERENCE_ONLY, age=Age.UNKNOWN, reader="unused"
        )
        take(vault, case, drawn_messages(), files=[("a.png", png(1))])
        yield vault


@dataclass(frozen=True)
class Receiver:
    """Somebody who gets packets, with a real SSH key."""

    identity: pyrage.x25519.Identity
    key: Path

    @property
    def age(self) -> str:
        return str(self.identity.to_public())

    @property
    def ssh(self) -> str:
        return self.key.with_suffix(".pub").read_text()

    def sign(self, path: Path, *, namespace: str = "receipt@haechi", options=()) -> bytes:
        sig = Path(f"{path}.sig")
        sig.unlink(missing_ok=True)
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, *options, "-f", str(self.key), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return sig.read_bytes()


def receiver_with(folder: Path, kind: str = "ed25519", bits: int | None = None) -> Receiver:
    needed("ssh-keygen")
    folder.mkdir(exist_ok=True)
    size = [] if bits is None else ["-b", str(bits)]
    command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "drawn", "-f", str(folder / "key")]
    subprocess.run(command, check=True, capture_output=True)
    return Receiver(pyrage.x25519.Identity.generate(), folder / "key")


@pytest.fixture
def receiver(tmp_path) -> Receiver:
    return receiver_with(tmp_path / "receiver")
