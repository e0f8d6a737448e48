"""The task of tracing workers: the decoders of one adapter for the comparison of another."""

import io
import mmap
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from haechi.domain.evidence import MediaKind

if TYPE_CHECKING:
    from haechi.adapters.media.tents import Pixels
    from haechi.adapters.media.turns import Turn

FRAMES = 12
"""Frames of a video that are traced: the sharpest of its key frames, spread over its length."""
_HEAD = 4096
_CONTAINER = 64 << 20  # bytes of a file that are read for what it says of itself


def trace(request: Mapping[str, Any], fd: int | None) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Serve one request of the tracer; a file that cannot be decoded yields its finding."""
    from haechi.adapters.media.picture import UndecodableError
    from haechi.adapters.tracing.task import serve

    if fd is None:
        raise ValueError(fd)
    if request["do"] == "look":
        yield from _told(fd)
    try:
        yield from serve(request, fd, decode=_stills)
    except UndecodableError as error:
        yield {"finding": error.code}, b""


def _told(fd: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield what a picture's or film's file says of itself."""
    from haechi.adapters.media.kind import kind_of
    from haechi.adapters.tracing.container import container_facts
    from haechi.adapters.tracing.container_credentials import HEAD, has_manifest

    size = os.fstat(fd).st_size
    kind = kind_of(os.pread(fd, _HEAD, 0))
    content = b""
    if kind.kind is MediaKind.IMAGE:
        content = os.pread(fd, min(size, _CONTAINER), 0)
    elif kind.kind is MediaKind.VIDEO and has_manifest(head := os.pread(fd, HEAD, 0), kind.mime):
        content = os.pread(fd, size, 0) if size <= _CONTAINER else head
    for code, facts in container_facts(content, kind.mime, is_whole=len(content) == size) if content else ():
        yield {"finding": code, "facts": facts}, b""


def _stills(_request: Mapping[str, Any], fd: int) -> Iterator[tuple[int | None, "Pixels"]]:
    from haechi.adapters.media.kind import kind_of
    from haechi.adapters.media.picture import UndecodableError, read_picture

    kind = kind_of(os.pread(fd, _HEAD, 0))
    if kind.kind is MediaKind.IMAGE:
        with mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as file:
            picture = read_picture(file, kind.mime)
        yield None, _shown(picture.pixels, picture.turn)
    elif kind.kind is MediaKind.VIDEO:
        yield from _sharpest(fd, kind.mime)
    else:
        raise UndecodableError(code="unsupported-format")


def _sharpest(fd: int, mime: str) -> Iterator[tuple[int, "Pixels"]]:
    """Yield of each stretch of the video the key frame with the most fine detail."""
    import numpy as np

    from haechi.adapters.media.snapshot import ReadAt
    from haechi.adapters.media.video import Film

    with Film(io.BufferedReader(ReadAt(fd, os.fstat(fd).st_size), 1 << 16), mime) as film:
        stretch = max(1, (film.duration_ms or 0) // FRAMES + 1)
        best: tuple[int, float, int, Pixels] | None = None
        for at_ms, luma, turn in film.frames():
            pixels = _shown(luma, turn)
            detail = float(np.abs(np.diff(pixels[::2, ::2].astype(np.int16))).mean())
            place = at_ms // stretch
            if best is not None and place != best[0]:
                yield best[2], best[3]
                best = None
            if best is None or detail > best[1]:
                best = (place, detail, at_ms, pixels)
        if best is not None:
            yield best[2], best[3]


def _shown(pixels: "Pixels", turn: "Turn") -> "Pixels":
    """Return the pixels as shown."""
    import numpy as np

    turned = pixels[:: -1 if turn.rows else 1, :: -1 if turn.columns else 1]
    return np.ascontiguousarray(turned.swapaxes(0, 1) if turn.swap else turned)
