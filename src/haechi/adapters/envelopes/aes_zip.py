"""`NAME.zip` with AES-256 (WinZip AE-2) and a passphrase: for whoever has no age key. Names of files stay readable."""

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import pyzipper  # type: ignore[import-untyped]

from haechi.adapters.envelopes.placing import PIECE, digest_of, pieces, placed, settle
from haechi.adapters.envelopes.zipping import DATE, is_large, zip_info
from haechi.domain.errors import EnvelopeBrokenError, HandOverRefusedError
from haechi.domain.recipient import TransferForm
from haechi.ports.envelope import Closed, EnvelopeFile

SHORTEST = 14
"""Characters of a passphrase. WinZip's AES derives its key with 1,000 rounds of PBKDF2-SHA1: length has to do the work."""


class AesZipEnvelope:
    """Closes files with a passphrase, as UTF-8 in NFC. Raises `HandOverRefusedError` for one that is too short."""

    form = TransferForm.ZIP

    def __init__(self, passphrase: str) -> None:
        # A Mac types Hangul and accents taken apart, other machines do not; the receiver's program compares bytes.
        passphrase = unicodedata.normalize("NFC", passphrase)
        if len(passphrase) < SHORTEST:
            raise HandOverRefusedError(reason="passphrase-short", minimum=SHORTEST)
        self._passphrase = passphrase.encode()

    def write(
        self,
        folder: str,
        files: Sequence[EnvelopeFile],
        target: Path,
        *,
        progress: Callable[[int], None],
        record: Callable[[Closed], None],
    ) -> Closed:
        """Write, then open it with the passphrase and compare every file's digest."""
        with placed(target) as file:
            self._fill(folder, files, file, progress)
            settle(file)
            if not self._holds(folder, files, file):
                raise EnvelopeBrokenError(path=str(target))
            digest, size = digest_of(file)
            closed = Closed(size, digest)
            record(closed)
        return closed

    def _fill(
        self, folder: str, files: Sequence[EnvelopeFile], target: BinaryIO, progress: Callable[[int], None]
    ) -> None:
        done = 0
        archive = pyzipper.AESZipFile(target, "w")
        try:
            archive.setpassword(self._passphrase)
            # AE-2 leaves out the checksum of the clear bytes, which AE-1 tells everybody.
            archive.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=2)
            for file in files:
                plain = zip_info(folder, file)
                info = archive.zipinfo_cls(plain.filename, DATE)
                info.create_system, info.external_attr = plain.create_system, plain.external_attr
                info.compress_type, info.file_size = plain.compress_type, plain.file_size
                with archive.open(info, "w", force_zip64=is_large(file)) as member:
                    for piece in pieces(file):
                        member.write(piece)
                        done += len(piece)
                        progress(done)
            archive.close()
        except BaseException:
            archive.fp = None  # given up: its destructor would try to finish it
            raise

    def _holds(self, folder: str, files: Sequence[EnvelopeFile], source: BinaryIO) -> bool:
        expected = {f"{folder}/{file.path}": file.digest for file in files}
        try:
            with pyzipper.AESZipFile(source) as archive:
                archive.setpassword(self._passphrase)
                if archive.namelist() != list(expected):
                    return False
                for info in archive.infolist():
                    total = hashlib.sha256()
                    with archive.open(info) as member:
                        while piece := member.read(PIECE):
                            total.update(piece)
                    if total.hexdigest() != expected[info.filename] or info.wz_aes_strength != 3:  # noqa: PLR2004 - 256 bits
                        return False
        except (pyzipper.BadZipFile, RuntimeError, EOFError):
            return False
        return True
