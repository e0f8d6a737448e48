"""What a worker drew, checked: it had a stranger's picture in its hands, and may have been taken over by it.

A worker gives bare grey values, never a picture file: the PNG is written here, so that no file format of a worker's making
reaches whoever opens the page. And the oval is cut once more, by its definition and not by the worker's word: out of every picture,
since such a worker may send the questioned picture as her own photo.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from haechi.adapters.tracing.checked import FACE_NUMBERS, checked_count, checked_numbers
from haechi.domain.trace_drawing import LONGEST_SIDE, OUTSIDE, Drawing, FaceDrawing, Picture, Pictures, grid_of

_NAMES = ("photo", "questioned", "overlay")
_LEAST_SIDE = 16
_MIDDLE, _AXES = (0.0, 0.2), (0.46, 0.54)
_FROM, _SIZE = (-0.68, -0.55), (1.36, 1.5)
"""Of the frame and the oval in it, in face widths: as `register` defines them. A test compares the two."""
_POWER = 2.4


def checked_drawing(frames: Sequence[tuple[Mapping[str, Any], bytes]], *, with_pictures: bool) -> Drawing:
    """Return the drawing. Raises `LookupError`, `TypeError`, `ValueError` for what no drawing is."""
    told, *rows = frames
    row = told[0]
    face = None
    if with_pictures and rows:
        face = FaceDrawing(checked_numbers(row["numbers"], FACE_NUMBERS), _pictures(rows))
    return Drawing(face, None if row["map"] is None else grid_of(row["map"]))


def spans(width: int, height: int) -> list[tuple[int, int]]:
    """Return, for each line of a frame this large, from and before which column the face's oval reaches."""
    found = []
    for line in range(height):
        down = abs(((line + 0.5) / height * _SIZE[1] + _FROM[1] - _MIDDLE[1]) / _AXES[1])
        across = _AXES[0] * (1 - down**_POWER) ** (1 / _POWER) if down < 1 else 0.0
        ends = ((_MIDDLE[0] + side * across - _FROM[0]) / _SIZE[0] * width for side in (-1, 1))
        first, last = (min(max(round(end), 0), width) for end in ends)
        found.append((first, last) if across else (0, 0))
    return found


def png(width: int, height: int, grey: bytes) -> bytes:
    """Return a grey PNG file of these values."""
    lines = b"".join(b"\0" + grey[at : at + width] for at in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def _pictures(rows: Sequence[tuple[Mapping[str, Any], bytes]]) -> Pictures:
    if [row["picture"] for row, _ in rows] != list(_NAMES):
        raise ValueError(len(rows))
    photo, questioned, overlay = (_picture(row, grey) for row, grey in rows)
    return Pictures(photo, questioned, overlay)


def _picture(row: Mapping[str, Any], grey: bytes) -> Picture:
    width, height = (checked_count(row[side], LONGEST_SIDE + 1) for side in ("width", "height"))
    if min(width, height) < _LEAST_SIDE or len(grey) != width * height:
        raise ValueError(len(grey))
    return Picture(width, height, png(width, height, _cut(width, height, grey)))


def _cut(width: int, height: int, grey: bytes) -> bytes:
    lines = bytearray()
    for at, (first, last) in enumerate(spans(width, height)):
        lines += bytes([OUTSIDE]) * first + grey[at * width + first : at * width + last]
        lines += bytes([OUTSIDE]) * (width - last)
    return bytes(lines)
