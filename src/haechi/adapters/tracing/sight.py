"""Everything of one picture that comparing needs, computed once, and its form as bytes.

The bytes are biometric data: places and descriptors of a person's face, and a grey crop of it. They travel between the
workers and their caller in memory only.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.face_view import FaceView, Features, view
from haechi.adapters.tracing.faces import Face, find_faces
from haechi.adapters.tracing.glance import LARGEST, POINT, TILES, Gist, gist
from haechi.adapters.tracing.opencv import Floats, Pixels, grey_of, smoothed
from haechi.adapters.tracing.whole import WholeView, whole_view

VERSION = 2
LEAST_FACE = 16.0
"""Narrower faces hold nothing to compare, in pixels."""
_SURE, _BETTER = 0.5, 0.1
_LENGTH = struct.Struct(">I")
_HEADER_LIMIT = 1 << 16
_SIDE_LIMIT, _POINT_LIMIT, _FACE_LIMIT = 4096, 4096, 64
_SHARP_WIDTH = 120
_GISTS, _WHOLES, _EACH = 2, 3, 6
"""Arrays of a glance, of the whole picture, and of each face."""
_WIDEST = 1 << 20
"""Pixels of a picture's side, and so of a face."""


class SightBrokenError(ValueError):
    """The bytes are no sight of a picture."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture's size in pixels, its faces, largest first, and the whole of it made small."""

    width: int
    height: int
    faces: tuple[FaceView, ...]
    whole: WholeView


def see(rgb: Pixels, *, is_turned_too: bool = False) -> Sight:
    """Return what comparing needs of an RGB or grey picture.

    `is_turned_too` looks for faces in the picture lying on its sides and on its head too, when none is sure upright.
    """
    grey = grey_of(rgb)
    faces = find_faces(rgb)
    if is_turned_too and _best(faces) < _SURE:
        turned = find_turned(rgb)
        faces = turned if _best(turned) > _best(faces) + _BETTER else faces
    views = [view(grey, face) for face in faces]
    kept = tuple(one for one in views if one.width >= LEAST_FACE)
    return Sight(rgb.shape[1], rgb.shape[0], kept, whole_view(grey))


def find_turned(rgb: Pixels) -> tuple[Face, ...]:
    """Return the faces of the picture turned by quarters, in the turn that has the surest, with places as they are in it."""
    height, width = rgb.shape[:2]
    every = {turns: find_faces(np.ascontiguousarray(np.rot90(rgb, turns))) for turns in (1, 3, 2)}
    turns, found = max(every.items(), key=lambda one: _best(one[1]))
    return tuple(Face(one.score, one.box, _back(one.points, turns, width, height)) for one in found)


def _best(faces: Sequence[Face]) -> float:
    return max((one.score for one in faces), default=0.0)


def blur_of(face: FaceView) -> float:
    """Estimate how soft a face is: the sigma in pixels, at 120 pixels a face width, that a sharp one would be blurred by.

    From how much finer detail it has than coarser detail; the curve is that of sharp portraits blurred on purpose.
    """
    scale = _SHARP_WIDTH / face.stored
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(face.grey, None, fx=scale, fy=scale, interpolation=how).astype(np.float32)
    middle = grey[grey.shape[0] // 4 : -grey.shape[0] // 4, grey.shape[1] // 4 : -grey.shape[1] // 4]
    soft = [smoothed(middle, sigma) for sigma in (0.7, 1.4, 2.8, 5.6)]
    energies = [float((one - other).std()) for one, other in pairwise(soft)]
    if energies[2] < 0.5:  # noqa: PLR2004 -- grey levels: nothing to judge by
        return 9.0
    ratio = energies[0] / energies[2]
    return float(np.interp(-ratio, -np.array(_BLUR_RATIOS), _BLUR_SIGMAS))


# Medians over sharp portraits brought to 120 pixels a face width, blurred by these sigmas and saved as JPEG 85.
_BLUR_SIGMAS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
_BLUR_RATIOS = (0.452, 0.413, 0.327, 0.262, 0.221, 0.194, 0.176, 0.160)


def packed(sight: Sight) -> bytes:
    """Return the sight as bytes: a header in JSON, then the arrays one after the other, those of a glance first."""
    arrays = list(_arrays(sight))
    header: dict[str, Any] = {
        "v": VERSION,
        "size": [sight.width, sight.height],
        "scale": sight.whole.scale,
        "faces": [[one.stored, one.width, one.score] for one in sight.faces],
        "arrays": [list(array.shape) for array in arrays],
    }
    text = json.dumps(header).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *(np.ascontiguousarray(one).tobytes() for one in arrays)))


def unpacked(content: bytes) -> Sight:
    """Return the sight that `packed` wrote. Raises `SightBrokenError` for anything else."""
    try:
        return _unpacked(content)
    except (KeyError, TypeError, ValueError, IndexError, struct.error, RecursionError) as error:
        raise SightBrokenError from error


def unpacked_gist(content: bytes) -> Gist:
    """Return what is glanced at of a sight, of which the first 32 kB are enough. Raises `SightBrokenError`."""
    try:
        header, at = _header(content)
        forms = _forms(len(header["faces"]))[:_GISTS]
        tiles, points = _read(content, header["arrays"][:_GISTS], forms, at)[0]
        if len(points) > LARGEST:
            raise SightBrokenError
    except (KeyError, TypeError, ValueError, IndexError, struct.error, RecursionError) as error:
        raise SightBrokenError from error
    return Gist(tiles, points)


def _header(content: bytes) -> tuple[dict[str, Any], int]:
    """Return the header, and where the arrays begin."""
    length = _LENGTH.unpack_from(content)[0]
    if length > _HEADER_LIMIT:
        raise SightBrokenError
    header: dict[str, Any] = json.loads(content[_LENGTH.size : _LENGTH.size + length])
    if header["v"] != VERSION or len(header["faces"]) > _FACE_LIMIT:
        raise SightBrokenError
    return header, _LENGTH.size + length


def _read(
    content: bytes, shapes: Sequence[Sequence[int]], forms: Sequence[tuple[str, tuple[int | None, ...]]], at: int
) -> tuple[list[npt.NDArray[Any]], int]:
    """Return the arrays from `at` on, and where they end."""
    found: list[npt.NDArray[Any]] = []
    for shape, (kind, form) in zip(shapes, forms, strict=True):
        _check(shape, form)
        count = int(np.prod(shape))
        found.append(np.frombuffer(content, kind, count, at).reshape(shape))
        at += count * np.dtype(kind).itemsize
    return found, at


def _unpacked(content: bytes) -> Sight:
    header, start = _header(content)
    found, end = _read(content, header["arrays"], _forms(len(header["faces"])), start)
    if end != len(content) or not all(np.isfinite(one).all() for one in found if one.dtype.kind == "f"):
        raise SightBrokenError
    grey, places, descriptors = found[_GISTS : _GISTS + _WHOLES]
    _same_length(places, descriptors)
    scale = float(header["scale"])
    if not 0 < scale <= 1:
        raise SightBrokenError
    whole = WholeView(grey, scale, Features(places, descriptors))
    first = _GISTS + _WHOLES
    faces = tuple(
        _face(row, found[first + _EACH * at : first + _EACH * (at + 1)]) for at, row in enumerate(header["faces"])
    )
    width, height = header["size"]
    if not all(isinstance(side, int) and 0 < side <= _WIDEST for side in (width, height)):
        raise SightBrokenError
    return Sight(width, height, faces, whole)


def _arrays(sight: Sight) -> Sequence[npt.NDArray[Any]]:
    seen = gist(sight.faces, sight.whole)
    rows: list[npt.NDArray[Any]] = [
        seen.tiles,
        seen.points,
        sight.whole.grey,
        sight.whole.features.places.astype(np.float32),
        sight.whole.features.descriptors,
    ]
    for one in sight.faces:
        rows += [
            one.grey,
            one.to_picture.astype(np.float64),
            one.points.astype(np.float32),
            one.corners.astype(np.float32),
            one.features.places.astype(np.float32),
            one.features.descriptors,
        ]
    return rows


def _forms(faces: int) -> list[tuple[str, tuple[int | None, ...]]]:
    """Return kind and shape of each array; None is any length."""
    first: list[tuple[str, tuple[int | None, ...]]] = [("i1", (faces, *TILES)), ("u1", (None, POINT))]
    whole: list[tuple[str, tuple[int | None, ...]]] = [("u1", (None, None)), ("<f4", (None, 2)), ("u1", (None, 128))]
    face: list[tuple[str, tuple[int | None, ...]]] = [
        ("u1", (None, None)), ("<f8", (2, 3)), ("<f4", (5, 2)), ("<f4", (4, 2)), ("<f4", (None, 2)), ("u1", (None, 128)),
    ]  # fmt: skip
    return first + whole + face * faces


def _check(shape: Sequence[object], form: Sequence[int | None]) -> None:
    if len(shape) != len(form):
        raise SightBrokenError
    for side, wanted in zip(shape, form, strict=True):
        if not isinstance(side, int) or isinstance(side, bool) or not 0 <= side <= _SIDE_LIMIT:
            raise SightBrokenError
        if wanted is not None and side != wanted:
            raise SightBrokenError


def _same_length(places: Floats, descriptors: Pixels) -> None:
    if len(places) != len(descriptors) or len(places) > _POINT_LIMIT:
        raise SightBrokenError


def _face(row: Sequence[float], arrays: Sequence[npt.NDArray[Any]]) -> FaceView:
    stored, width, score = row
    grey, to_picture, points, corners, places, descriptors = arrays
    _same_length(places, descriptors)
    if not grey.size:
        raise SightBrokenError
    if not isinstance(stored, int) or not 16 <= stored <= 1024 or not LEAST_FACE <= width <= _WIDEST:  # noqa: PLR2004
        raise SightBrokenError
    # A map that enlarges otherwise than the width says would make work without end of a face that is made again.
    linear = np.clip(to_picture[:, :2], -_WIDEST, _WIDEST) / width
    if not np.allclose(linear.T @ linear, np.eye(2), atol=1e-3) or not 0 <= score <= 1:
        raise SightBrokenError
    return FaceView(
        grey, stored, float(width), float(score), to_picture, points, corners, Features(places, descriptors)
    )


def _back(points: Floats, turns: int, width: int, height: int) -> Floats:
    """Return places of a picture turned counter-clockwise by quarters as places of the picture itself."""
    x, y = points[:, 0], points[:, 1]
    turned = {1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}[turns]
    return np.stack(turned, 1).astype(np.float32)
