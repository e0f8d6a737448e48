"""A glance at many photos: which of them are worth comparing in full with a questioned picture.

Of a face: sixteen small tiles of its upright crop, each looked for near its place in the questioned face, in several sizes and
turns and mirrored, and the better half of the tiles counted, so that text over a face or a mosaic hides no photo. Of the
whole picture: its largest SIFT points, counted where one of the questioned picture's is alike and no second is. They order
photos and are never told as a likeness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.face_view import CROP_FROM, FaceView, mirrored_descriptors
from haechi.adapters.tracing.opencv import Floats, Pixels, smoothed
from haechi.adapters.tracing.register import rooted
from haechi.adapters.tracing.whole import WholeView

_MIDDLE, _SIZE = np.array([0.0, 0.17]), 0.9
"""What is glanced at of a face: the middle and side of a square, in face widths from between the eyes."""
_SIDE, _TILE, _MOVES = 32, 8, 2
"""Pixels of the square's side, of a tile's, and how far a tile may lie from its place."""
_SCALES, _TURNS = (0.92, 1.0, 1.08), (-0.06, 0.0, 0.06)
_FINE, _COARSE, _FLOOR = 0.6, 3.0, 4.0
LARGEST = 96
"""SIFT points of a photo that are glanced at."""
TILES = ((_SIDE // _TILE) ** 2, _TILE**2)
"""How many tiles a face has, and how many values a tile."""
POINT = 64
"""Values of a point."""
_RATIO = 0.8
_TILE_UNIT, _POINT_UNIT = 127, 510
"""What 1 is stored as: a tile's values lie between -1 and 1, a point's between 0 and 1 with few above a half."""


@dataclass(frozen=True, slots=True)
class Gist:
    """What is glanced at of a photo: tiles of each face (faces x `TILES`) and points of the whole (n x `POINT`), as bytes."""

    tiles: npt.NDArray[np.int8]
    points: Pixels


@dataclass(frozen=True, slots=True)
class Asked:
    """A questioned picture made ready: tiles of each face in all places, and the points of the whole, upright and mirrored."""

    faces: tuple[Floats, ...]
    whole: tuple[Floats, ...]


def gist(faces: Sequence[FaceView], whole: WholeView) -> Gist:
    """Return what is glanced at of a photo."""
    tiles = np.array([_tiled(_square(face, _SIDE)) for face in faces], np.float32).reshape(-1, *TILES)
    points = _halved(whole.features.descriptors[:LARGEST])
    return Gist(
        np.rint(tiles * _TILE_UNIT).astype(np.int8), np.clip(np.rint(points * _POINT_UNIT), 0, 255).astype(np.uint8)
    )


def asked(faces: Sequence[FaceView], whole: WholeView) -> Asked:
    """Make a questioned picture ready to be glanced for."""
    sides = (whole.features.descriptors, mirrored_descriptors(whole.features))
    return Asked(tuple(_everywhere(face) for face in faces), tuple(_halved(one) for one in sides))


def glance(questioned: Sequence[Asked], photos: Sequence[Gist]) -> list[list[tuple[list[float | None], int]]]:
    """Return for each photo, for each questioned picture, how well each of its faces fits, and how many points of the whole do.

    A fit is at most 1, of a photo's faces the best; None where a photo has no face.
    """
    if not photos:
        return []
    owners = np.repeat(np.arange(len(photos)), [len(photo.tiles) for photo in photos])
    faces = np.concatenate([photo.tiles for photo in photos]).astype(np.float32) / np.float32(_TILE_UNIT)
    points = [_unit(photo.points.astype(np.float32)) for photo in photos]
    found: list[list[tuple[list[float | None], int]]] = [[] for _ in photos]
    for one in questioned:
        fits = [_fits(face, faces) for face in one.faces]
        counts = _counts(one.whole, points)
        for at, row in enumerate(found):
            mine = owners == at
            row.append(([float(fit[mine].max()) if mine.any() else None for fit in fits], int(counts[at])))
    return found


def _everywhere(face: FaceView) -> Floats:
    """Return the tiles of a face in every size, turn, orientation and place: tiles x (ways x places) x pixels."""
    room = _SIDE + 2 * _MOVES
    ways = []
    for is_mirrored, scale, turn in product((False, True), _SCALES, _TURNS):
        square = _square(face, room, scale=scale, turn=turn, is_mirrored=is_mirrored)
        places = product(range(2 * _MOVES + 1), repeat=2)
        ways += [_tiled(square[down : down + _SIDE, across : across + _SIDE]) for down, across in places]
    return np.ascontiguousarray(np.stack(ways, axis=1))


def _square(face: FaceView, pixels: int, *, scale: float = 1.0, turn: float = 0.0, is_mirrored: bool = False) -> Floats:
    """Return the middle of a face with its local contrast made even, `_SIZE` face widths in `_SIDE` pixels."""
    grey = face.grey[:, ::-1] if is_mirrored else face.grey
    step = scale * _SIZE / _SIDE
    soft = grey.astype(np.float32)
    if step * face.stored > 4 / 3:
        soft = smoothed(soft, 0.5 * np.sqrt((step * face.stored) ** 2 - 1))
    start = np.array([-CROP_FROM[0] - (grey.shape[1] - 1) / face.stored if is_mirrored else CROP_FROM[0], CROP_FROM[1]])
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * step
    corner = _MIDDLE + linear @ np.full(2, (1 - pixels) / 2)
    matrix = np.hstack([linear, (corner - start)[:, None]]) * face.stored
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    small = cv2.warpAffine(soft, matrix, (pixels, pixels), flags=how, borderMode=cv2.BORDER_REFLECT)
    between = smoothed(small, _FINE) - smoothed(small, _COARSE)
    return np.asarray(between / (np.sqrt(smoothed(between * between, _COARSE)) + _FLOOR), np.float32)


def _tiled(square: Floats) -> Floats:
    """Return a square's tiles as vectors, each about its mean and of length 1 at most: tiles x pixels."""
    few = _SIDE // _TILE
    tiles = square.reshape(few, _TILE, few, _TILE).transpose(0, 2, 1, 3).reshape(few * few, _TILE**2)
    apart = tiles - tiles.mean(1, keepdims=True)
    return np.asarray(apart / (np.linalg.norm(apart, axis=1, keepdims=True) + 0.5), np.float32)


def _fits(everywhere: Floats, faces: Floats) -> Floats:
    """Return how well each of the faces fits: the better half of the tiles, each in its best place, in the best way."""
    alike = faces.transpose(1, 0, 2) @ everywhere.transpose(0, 2, 1)
    places = (2 * _MOVES + 1) ** 2
    ways = alike.shape[2] // places
    best = np.sort(alike.reshape(len(alike), len(faces), ways, places).max(3), axis=0)
    return np.asarray(best[len(best) // 2 :].mean(0).max(1), np.float32)


def _halved(descriptors: Pixels) -> Floats:
    """Return RootSIFT with neighbouring directions put together: vectors of length 1, half as long."""
    return _unit(rooted(descriptors).reshape(-1, POINT, 2).sum(2))


def _unit(values: Floats) -> Floats:
    return np.asarray(values / (np.linalg.norm(values, axis=1, keepdims=True) + 1e-6), np.float32)


def _counts(whole: Sequence[Floats], photos: Sequence[Floats]) -> npt.NDArray[np.int64]:
    """Return how many points of each photo look like one of the picture's and like no second, in the better orientation."""
    every = np.concatenate(photos)
    owners = np.repeat(np.arange(len(photos)), [len(one) for one in photos])
    best = np.zeros(len(photos), np.int64)
    for points in whole:
        if len(points) < 2 or not len(every):  # noqa: PLR2004 -- the ratio needs a second
            continue
        alike = every @ points.T
        nearest = np.argmax(alike, 1)
        rows = np.arange(len(alike))
        first = alike[rows, nearest]
        alike[rows, nearest] = -1
        kept = 1 - first < _RATIO**2 * (1 - alike.max(1))
        best = np.maximum(best, np.bincount(owners[kept], minlength=len(photos)))
    return best
