"""`NAME.zip.age`: a zip that exists only as a stream, encrypted to one age recipient while it is made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import pyrage  # type: ignore[import-untyped]

from haechi.adapters.envelopes.placing import digest_of, placed, settle
from haechi.adapters.envelopes.zipping import Flowing, zipped
from haechi.domain.errors import EnvelopeBrokenError
from haechi.domain.recipient import TransferForm
from haechi.ports.envelope import Closed, EnvelopeFile
from haechi.ports.written import Written

_VERSION = b"age-encryption.org/v1\n"
_STANZA = b"-> X25519 "
_FOOTER = b"--- "
_CHUNK, _TAG, _NONCE = 1 << 16, 16, 16  # age v1: the payload is a nonce, then chunks of 64 KiB with a tag each
_MOST_HEADER_LINES = 64


class AgeEnvelope:
    """Closes files for one recipient (`age1…`)."""

    form = TransferForm.AGE

    def __init__(self, recipient: str) -> None:
        self._recipient = pyrage.x25519.Recipient.from_str(recipient)

    def write(
        self,
        folder: str,
        files: Sequence[EnvelopeFile],
        target: Path,
        *,
        progress: Callable[[int], None],
        record: Callable[[Closed], None],
    ) -> Closed:
        """Write, and read back: only the recipient can open it, so form, recipients, size and digest are checked."""
        with placed(target) as file:
            source, written = Flowing(zipped(folder, files, progress)), Written(file)
            try:
                pyrage.encrypt_io(cast("BinaryIO", source), written, [self._recipient])
            except BaseException as error:
                raise (source.error or written.error or error) from error
            # pyrage 1.4 returns as if all were well when the last write fails.
            if (failed := source.error or written.error) is not None:
                raise failed
            settle(file)
            digest, size = digest_of(file)
            file.seek(0)
            if digest != written.total.hexdigest() or not _is_for_one(file, source.size, size):
                raise EnvelopeBrokenError(path=str(target))
            closed = Closed(size, digest)
            record(closed)
        return closed


def _is_for_one(file: BinaryIO, clear: int, size: int) -> bool:
    """Say whether this is an age file for exactly one X25519 recipient, with as much payload as there was to encrypt.

    Which key that recipient has does not show in an age file; that is its design.
    """
    if file.readline(len(_VERSION)) != _VERSION:
        return False
    stanzas = 0
    for _ in range(_MOST_HEADER_LINES):
        line = file.readline(256)
        if line.startswith(_FOOTER):
            break
        stanzas += line.startswith(_STANZA)
        if line.startswith(b"-> ") and not line.startswith(_STANZA) and not line.split()[1].endswith(b"-grease"):
            return False  # a stanza of no meaning ("grease") keeps readers from assuming too much; any other is a key
    chunks = max(1, -(-clear // _CHUNK))
    return stanzas == 1 and size == file.tell() + _NONCE + clear + _TAG * chunks


def encrypt_for(content: bytes, recipient: str, /) -> bytes:
    """Return an age file of these bytes for one recipient."""
    return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)]))
