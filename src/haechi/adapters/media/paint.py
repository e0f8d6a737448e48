"""The worker's task: decode one picture as it is shown, paint rectangles black, and encode what is left anew.

The rectangles are black before anything is encoded, and the new file is made from pixels alone. So nothing of the
old file reaches it: no EXIF, no thumbnail, no colour profile, no second picture of an animation or a depth map.
"""

import io
import mmap
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import simplejpeg  # type: ignore[import-untyped]
from PIL import Image

from haechi.adapters.media.picture import Picture, UndecodableError, read_picture
from haechi.domain.canonical import Json

PIXELS = 50_000_000
"""More are not painted: ten bytes a pixel are needed for a moment, and a worker is to stay near 512 MB."""
PIECE = 1 << 20  # bytes of a frame
_QUALITY = 92
_JPEG = "image/jpeg"


def paint(request: Mapping[str, Any], fd: int | None) -> Iterator[tuple[dict[str, Json], bytes]]:
    """Yield the new picture in pieces, then one row with `mime`, `width` and `height`, or with `refused`.

    `request` holds `mime`, `regions` (x, y, width, height in pixels as shown) and `pixels` if another cap than the
    usual one is meant.
    """
    if fd is None:
        raise ValueError(fd)
    try:
        with mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as file:
            picture = read_picture(file, request["mime"], pixels=request.get("pixels", PIXELS))
    except UndecodableError as error:
        yield {"refused": "too-large" if error.code == "too-many-pixels" else "undecodable"}, b""
        return
    if any(code == "decoded-smaller" for code, _ in picture.findings):
        # Positions are given in pixels of the whole picture; and a derivative should not be less than its source.
        yield {"refused": "too-large"}, b""
        return
    shown = _shown(picture)
    del picture
    height, width = shown.shape[:2]
    for x, y, across, down in request["regions"]:
        if min(x, y) < 0 or min(across, down) < 1 or x + across > width or y + down > height:
            yield {"refused": "outside", "width": width, "height": height}, b""
            return
        shown[y : y + down, x : x + across] = 0
    mime = _JPEG if request["mime"] == _JPEG else "image/png"
    content = _encoded(shown, mime)
    for start in range(0, len(content), PIECE):
        yield {}, bytes(content[start : start + PIECE])
    yield {"mime": mime, "width": width, "height": height}, b""


def _shown(picture: Picture) -> "np.typing.NDArray[np.uint8]":
    """Return a copy of the pixels as a viewer shows them: turned, and on white where they are transparent.

    What is hidden under full transparency has colours too: they would come to light if transparency were dropped.
    """
    pixels = picture.on_white if picture.on_white is not None else picture.pixels
    turn = picture.turn
    turned = pixels[:: -1 if turn.rows else 1, :: -1 if turn.columns else 1]
    return np.array(turned.swapaxes(0, 1) if turn.swap else turned, np.uint8, order="C", copy=True)


def _encoded(pixels: "np.typing.NDArray[np.uint8]", mime: str) -> memoryview:
    if mime == _JPEG:
        grey = pixels.ndim == 2  # noqa: PLR2004 - rows and columns
        stored = pixels[:, :, np.newaxis] if grey else pixels
        colours, subsampling = ("GRAY", "Gray") if grey else ("RGB", "444")
        return memoryview(simplejpeg.encode_jpeg(stored, _QUALITY, colours, subsampling))
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getbuffer()
