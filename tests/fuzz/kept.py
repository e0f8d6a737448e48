"""What stands in a vault, a back-up, a sheet of paper or a witness's folder, when somebody else has had it."""

import contextlib
from collections.abc import Iterable

from fuzz.target import MOST_READ, Target, packet, scratch
from haechi.domain.errors import HaechiError


def _header(data: bytes) -> None:
    from haechi.adapters.keys import MasterKeySlots
    from haechi.adapters.machine import system_randomness
    from haechi.adapters.vault_folder.header import read_header
    from haechi.domain.vault import Operation
    from haechi.ports.keys import GivenKey

    with contextlib.suppress(HaechiError):
        header = read_header(data, Operation.READ)
        # A recovery key: it costs nothing, and a passphrase slot from a fuzzer may ask for a gigabyte and a minute.
        slots = [slot for slot in header.slots if slot["kind"] != "passphrase"]
        MasterKeySlots(system_randomness).open(slots, GivenKey(_RECOVERY), vault_id=header.vault_id)


_RECOVERY = "0000-0000-0000-0000-0000-0000-0000-0000-0000"


def _manifest(data: bytes) -> None:
    from haechi.domain.back_up import Manifest, ManifestError

    with contextlib.suppress(ManifestError):
        assert Manifest.parse(data).text() == data


def _note(data: bytes) -> None:
    from haechi.adapters.signing import verify_ed25519
    from haechi.domain.checkpoint import Checkpoint, CheckpointError
    from haechi.domain.note import NoteError, NoteKey, open_note

    text = data.decode("utf-8", "replace")
    with contextlib.suppress(NoteError):
        open_note(text, NoteKey("haechi.invalid/0", bytes(32)), verify_ed25519)
    with contextlib.suppress(NoteError):
        assert NoteKey.parse(text).vkey == text
    with contextlib.suppress(CheckpointError):
        found = Checkpoint.parse(text)
        assert text.startswith(found.text().rpartition("\n")[0].rpartition("\n")[0])


def _blob(data: bytes) -> None:
    import pyrage

    from haechi.adapters.blobs import AgeBlobs
    from haechi.ports.blobs import Blob

    folder = scratch() / "blobs-vault"
    (folder / "blobs" / "00").mkdir(parents=True, exist_ok=True)
    identity = pyrage.x25519.Identity.from_str(_IDENTITY)
    wrap = pyrage.encrypt(_IDENTITY.encode(), [identity.to_public()])
    name = "0" * 64
    (folder / "blobs" / "00" / f"{name}.age").write_bytes(data)
    blobs = AgeBlobs(folder, bytes(32))
    for size in (5, 40 << 20):  # decrypted at once, and while it is read
        blob = Blob(name, size, ((str(identity.to_public()), wrap),))
        with contextlib.suppress(HaechiError), blobs.open(blob, identity=_IDENTITY) as stream:
            stream.read(MOST_READ)
    wrapped = Blob(name, 5, ((str(identity.to_public()), data),))
    with contextlib.suppress(HaechiError):
        blobs.open(wrapped, identity=_IDENTITY)


# Not a secret of anybody's: it opens what the fuzzer itself made.
_IDENTITY = "AGE-SECRET-KEY-1HC20CYPVWZLHC8WDPUEQQJ7R5JQRFYGJA565T6U576KENP5X3J0Q594Y90"


def _sheets(data: bytes) -> None:
    from haechi.adapters.keys.recovery_key import RecoveryKeyTypoError, read_recovery_key
    from haechi.adapters.keys.split import Slip39Splitter

    text = data.decode("utf-8", "replace")
    with contextlib.suppress(RecoveryKeyTypoError):
        read_recovery_key(text)
    with contextlib.suppress(HaechiError):
        Slip39Splitter().join(text.splitlines())


def _back_up(data: bytes) -> None:
    """Read the list of copies in a back-up's folder, check the copy, and restore it."""
    from haechi.adapters.vault_folder.back_ups import DiskBackUps

    folder, target = scratch() / "back-up", scratch() / "restored"
    (folder / "copies" / "0001").mkdir(parents=True, exist_ok=True)
    (folder / "copies" / "0001" / "manifest.json").write_bytes(data)
    with contextlib.suppress(HaechiError):
        for copy in DiskBackUps().copies(folder).readable:
            assert DiskBackUps().check(folder, copy, lambda *_: None)
            DiskBackUps().restore(folder, copy, target, lambda *_: None)
    assert not target.exists()


def _witness_keys(data: bytes) -> None:
    from drawn_witness import SIGNERS
    from haechi.adapters.witness.folder import open_folder

    folder = scratch() / "witness-keys"
    folder.mkdir(exist_ok=True)
    (folder / "keys").write_bytes(data)
    with contextlib.suppress(HaechiError):
        open_folder(folder, SIGNERS)


def _kept_checkpoint(data: bytes) -> None:
    from haechi.adapters.packets.kept_checkpoint import read_kept_checkpoint
    from haechi.domain.checkpoint import Checkpoint, CheckpointError
    from haechi.domain.note import NoteError, split_note

    place = scratch() / "kept"
    place.write_bytes(data)
    with contextlib.suppress(HaechiError, CheckpointError, NoteError):
        Checkpoint.parse(split_note(read_kept_checkpoint(place))[0])


# --- seeds ----------------------------------------------------------------------------------------------------------


def _drawn_header() -> Iterable[bytes]:
    from drawn_vault import make

    folder = scratch() / "header-vault"
    if not folder.exists():
        make(folder)
    yield (folder / "haechi.vault").read_bytes()


def _drawn_manifest() -> Iterable[bytes]:
    from haechi.domain.back_up import FILES, KeptFile, Manifest

    kept = KeptFile("0" * 64, 1)
    yield Manifest("id", "2026-01-02T03:04:05.000006Z", 1, 0, dict.fromkeys(FILES, kept), {"0" * 64: kept}).text()


def _drawn_age() -> Iterable[bytes]:
    import pyrage

    yield pyrage.encrypt(b"drawn", [pyrage.x25519.Identity.from_str(_IDENTITY).to_public()])


def _drawn_sheets() -> Iterable[bytes]:
    from haechi.adapters.keys.recovery_key import write_recovery_key
    from haechi.adapters.keys.split import Slip39Splitter

    yield write_recovery_key(bytes(20)).encode()
    sheets = Slip39Splitter().split(write_recovery_key(bytes(20)), needed=2, total=3)
    yield "\n".join(" ".join(sheet.words) for sheet in sheets[:2]).encode()


def _drawn_witness_keys() -> Iterable[bytes]:
    from drawn_witness import make_witness

    folder = scratch() / "witness-drawn"
    if not folder.exists():
        make_witness(folder)
    yield (folder / "keys").read_bytes()


TARGETS = (
    Target("header", _header, _drawn_header, 8192),
    Target("manifest", _manifest, _drawn_manifest, 8192),
    Target("back-up", _back_up, _drawn_manifest, 8192),
    Target("note", _note, lambda: [packet()["seal/checkpoint"], packet()["seal/log-key.txt"]], 4096),
    Target("kept-checkpoint", _kept_checkpoint, lambda: [packet()["seal/checkpoint"]], 4096),
    Target("witness-keys", _witness_keys, _drawn_witness_keys, 4096),
    Target("blob", _blob, _drawn_age, 4096),
    Target("sheets", _sheets, _drawn_sheets, 2048),
)
