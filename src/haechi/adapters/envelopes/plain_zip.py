"""A zip of files that are encrypted already, each for its reader."""

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from haechi.adapters.envelopes.placing import PIECE, digest_of, placed, settle
from haechi.adapters.envelopes.zipping import zipped
from haechi.domain.errors import EnvelopeBrokenError
from haechi.domain.recipient import TransferForm
from haechi.ports.envelope import Closed, EnvelopeFile


class PlainZipEnvelope:
    """Puts age files together. It refuses a file that is none: nothing else may leave without encryption."""

    form = TransferForm.SEALED

    def write(
        self,
        folder: str,
        files: Sequence[EnvelopeFile],
        target: Path,
        *,
        progress: Callable[[int], None],
        record: Callable[[Closed], None],
    ) -> Closed:
        """Write, then read every file back and compare its digest."""
        for file in files:
            with file.open() as stream:
                if not stream.read(32).startswith(b"age-encryption.org/v1\n"):
                    raise ValueError(file.path)
        with placed(target) as out:
            for piece in zipped(folder, files, progress):
                out.write(piece)
            settle(out)
            if not _holds(folder, files, out):
                raise EnvelopeBrokenError(path=str(target))
            digest, size = digest_of(out)
            closed = Closed(size, digest)
            record(closed)
        return closed


def _holds(folder: str, files: Sequence[EnvelopeFile], source: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(source) as archive:
            for file in files:
                total = hashlib.sha256()
                with archive.open(f"{folder}/{file.path}") as member:
                    while piece := member.read(PIECE):
                        total.update(piece)
                if total.hexdigest() != file.digest:
                    return False
    except (zipfile.BadZipFile, KeyError, EOFError):
        return False
    return True
