"""A zip archive as a stream of bytes: made while it is read, the same for the same files, never whole in memory."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence

from haechi.adapters.envelopes.placing import pieces
from haechi.ports.envelope import EnvelopeFile

DATE = (1980, 1, 1, 0, 0, 0)
"""When every member was made, says the archive: the same packet gives the same bytes."""
_TEXT = (
    ".csv",
    ".json",
    ".jsonl",
    ".jsonld",
    ".txt",
    ".html",
    ".py",
    ".sh",
    ".ps1",
    ".pem",
    ".tlog-proof",
    ".checkpoint",
)
_LARGE = 1 << 31  # bytes from which on a member's sizes are written with 64 bits
_UNIX, _REGULAR = 3, 0o100000


def zip_info(folder: str, file: EnvelopeFile) -> zipfile.ZipInfo:
    """Return how a file stands in the archive: private, scripts executable, pictures not compressed once more."""
    info = zipfile.ZipInfo(f"{folder}/{file.path}", DATE)
    mode = 0o700 if file.path.endswith((".sh", ".py")) else 0o600
    info.create_system, info.external_attr = _UNIX, (_REGULAR | mode) << 16
    info.compress_type = compression(file)
    info.file_size = file.size
    return info


def compression(file: EnvelopeFile) -> int:
    """Return how the file is packed."""
    return zipfile.ZIP_DEFLATED if file.path.endswith(_TEXT) else zipfile.ZIP_STORED


def is_large(file: EnvelopeFile) -> bool:
    """Whether the file needs the 64-bit form; asked of every member before it is written, since sizes follow it."""
    return file.size >= _LARGE


def zipped(folder: str, files: Sequence[EnvelopeFile], progress: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the archive of these files, some MiB at a time at most. Raises `HandOverRefusedError`."""
    sink, done = _Sink(), 0
    with zipfile.ZipFile(sink, "w") as archive:
        for file in files:
            with archive.open(zip_info(folder, file), "w", force_zip64=is_large(file)) as member:
                for piece in pieces(file):
                    member.write(piece)
                    done += len(piece)
                    progress(done)
                    yield sink.take()
            yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """Takes what is written until somebody asks for it. It cannot seek, so a member's sizes follow its bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """Say that this can be written."""
        return True

    def write(self, piece: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Hold a piece."""
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._held)
        self._held.clear()
        return taken


class Flowing(io.RawIOBase):
    """A stream of pieces as a file to read from."""

    def __init__(self, source: Iterator[bytes]) -> None:
        super().__init__()
        self._source = source
        self._held = memoryview(b"")
        self.size = 0
        """Bytes that were read."""
        self.error: BaseException | None = None
        """What ended the stream too early: who reads may not pass errors on."""

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read exactly `size` bytes, fewer only at the end."""
        taken = bytearray()
        try:
            while size < 0 or len(taken) < size:
                if not self._held:
                    following = next(self._source, None)
                    if following is None:
                        break
                    self._held = memoryview(following)
                    continue
                part = self._held[: size - len(taken) if size >= 0 else None]
                taken += part
                self._held = self._held[len(part) :]
        except BaseException as error:
            self.error = error
            raise
        self.size += len(taken)
        return bytes(taken)
