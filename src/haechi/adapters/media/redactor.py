"""The redactor: bytes taken here and checked, painted by a worker process, and put together from its pieces."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, BinaryIO

from haechi.adapters.media import snapshot as snapshots
from haechi.adapters.media.kind import kind_of
from haechi.domain.derivative import Region
from haechi.domain.errors import CustodyBrokenError, RedactionRefusedError, WorkerCrashedError, WorkerRefusedError
from haechi.domain.evidence import MediaKind, Sha256
from haechi.isolation.limits import Limits, forbid_dumps
from haechi.isolation.worker import Worker
from haechi.ports.redactor import Painted

TASK = "haechi.adapters.media.paint:paint"
LIMITS = Limits(memory=2 << 30, cpu_s=120, files=32, blob=1 << 20, has_threads=True)  # as in `examiner`
_PATIENCE_S = 120.0
_MOST = 512 << 20  # bytes of the new picture: more than any picture of 50 million pixels takes
_MIMES = ("image/jpeg", "image/png")
_SIDE_LIMIT = 1 << 32


class WorkerRedactor:
    """Paints pictures in one worker process, started when it is first needed."""

    method = f"black-rectangles/1; pillow {version('pillow')}"

    def __init__(self, *, task: str = TASK, limits: Limits = LIMITS, paths: Sequence[str] = ()) -> None:
        forbid_dumps()  # from here on this process reads pictures
        self._worker = Worker(task, limits, paths=paths)

    def paint(self, picture: BinaryIO, *, digest: Sha256, regions: Sequence[Region]) -> Painted:
        """Return the picture with these regions black and no metadata. Raises as the port says."""
        snapshot = snapshots.take(picture)
        try:
            if snapshot.digest != digest:
                raise CustodyBrokenError(kind="exhibit", place="")
            kind = kind_of(snapshot.head)
            if kind.kind is not MediaKind.IMAGE:
                raise RedactionRefusedError(reason="not-a-picture")
            if snapshot.fd is None:
                raise RedactionRefusedError(reason="too-large")
            request = {"mime": kind.mime, "regions": [[one.x, one.y, one.width, one.height] for one in regions]}
            return self._answer(request, snapshot.fd)
        finally:
            snapshot.close()

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _answer(self, request: dict[str, Any], fd: int) -> Painted:
        content, told = bytearray(), dict[str, Any]()
        try:
            for row, piece in self._worker.run(request, fd, timeout_s=_PATIENCE_S):
                told = row
                content += piece
                if len(content) > _MOST:
                    raise WorkerCrashedError(reason="answer")
        except WorkerRefusedError as error:
            if error.facts.get("error") == "MemoryError":
                raise RedactionRefusedError(reason="too-large") from error
            raise
        return _checked(told, bytes(content))


def _checked(row: dict[str, Any], content: bytes) -> Painted:
    """Build the result from a worker's words: one that was taken over may say anything."""
    width, height = row.get("width"), row.get("height")
    sides = all(isinstance(side, int) and 0 < side < _SIDE_LIMIT for side in (width, height))
    match row.get("refused"):
        case "outside" if sides:
            raise RedactionRefusedError(reason="outside", width=width, height=height)
        case "too-large" | "undecodable" as reason:
            raise RedactionRefusedError(reason=reason)
    mime = row.get("mime")
    if not (sides and mime in _MIMES and kind_of(content[: snapshots.HEAD]).mime == mime):
        raise WorkerCrashedError(reason="answer")
    return Painted(content, str(mime), int(str(width)), int(str(height)))
