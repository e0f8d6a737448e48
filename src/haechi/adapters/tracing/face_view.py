"""One face as the comparison needs it: a grey upright crop at a known scale, and RootSIFT points in it.

Places are in face widths, from the middle between the eyes: x to the right, y down. `TEMPLATE` is the mean of the
detector's own five points over frontal portraits, with the eyes 0.45 face widths apart, which is what they are on adults
(jaw to jaw at the height of the eyes).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.faces import Face
from haechi.adapters.tracing.opencv import Floats, Matrix, Pixels, inverse, sift_points, smoothed

TEMPLATE = np.array([[-0.225, 0.0], [0.225, 0.0], [0.0, 0.243], [-0.193, 0.417], [0.193, 0.417]])
MIRRORED = np.array([1, 0, 2, 4, 3])
"""The order of the five points of the mirrored face."""
CROP_FROM = np.array([-0.95, -0.75])
CROP_SIDE = 1.9
MOST_STORED, LEAST_STORED = 256, 96
_ROOM = 0.25
_SIFT_WIDTH = 140
_SIFT_FROM = np.array([-0.8, -0.62])
_SIFT_SIDE = 1.6
_MOST_POINTS = 500


@dataclass(frozen=True, slots=True)
class Features:
    """Key points of an upright face: places in face widths (n x 2) and SIFT descriptors as OpenCV counts them (n x 128)."""

    places: Floats
    descriptors: Pixels


@dataclass(frozen=True, slots=True)
class FaceView:
    """A face cut out upright. `grey` shows `CROP_SIDE` face widths, `stored` pixels a face width.

    `width` is the face's width in the picture it was found in, in pixels; `to_picture` takes places to that picture;
    `points` are the detector's five points as places; `corners` are the picture's own corners as places, so that what
    lies outside it is not compared.
    """

    grey: Pixels
    stored: int
    width: float
    score: float
    to_picture: Matrix
    points: Floats
    corners: Floats
    features: Features


def view(picture: Pixels, face: Face) -> FaceView:
    """Cut a face out of a grey picture."""
    to_picture = similarity(TEMPLATE, face.points.astype(np.float64))
    width = float(np.hypot(to_picture[0, 0], to_picture[1, 0]))
    stored = int(np.clip(round(1.25 * width), LEAST_STORED, MOST_STORED))
    from_picture = inverse(to_picture)
    rows, columns = picture.shape[:2]
    near, corner = _around(picture, to_picture)
    from_near = joined(from_picture, np.array([[1.0, 0.0, corner[0]], [0.0, 1.0, corner[1]]]))
    edges = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float64) - 0.5
    side = round(CROP_SIDE * stored)
    grey = shrunk(near, _to_pixels(CROP_FROM, stored, from_near), (side, side))
    sift_side = round(_SIFT_SIDE * _SIFT_WIDTH)
    upright = shrunk(near, _to_pixels(_SIFT_FROM, _SIFT_WIDTH, from_near), (sift_side, sift_side))
    return FaceView(
        grey=np.clip(np.rint(grey), 0, 255).astype(np.uint8),
        stored=stored,
        width=width,
        score=face.score,
        to_picture=to_picture,
        points=applied(from_picture, face.points).astype(np.float32),
        corners=applied(from_picture, edges).astype(np.float32),
        features=_features(np.clip(np.rint(upright), 0, 255).astype(np.uint8)),
    )


def mirrored(features: Features) -> Features:
    """Return what the mirrored face's points would be."""
    return Features(features.places * np.array([-1, 1], np.float32), mirrored_descriptors(features))


def mirrored_descriptors(features: Features) -> Pixels:
    """Return the descriptors of the mirrored points.

    A descriptor is 4 x 4 cells of 8 directions in a frame turned to the point's own direction. Mirroring turns the rows
    of cells round and the directions the other way; nothing has to be computed from pixels again.
    """
    cells = features.descriptors.reshape(-1, 4, 4, 8)
    turned = cells[:, ::-1, :, (-np.arange(8)) % 8]
    return np.ascontiguousarray(turned).reshape(-1, 128)


def similarity(source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> Matrix:
    """Return the turn, scale and shift that takes `source` nearest to `target` (least squares; no mirroring)."""
    here, there = source.mean(0), target.mean(0)
    a, b = (source - here) @ (1, 1j), (target - there) @ (1, 1j)
    turn = (np.conj(a) @ b) / max(float((np.conj(a) @ a).real), 1e-12)
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.hstack([linear, (there - linear @ here)[:, None]])


def applied(matrix: Matrix, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return where `matrix` takes points (n x 2)."""
    moved: npt.NDArray[np.float64] = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def joined(after: Matrix, before: Matrix) -> Matrix:
    """Return the matrix that does `before` and then `after`."""
    return np.hstack([after[:, :2] @ before[:, :2], (after[:, :2] @ before[:, 2] + after[:, 2])[:, None]])


def shrunk(picture: npt.NDArray[np.generic], matrix: Matrix, size: tuple[int, int]) -> Floats:
    """Warp a grey picture; what becomes smaller is smoothed first, so that nothing is aliased."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    source = picture.astype(np.float32)
    if scale < 0.75:  # noqa: PLR2004 -- above, the interpolation itself smooths enough
        source = smoothed(source, 0.5 * np.sqrt(max(1 / scale**2 - 1, 0.05)))
    warped = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, np.float32)


def _around(picture: Pixels, to_picture: Matrix) -> tuple[Pixels, tuple[int, int]]:
    """Return the part of the picture that the crop shows, with room for smoothing, and its left upper corner."""
    rows, columns = picture.shape[:2]
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (CROP_SIDE + 2 * _ROOM) + CROP_FROM - _ROOM
    placed = applied(to_picture, square)
    left, top = (
        int(np.clip(np.floor(low), 0, most - 1)) for low, most in zip(placed.min(0), (columns, rows), strict=True)
    )
    right, bottom = (
        int(np.clip(np.ceil(high), 1, most)) for high, most in zip(placed.max(0), (columns, rows), strict=True)
    )
    return picture[top : max(bottom, top + 1), left : max(right, left + 1)], (left, top)


def _to_pixels(origin: npt.NDArray[np.float64], scale: float, from_picture: Matrix) -> Matrix:
    """Return the matrix from the picture to a crop that begins at `origin` with `scale` pixels a face width."""
    return np.hstack([scale * from_picture[:, :2], (scale * (from_picture[:, 2] - origin))[:, None]])


def _features(upright: Pixels) -> Features:
    places, descriptors = sift_points(upright, _MOST_POINTS)
    return Features((places / _SIFT_WIDTH + _SIFT_FROM).astype(np.float32), descriptors)
