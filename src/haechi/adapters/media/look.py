"""The worker's task: look into one file and answer with a kilobyte of facts, never with a pixel."""

import io
import mmap
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import AvifImagePlugin

from haechi.adapters.media.pdq import Hashes, hash_picture
from haechi.adapters.media.picture import PIXELS, Picture, UndecodableError, read_picture
from haechi.adapters.media.snapshot import ReadAt
from haechi.adapters.media.tents import Pixels
from haechi.adapters.media.trim import trimmed
from haechi.adapters.media.turns import Turn
from haechi.domain.canonical import Json
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import ENOUGH_QUALITY, Region, Symmetry

Row = tuple[dict[str, Json], bytes]
Print = list[Json]
"""Hash in hexadecimal, quality, symmetry, region, time in ms or None."""

AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def look(request: Mapping[str, Any], fd: int | None) -> Iterator[Row]:
    """Yield one row: `width`, `height`, `duration_ms`, `prints`, `capture`, `findings`, as far as the file gave them.

    `request` holds `kind`, `mime`, `size`, and `pixels` if another cap than the usual one is meant.
    """
    if fd is None:
        raise ValueError(fd)
    try:
        if request["kind"] == MediaKind.VIDEO:
            yield _video(fd, request["size"], request["mime"]), b""
        else:
            with mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as file:
                picture = read_picture(file, request["mime"], pixels=request.get("pixels", PIXELS))
                yield _still(picture), b""
    except UndecodableError as error:
        sides: dict[str, Json] = {side: error.facts[side] for side in ("width", "height") if side in error.facts}
        yield {**sides, "findings": [[error.code, error.facts]]}, b""


def _still(picture: Picture) -> dict[str, Json]:
    pixels = picture.pixels
    hashes = hash_picture(pixels, picture.turn)
    if picture.on_white is not None and hashes.quality < ENOUGH_QUALITY:
        pixels = picture.on_white
        hashes = hash_picture(pixels, picture.turn)
    prints = _turns(hashes, Region.WHOLE)
    inner = trimmed(pixels)
    if inner is not None:
        prints += _turns(hash_picture(inner, picture.turn), Region.TRIMMED)
    return {
        "width": picture.width,
        "height": picture.height,
        "prints": prints,
        "capture": picture.capture,
        "findings": [[code, facts] for code, facts in picture.findings],
    }


def _turns(hashes: Hashes, region: Region) -> list[Print]:
    return [[value.hex(), hashes.quality, symmetry, region, None] for symmetry, value in hashes.values.items()]


def _video(fd: int, size: int, mime: str) -> dict[str, Json]:
    from haechi.adapters.media.video import Film  # noqa: PLC0415 -- FFmpeg, which most files do not need

    with Film(io.BufferedReader(ReadAt(fd, size), 1 << 16), mime) as film:
        prints = [_frame(*frame) for frame in film.frames()]
        return {
            "width": film.width,
            "height": film.height,
            "duration_ms": film.duration_ms,
            "prints": prints,
            "findings": [[code, {}] for code in film.findings],
        }


def _frame(at_ms: int, pixels: Pixels, turn: Turn) -> Print:
    hashes = hash_picture(pixels, turn)
    return [hashes.values[Symmetry.UPRIGHT].hex(), hashes.quality, Symmetry.UPRIGHT, Region.FRAME, at_ms]
