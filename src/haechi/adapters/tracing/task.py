"""The worker's task: look into one picture, compare pictures that were looked into, or draw one comparison.

Looking and comparing give numbers. Only `draw` gives pixels, small ones, and only when pictures are asked for.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import cv2

from haechi.adapters.tracing.bound import bound
from haechi.adapters.tracing.exhibit import draw
from haechi.adapters.tracing.glance import asked, glance
from haechi.adapters.tracing.opencv import Pixels
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.sight import Sight, blur_of, packed, see, unpacked, unpacked_gist
from haechi.adapters.tracing.tiles import table
from haechi.adapters.tracing.whole import compare_whole

Row = tuple[dict[str, Any], bytes]
Decode = Callable[[Mapping[str, Any], int], Iterator[tuple[int | None, Pixels]]]
"""Yields (time in ms or None, grey or RGB pixels as shown) of each still in a file; raises what its `refused` catches."""

MOST_PAIRS = 64
"""Pairs of faces that are compared between two pictures at most: all, since neither has more than eight."""


def serve(request: Mapping[str, Any], fd: int, *, decode: Decode) -> Iterator[Row]:
    """Answer one request: `look` yields a row and a packed sight a still, `compare` a row a questioned one, `draw` as `draw` says."""
    cv2.setNumThreads(1)
    cv2.ocl.setUseOpenCL(False)
    if request["do"] == "look":
        for at_ms, pixels in decode(request, fd):
            sight = see(pixels, is_turned_too=bool(request.get("turned")))
            yield {"at_ms": at_ms, **_told(sight)}, packed(sight)
        return
    if request["do"] == "draw":
        photo, one = (unpacked(_part(fd, *place)) for place in request["parts"])
        yield from draw(one, photo, request)
        return
    if request["do"] == "glance":
        parts, first = [_part(fd, *place) for place in request["parts"]], int(request["photos"])
        stills = [unpacked(one) for one in parts[first:]]
        for row in glance(
            [asked(one.faces, one.whole) for one in stills], [unpacked_gist(one) for one in parts[:first]]
        ):
            yield {"glances": row}, b""
        return
    photo, *questioned = (unpacked(_part(fd, *place)) for place in request["parts"])
    if request["do"] == "detail":
        to, at = request["faces"]
        one, other = questioned[0].faces[at], photo.faces[to]
        found = compare(one, other)
        tiles = table(found.tiles, found.mask, found.scale)
        yield {"possible": bound(one, other, request["quality"]), "tiles": tiles}, b""
        return
    for still in questioned:
        yield _compared(still, photo, with_whole=bool(request.get("whole", True))), b""


def _told(sight: Sight) -> dict[str, Any]:
    faces = [{"width": one.width, "score": one.score, "blur": blur_of(one)} for one in sight.faces]
    return {"width": sight.width, "height": sight.height, "faces": faces}


def _compared(questioned: Sight, photo: Sight, *, with_whole: bool) -> dict[str, Any]:
    pairs = [(at, to) for at in range(len(questioned.faces)) for to in range(len(photo.faces))]
    rows = []
    for at, to in pairs[:MOST_PAIRS]:
        found = compare(questioned.faces[at], photo.faces[to])
        rows.append([at, to, found.registration.is_mirrored, found.numbers])
    told: dict[str, Any] = {"faces": rows}
    if with_whole:
        whole = compare_whole(questioned.whole, photo.whole)
        told["whole"] = [whole.is_mirrored, whole.numbers]
    return told


def _part(fd: int, offset: int, length: int) -> bytes:
    return os.pread(fd, length, offset)
