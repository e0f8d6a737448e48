"""The worker's task: all hashes of one file that were asked for, each with what it is the hash of."""

import io
import mmap
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import AvifImagePlugin

from haechi.adapters.media import engine
from haechi.adapters.media.parts import cells, middles, rectangles
from haechi.adapters.media.pdq import hash_picture
from haechi.adapters.media.picture import PIXELS, Picture, UndecodableError, read_picture
from haechi.adapters.media.snapshot import ReadAt
from haechi.adapters.media.tents import Pixels
from haechi.adapters.media.trim import Part, inner_part
from haechi.adapters.media.turns import TURNS, Turn
from haechi.domain.canonical import Json
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import ENOUGH_QUALITY, Expansion, Reading, Region, Symmetry
from haechi.isolation import kernel_cache

Row = tuple[dict[str, Json], bytes]
Found = list[Json]
"""Hash in hexadecimal, quality, region, symmetry, reading, box as shown or None, time in ms or None."""

AvifImagePlugin.DEFAULT_MAX_THREADS = 1
_ORDER = (Expansion.TURNS, Expansion.TRIM, Expansion.RECTANGLES, Expansion.GRID)
_UPRIGHT = TURNS[Symmetry.UPRIGHT]


def hash_file(request: Mapping[str, Any], fd: int | None) -> Iterator[Row]:
    """Yield one row: `width`, `height`, `duration_ms`, `prints`, `findings`, as far as the file gave them.

    `request` holds `kind`, `mime`, `size`, `expansion`, `is_grey_enough`, `kernels` (where compiled
    code may lie, beside the usual places), and `pixels` if another cap than the usual one is meant.
    """
    if fd is None:
        raise ValueError(fd)
    kernel_cache.look_in(request.get("kernels"))
    engine.load()
    try:
        if request["kind"] == MediaKind.VIDEO:
            yield _film(fd, request["size"], request["mime"]), b""
        else:
            yield _picture(request, fd), b""
    except UndecodableError as error:
        sides: dict[str, Json] = {side: error.facts[side] for side in ("width", "height") if side in error.facts}
        yield {**sides, "findings": [[error.code, error.facts]]}, b""


def _picture(request: Mapping[str, Any], fd: int) -> dict[str, Json]:
    with mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as file:
        picture = read_picture(
            file,
            request["mime"],
            pixels=request.get("pixels", PIXELS),
            with_stored=True,
            is_grey_enough=bool(request.get("is_grey_enough")),
        )
    return {
        "width": picture.width,
        "height": picture.height,
        "prints": list(
            prints_of(picture, Expansion(request["expansion"]), is_precise=not request.get("is_grey_enough"))
        ),
        "findings": [[code, facts] for code, facts in picture.findings],
    }


def prints_of(picture: Picture, expansion: Expansion, *, is_precise: bool = True) -> Iterator[Found]:
    """Yield the hashes of a picture. Those of parts have quality 50 or more; the picture's own are there in any case."""
    pixels = picture.pixels
    hashes = hash_picture(pixels, picture.turn, is_precise=is_precise)
    if picture.on_white is not None and hashes.quality < ENOUGH_QUALITY:
        pixels = picture.on_white
        hashes = hash_picture(pixels, picture.turn)
    symmetries = tuple(Symmetry) if expansion in _ORDER else (Symmetry.UPRIGHT,)
    for symmetry in symmetries:
        yield [hashes.values[symmetry].hex(), hashes.quality, Region.WHOLE, symmetry, Reading.SHOWN, None, None]
    stored = picture.as_stored if picture.as_stored is not None else picture.pixels
    if picture.as_stored is not None or picture.turn != _UPRIGHT or pixels is not picture.pixels:
        as_fed = hash_picture(stored)
        value = as_fed.values[Symmetry.UPRIGHT].hex()
        yield [value, as_fed.quality, Region.WHOLE, Symmetry.UPRIGHT, Reading.STORED, None, None]
    for region, part in _parts(pixels, expansion):
        found = hash_picture(part.of(pixels), picture.turn, is_precise=expansion is Expansion.REFERENCE)
        box = _as_shown(part, picture)
        if found.quality >= ENOUGH_QUALITY:
            for symmetry in symmetries:
                yield [found.values[symmetry].hex(), found.quality, region, symmetry, Reading.SHOWN, box, None]


def _parts(pixels: Pixels, expansion: Expansion) -> Iterator[tuple[Region, Part]]:
    height, width = pixels.shape[:2]
    if expansion is Expansion.REFERENCE:
        yield from ((Region.CROP, part) for part in middles(width, height))
    if expansion not in _ORDER[1:]:
        return
    inner = inner_part(pixels)
    if inner is not None:
        yield Region.TRIMMED, inner
    if expansion in _ORDER[2:]:
        yield from ((Region.RECTANGLE, part) for part in rectangles(pixels) if part != inner)
    if expansion in _ORDER[3:]:
        yield from ((Region.CELL, part) for part in cells(width, height))


def _as_shown(part: Part, picture: Picture) -> list[Json]:
    """Return x, y, width and height of a part of the stored pixels where it is in the picture as shown."""
    height, width = picture.pixels.shape[:2]
    turn: Turn = picture.turn
    x = width - part.x - part.width if turn.columns else part.x
    y = height - part.y - part.height if turn.rows else part.y
    return [y, x, part.height, part.width] if turn.swap else [x, y, part.width, part.height]


def _film(fd: int, size: int, mime: str) -> dict[str, Json]:
    from haechi.adapters.media.video import Film  # noqa: PLC0415 -- FFmpeg, which most files do not need

    with Film(io.BufferedReader(ReadAt(fd, size), 1 << 16), mime, is_every_frame=True) as film:
        prints: list[Json] = []
        for at_ms, pixels, turn in film.every_second():
            hashes = hash_picture(pixels, turn)
            value = hashes.values[Symmetry.UPRIGHT].hex()
            prints.append([value, hashes.quality, Region.FRAME, Symmetry.UPRIGHT, Reading.SHOWN, None, at_ms])
        return {
            "width": film.width,
            "height": film.height,
            "duration_ms": film.duration_ms,
            "prints": prints,
            "findings": [[code, {}] for code in film.findings],
        }
