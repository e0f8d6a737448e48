"""The whole picture: whether a photo lies in another one, and which parts of it were kept.

SIFT points of both, one homography by MAGSAC++, then local correlation of the photo laid on the picture. Where either
has no contrast nothing can be said: plain walls and plain clothes are "cannot tell", never "kept".
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.face_view import Features, mirrored_descriptors
from haechi.adapters.tracing.opencv import Floats, Mask, Matrix, Pixels, reduced, sift_points, smoothed
from haechi.adapters.tracing.register import band, local_correlation, rooted
from haechi.domain.trace import LOOK_AT

SIDE = 640
"""The longer side of the picture that is compared, in pixels."""
AREA = 576 * 576
"""Its pixels at most: what a phone takes (4:3) is compared `SIDE` long, a square no dearer than that."""
_MOST_POINTS = 800
_RATIO = 0.8
_ERROR = 3.0
_FEWEST = 8
_FLAT = 1.2
KEPT = 0.6
"""Local correlation above which a place was kept."""
_WINDOW = 70
_SMALLEST = 32


@dataclass(frozen=True, slots=True)
class WholeView:
    """A picture at most `SIDE` pixels long, grey, with its SIFT points, largest first; `scale` is its size over the picture's own."""

    grey: Pixels
    scale: float
    features: Features


@dataclass(frozen=True, slots=True)
class WholeComparison:
    """A photo laid on a picture. `map_` has 1 where the photo was kept, 2 where it was replaced, 0 where none can tell.

    `matrix` takes pixels of the (mirrored) photo's view to pixels of the picture's view.
    """

    inliers: int
    matches: int
    spread: float
    is_mirrored: bool
    matrix: npt.NDArray[np.float64] | None
    map_: Pixels | None
    numbers: dict[str, float]


def whole_view(grey: Pixels) -> WholeView:
    """Return a grey picture as it is compared."""
    scale = min(SIDE / max(grey.shape), (AREA / grey.size) ** 0.5, 1.0)
    small = reduced(grey, scale)
    if min(small.shape) < _SMALLEST:
        return WholeView(small, scale, Features(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8)))
    return WholeView(small, scale, Features(*sift_points(small, _MOST_POINTS, is_largest_first=True)))


def compare_whole(picture: WholeView, photo: WholeView) -> WholeComparison:
    """Lay the photo, or its mirror image, on the picture and say what of it was kept."""
    best: tuple[int, int, npt.NDArray[np.float64] | None, npt.NDArray[np.float32], bool] | None = None
    for is_mirrored in (False, True):  # always both: much of a picture may be the same on both sides
        features = _mirrored(photo) if is_mirrored else photo.features
        here, there = _matches(picture.features, features)
        matrix, chosen = _homography(there, here, photo.grey.shape)
        count = int(chosen.sum())
        if best is None or count > best[0]:
            best = (count, len(here), matrix, here[chosen], is_mirrored)
    count, matches, matrix, places, is_mirrored = best or (0, 0, None, np.zeros((0, 2), np.float32), False)
    map_ = None
    if matrix is not None and count >= LOOK_AT:  # with fewer nothing is told, and the map costs ten times the matching
        map_ = kept_map(picture.grey, photo.grey, matrix, is_mirrored=is_mirrored)
    spread = _spread(places, picture.grey.shape)
    numbers = {"inliers": float(count), "matches": float(matches), "spread": spread, **_shares(map_)}
    return WholeComparison(count, matches, spread, is_mirrored, matrix, map_, numbers)


def kept_map(picture: Pixels, photo: Pixels, matrix: Matrix, *, is_mirrored: bool) -> Pixels:
    """Return for each pixel of the picture: 1 kept, 2 replaced, 0 cannot tell (or outside the photo)."""
    alike, told = likeness(picture, photo, matrix, is_mirrored=is_mirrored)
    return np.where(told, np.where(alike > KEPT, 1, 2), 0).astype(np.uint8)


def likeness(picture: Pixels, photo: Pixels, matrix: Matrix, *, is_mirrored: bool) -> tuple[Floats, Mask]:
    """Return the local correlation of the photo laid on the picture, and where it says anything."""
    source = photo[:, ::-1] if is_mirrored else photo
    size = picture.shape[1], picture.shape[0]
    laid = _laid(np.ascontiguousarray(source), matrix, size)
    valid = cv2.warpPerspective(np.full(photo.shape, 255, np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0
    one, other = (band(np.asarray(grey, np.float32), 0.9, 3.5) for grey in (picture, laid))
    window = max(3.0, min(picture.shape) / _WINDOW)
    alike = local_correlation(one, other, window)
    contrast = [np.sqrt(smoothed(part * part, window)) for part in (one, other)]
    told: Mask = valid & (np.minimum(*contrast) > _FLAT)
    return alike, told


def _mirrored(photo: WholeView) -> Features:
    places = photo.features.places * np.array([-1, 1], np.float32) + np.array([photo.grey.shape[1] - 1, 0], np.float32)
    return Features(places, mirrored_descriptors(photo.features))


def _laid(photo: Pixels, matrix: npt.NDArray[np.float64], size: tuple[int, int]) -> Floats:
    """Return the photo where it lies in the picture, smoothed first where it becomes smaller."""
    middle = np.array([photo.shape[1] / 2, photo.shape[0] / 2, 1.0])
    lower = matrix @ middle
    jacobian = (matrix[:2, :2] - np.outer(lower[:2] / lower[2], matrix[2, :2])) / lower[2]
    scale = float(np.sqrt(abs(np.linalg.det(jacobian))))
    grey = photo.astype(np.float32)
    if scale < 0.75:  # noqa: PLR2004 -- as in `face_view.shrunk`
        grey = smoothed(grey, 0.5 * np.sqrt(max(1 / scale**2 - 1, 0.05)))
    return np.asarray(cv2.warpPerspective(grey, matrix, size, flags=cv2.INTER_CUBIC), np.float32)


def _matches(one: Features, other: Features) -> tuple[Floats, Floats]:
    """Return the places of points that look alike and unlike any second."""
    none = np.zeros((0, 2), np.float32)
    if len(one.places) < 2 or len(other.places) < 2:  # noqa: PLR2004 -- the ratio needs a second
        return none, none
    alike = rooted(one.descriptors) @ rooted(other.descriptors).T
    nearest = np.argmax(alike, 1)
    rows = np.arange(len(alike))
    first = alike[rows, nearest]
    alike[rows, nearest] = -1
    kept = 1 - first < _RATIO**2 * (1 - alike.max(1))
    return one.places[kept], other.places[nearest[kept]]


def _homography(
    source: Floats, target: Floats, shape: tuple[int, ...]
) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.bool_]]:
    """Return the map that most matches agree on, unless it folds the photo or makes a dot of it."""
    nothing = np.zeros(len(source), bool)
    if len(source) < _FEWEST:
        return None, nothing
    matrix, chosen = cv2.findHomography(source, target, cv2.USAC_MAGSAC, _ERROR, maxIters=3000, confidence=0.999)
    if matrix is None or chosen.sum() < _FEWEST:
        return None, nothing
    height, width = shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], float) @ matrix.T
    if (corners[:, 2] <= 0).any():
        return None, nothing
    flat = (corners[:, :2] / corners[:, 2:]).astype(np.float32)
    area = cv2.contourArea(flat, oriented=True) / (width * height)
    if not cv2.isContourConvex(flat) or not 0.02 < area < 50:  # noqa: PLR2004 -- a seventh to seven times as long
        return None, nothing
    return np.asarray(matrix, np.float64), chosen.reshape(-1).astype(bool)


def _spread(places: Floats, shape: tuple[int, ...]) -> float:
    """Return the share of the picture that the agreeing points span."""
    if len(places) < 3:  # noqa: PLR2004 -- a triangle
        return 0.0
    return float(cv2.contourArea(cv2.convexHull(places)) / (shape[0] * shape[1]))


def _shares(map_: Pixels | None) -> dict[str, float]:
    if map_ is None:
        return {"kept": 0.0, "replaced": 0.0, "unknown": 1.0}
    return {name: float((map_ == value).mean()) for name, value in (("kept", 1), ("replaced", 2), ("unknown", 0))}
