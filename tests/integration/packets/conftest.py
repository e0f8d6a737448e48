"""Small packet plans over a real log with real keys; every byte of an exhibit is drawn by code."""

import importlib.resources
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from drawn.packet_plan import Key, make_plan, make_rich_plan
from drawn.packet_sample import resign
from haechi.adapters.packets.verifier import FolderVerifier
from haechi.domain.policy import parse_policy
from haechi.flows.verify_packet import verify_packet
from haechi.ports.packets import Expected
from stock_programs import needed


def verify_ed25519(public: bytes, signature: bytes, message: bytes, /) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.fixture(scope="session")
def make():
    return make_plan


# --- the three verifiers -----------------------------------------------------------------------------------------------

VERIFY = Path(str(importlib.resources.files("haechi.adapters.packets"))) / "verify"


@dataclass(frozen=True)
class Outcome:
    """What one verifier said: its exit code and its findings as (code, place)."""

    code: int
    findings: list[tuple[str, str]]
    output: str = ""


def by_shell(packet: Path, *options: str) -> Outcome:
    for one in ("bash", "openssl", "ssh-keygen"):
        needed(one)
    done = subprocess.run(
        ["bash", VERIFY / "verify.sh", *options, packet], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.stderr == ""
    findings = re.findall(r"^  \[!\] (\S+)  (.*)$", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == ("FAIL" if done.returncode else "PASS")
    return Outcome(done.returncode, findings, done.stdout)


def loaded():
    """Return verify.py as a module: starting a program for each of some hundred packets would take a minute."""
    spec = importlib.util.spec_from_file_location("packet_verify", VERIFY / "verify.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TRAVELLING = loaded()


def by_python(packet: Path, *options: str) -> Outcome:
    check = TRAVELLING.Check(packet, options[1] if options else None)
    check.run()
    assert {code for code, _ in check.findings} <= TRAVELLING.WORDS.keys()
    return Outcome(1 if check.findings else 0, check.findings, TRAVELLING.told(check))


def expected_by(options: Sequence[str]) -> Expected:
    given = list(zip(options[::2], options[1::2], strict=True))
    policy = next((parse_policy(Path(value).read_bytes()) for name, value in given if name == "--policy"), None)
    return Expected(
        signer=next((value for name, value in given if name == "--signer"), None),
        authorities=tuple(value for name, value in given if name == "--authority"),
        policy=policy,
    )


def by_haechi(packet: Path, *options: str) -> Outcome:
    verdict = verify_packet(packet, expected_by(options), packets=FolderVerifier({0x04: verify_ed25519}))
    findings = [(one.code, one.place) for one in verdict.findings]
    return Outcome(0 if verdict.holds else 1, findings)


VERIFIERS = {"verify.sh": by_shell, "verify.py": by_python, "haechi": by_haechi}


@pytest.fixture(params=VERIFIERS)
def verify(request):
    """Each of the three verifiers in turn."""
    return VERIFIERS[request.param]


@pytest.fixture
def verifiers():
    return VERIFIERS


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """A packet that is written once; take `packet` for one that may be changed."""
    made = make_plan()
    place = tmp_path_factory.mktemp("packets") / "패킷 one"
    made.write(place)
    return made, place


@pytest.fixture(scope="session")
def rich_written(tmp_path_factory):
    """A packet with messages, a derivative, stamps and cosignatures, written once."""
    made = make_rich_plan()
    place = tmp_path_factory.mktemp("rich") / "packet"
    made.write(place)
    return made, place


@pytest.fixture
def rich(rich_written, tmp_path):
    """A copy of it, to do what one likes with."""
    return Path(shutil.copytree(rich_written[1], tmp_path / "rich packet", symlinks=True))


@pytest.fixture
def packet(written, tmp_path):
    """A copy of the good packet, to do what one likes with."""
    return Path(shutil.copytree(written[1], tmp_path / "받은 packet", symlinks=True))


@pytest.fixture
def travelling():
    """verify.py as a module."""
    return TRAVELLING


@pytest.fixture
def forge():
    return resign


@pytest.fixture
def key():
    return Key
