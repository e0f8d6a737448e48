"""What the packets of the corpus are made of: one drawn good packet, and ways to change a copy of it."""

import functools
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from drawn.packet_plan import ORIGIN, Key, Made, make_rich_plan
from drawn.packet_sample import remanifest, resign
from haechi.adapters.packets import sshsig
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.note import NoteKey, sign_note
from haechi.domain.sshkey import key_fingerprint

SIGNER, LOG, OTHER = Key("packet rich"), Key("log rich"), Key("somebody else")
LOG_KEY = NoteKey(ORIGIN, LOG.public)
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
Change = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """A packet of the corpus: `make` writes it as a folder; `codes` are what a verifier must find, none to pass.

    `signer`, `authorities` and `policy` are what the verifier is told to expect. `unseen` says that a
    browser cannot see what is wrong (a link, a special file), so that its answer is not compared; `misused` that an option
    cannot be read, so that nothing is checked.
    """

    name: str
    what: str
    make: Change
    codes: frozenset[str] = frozenset()
    signer: Key | str | None = None
    authorities: tuple[str, ...] = ()
    policy: str | None = None
    unseen: bool = False
    misused: bool = False


def signer_of(key: Key | str) -> str:
    """Return the fingerprint that stands on paper; what somebody typed stays as it is."""
    return key if isinstance(key, str) else key_fingerprint(key.public)


# --- the good packet --------------------------------------------------------------------------------------------------


@functools.cache
def rich() -> Made:
    """Return the plan of the good packet."""
    return make_rich_plan()


@functools.cache
def _good() -> Path:
    target = Path(tempfile.mkdtemp(prefix="haechi-corpus-")) / "good"
    write(rich(), target)
    return target


def write(made: Made, target: Path) -> None:
    """Write a packet without the programs that travel in one: the corpus is about what they check, not about them."""
    made.write(target)
    shutil.rmtree(target / "verify")
    resign(target, SIGNER)


def good(target: Path) -> None:
    """Write the good packet."""
    shutil.copytree(_good(), target)


def changed(*changes: Change) -> Change:
    """Return what writes the good packet with these changes, and nobody's signature over them."""

    def make(target: Path) -> None:
        good(target)
        for change in changes:
            change(target)

    return make


def signed(*changes: Change) -> Change:
    """Return what writes the good packet with these changes, signed again by its own key."""
    return changed(*changes, lambda packet: resign(packet, SIGNER))


def planned(**parts: object) -> Change:
    """Return what writes a packet whose plan has these parts exchanged."""
    return lambda target: write(rich().with_plan(**parts), target)


def sealed(packet: Path) -> None:
    """Sign the tag manifest as it is; both manifests stay what somebody made of them."""
    text = sshsig.sign((packet / "tagmanifest-sha256.txt").read_bytes(), SIGNER.public, SIGNER.sign)
    (packet / "tagmanifest-sha256.txt.sig").write_text(text, encoding="ascii")


def tagged(packet: Path) -> None:
    """Make the tag manifest anew and sign it; the payload's manifest stays what somebody made of it."""
    payload = (packet / "manifest-sha256.txt").read_bytes()
    remanifest(packet)
    tag = packet / "tagmanifest-sha256.txt"
    honest = hashlib.sha256((packet / "manifest-sha256.txt").read_bytes()).hexdigest()
    (packet / "manifest-sha256.txt").write_bytes(payload)
    tag.write_text(tag.read_text().replace(honest, hashlib.sha256(payload).hexdigest()), encoding="ascii")
    sealed(packet)


# --- changes ----------------------------------------------------------------------------------------------------------


def edited(path: str, old: str | bytes, new: str | bytes, *, every: bool = False) -> Change:
    """Return what puts `new` where `old` stood (first, or everywhere), and insists that it stood there."""
    before, after = (one.encode() if isinstance(one, str) else one for one in (old, new))

    def change(packet: Path) -> None:
        content = (packet / path).read_bytes()
        if before not in content:
            raise ValueError(path, old)
        (packet / path).write_bytes(content.replace(before, after, -1 if every else 1))

    return change


def lines(path: str, change_lines: Callable[[list[bytes]], list[bytes]]) -> Change:
    """Return what makes other lines of a file's lines, each with its end."""
    return lambda packet: (
        (packet / path).write_bytes(b"".join(change_lines((packet / path).read_bytes().splitlines(keepends=True))))
        and None
    )


def put(path: str, content: bytes | str) -> Change:
    """Return what writes a file."""

    def change(packet: Path) -> None:
        (packet / path).parent.mkdir(parents=True, exist_ok=True)
        (packet / path).write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def removed(path: str) -> Change:
    """Return what removes a file."""
    return lambda packet: (packet / path).unlink()


def flipped(path: str, at: int) -> Change:
    """Return what turns one bit of a file."""

    def change(packet: Path) -> None:
        content = bytearray((packet / path).read_bytes())
        content[at] ^= 1
        (packet / path).write_bytes(content)

    return change


def note(size: int, root: bytes, *, name: str = ORIGIN, key: Key = LOG) -> str:
    """Return a signed checkpoint."""
    return sign_note(Checkpoint(name, size, root).text(), NoteKey(name, key.public), key.sign)
