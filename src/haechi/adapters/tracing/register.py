"""Putting one face on another: from landmarks, from RootSIFT points, refined by the pictures themselves.

D. G. Lowe, "Distinctive image features", 2004; R. Arandjelovic and A. Zisserman, "RootSIFT", 2012; D. Barath et al.,
"MAGSAC++", 2020; G. Evangelidis and E. Psarakis, "Enhanced correlation coefficient", 2008. Every map here is affine:
a dense flow would let another photo bend into place.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.face_view import (
    CROP_FROM,
    MIRRORED,
    FaceView,
    Features,
    applied,
    joined,
    mirrored,
    shrunk,
)
from haechi.adapters.tracing.opencv import Floats, Mask, Matrix, inverse, smoothed

FRAME_FROM = np.array([-0.68, -0.55])
FRAME_SIZE = np.array([1.36, 1.5])
_HULL_MIDDLE, _HULL_AXES = np.array([0.0, 0.2]), np.array([0.46, 0.54])
_ROUGH = 96
"""Face width in pixels at which hypotheses are compared and refined."""
_RATIO = 0.85
_MOVES = 0.2
"""How far a match may move between two upright faces, in face widths."""
_THRESHOLD = 0.015
"""MAGSAC's upper bound of an inlier's error, in face widths."""
_FEWEST = 5
_ROUNDS = 40
_SHEAR, _SHIFT = 0.2, 0.2
_WORSE = 0.02


@dataclass(frozen=True, slots=True)
class Registration:
    """How a face lies on another. `matrix` takes places of the (mirrored) gallery face to places of the questioned one.

    `inliers` agree on one affine map; `tight`, `near` lie within 1 and 2 % of a face width of this registration, of
    `matches` in all. `agreement` is the local correlation of the coarse band; `refined` the correlation ECC ended with.
    """

    matrix: Matrix
    is_mirrored: bool
    inliers: int
    matches: int
    tight: int
    near: int
    agreement: float
    refined: float


def hull(scale: float, size: tuple[int, int]) -> Mask:
    """Return the inner face (chin to forehead) in a frame of `scale` pixels a face width; `size` is (width, height)."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    across = (x / scale + FRAME_FROM[0] - _HULL_MIDDLE[0]) / _HULL_AXES[0]
    down = (y / scale + FRAME_FROM[1] - _HULL_MIDDLE[1]) / _HULL_AXES[1]
    inside: Mask = np.abs(across) ** 2.4 + np.abs(down) ** 2.4 <= 1
    return inside


def frame_size(scale: float) -> tuple[int, int]:
    """Return width and height of the compared frame at `scale` pixels a face width."""
    width, height = np.rint(FRAME_SIZE * scale).astype(int)
    return int(width), int(height)


def drawn(face: FaceView, scale: float, onto: Matrix, *, is_mirrored: bool = False) -> Floats:
    """Return the face in the compared frame, moved by `onto` (places to places)."""
    grey = face.grey[:, ::-1] if is_mirrored else face.grey
    return shrunk(grey, _crop_to_frame(face, scale, onto, is_mirrored=is_mirrored), frame_size(scale))


def inside(face: FaceView, scale: float, onto: Matrix, *, is_mirrored: bool = False) -> Mask:
    """Return where in the compared frame the face's own picture has pixels."""
    corners = face.corners.astype(np.float64)
    if is_mirrored:
        corners = corners * (-1, 1)
    placed = (applied(onto, corners) - FRAME_FROM) * scale
    width, height = frame_size(scale)
    canvas = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(canvas, np.clip(np.rint(placed), -30_000, 30_000).astype(np.int32), 1)
    return canvas.astype(bool)


def band(picture: Floats, fine: float, coarse: float) -> Floats:
    """Return what lies between two Gaussian blurs (sigmas in pixels)."""
    return smoothed(picture, fine) - smoothed(picture, coarse)


def local_correlation(one: Floats, other: Floats, sigma: float) -> Floats:
    """Return the correlation in a Gaussian window around each pixel; next to nothing where neither has contrast."""
    first, second = smoothed(one, sigma), smoothed(other, sigma)
    variances = np.maximum(smoothed(one * one, sigma) - first**2, 0) * np.maximum(
        smoothed(other * other, sigma) - second**2, 0
    )
    return np.asarray((smoothed(one * other, sigma) - first * second) / (np.sqrt(variances) + 0.25), np.float32)


def upper_half(values: npt.NDArray[np.floating]) -> float:
    """Return the mean of the upper half: what a covered half of the face does not spoil."""
    if not values.size:
        return 0.0
    ordered = np.sort(values)
    return float(ordered[len(ordered) // 2 :].mean())


def register(questioned: FaceView, gallery: FaceView, scale: float) -> Registration:
    """Return the best way to lay the gallery face on the questioned one at up to `scale` pixels a face width."""
    rough = min(scale, _ROUGH)
    still = np.hstack([np.eye(2), np.zeros((2, 1))])
    target = drawn(questioned, rough, still)
    mask = hull(rough, frame_size(rough)) & inside(questioned, rough, still)
    best: tuple[float, Matrix, bool, int, tuple[Floats, Floats]] | None = None
    for is_mirrored in (False, True):  # always both: a frontal face in even light agrees with its own mirror image too
        features = mirrored(gallery.features) if is_mirrored else gallery.features
        here, there = matches(questioned.features, features)
        inliers, affine = agreed(here, there)
        points = gallery.points[MIRRORED] * (-1, 1) if is_mirrored else gallery.points
        guesses = [least_squares(points.astype(np.float64), questioned.points.astype(np.float64))]
        if affine is not None:
            guesses.append(affine)
        for guess in guesses:
            if not _is_plausible(guess):
                continue
            moved = drawn(gallery, rough, guess, is_mirrored=is_mirrored)
            merit = _agreement(target, moved, mask, rough) + 0.004 * min(inliers, 25)
            if best is None or merit > best[0]:
                best = (merit, guess, is_mirrored, inliers, (here, there))
    if best is None:
        return Registration(still, is_mirrored=False, inliers=0, matches=0, tight=0, near=0, agreement=0.0, refined=0.0)
    _, guess, is_mirrored, inliers, (here, there) = best
    moved = drawn(gallery, rough, guess, is_mirrored=is_mirrored)
    matrix, refined = _refine(target, moved, mask, rough, guess)
    agreement = _agreement(target, moved, mask, rough)
    if matrix is not guess:
        after = _agreement(target, drawn(gallery, rough, matrix, is_mirrored=is_mirrored), mask, rough)
        matrix, agreement = (guess, agreement) if after < agreement - _WORSE else (matrix, after)
    errors = np.linalg.norm(here - applied(matrix, there), axis=1)
    return Registration(
        matrix=matrix,
        is_mirrored=is_mirrored,
        inliers=inliers,
        matches=len(here),
        tight=int((errors < 0.01).sum()),  # noqa: PLR2004 -- of a face width, as the record says
        near=int((errors < 0.02).sum()),  # noqa: PLR2004
        agreement=agreement,
        refined=refined,
    )


def matches(one: Features, other: Features) -> tuple[Floats, Floats]:
    """Return the places of RootSIFT points of two upright faces that look alike and lie near each other."""
    none = np.zeros((0, 2), np.float32)
    if len(one.places) < 2 or len(other.places) < 2:  # noqa: PLR2004 -- the ratio needs a second
        return none, none
    left, right = rooted(one.descriptors), rooted(other.descriptors)
    alike = left @ right.T
    nearest = np.argmax(alike, 1)
    rows = np.arange(len(alike))
    first = alike[rows, nearest]
    alike[rows, nearest] = -1
    kept = 1 - first < _RATIO**2 * (1 - alike.max(1))  # squared distances of vectors of length 1, halved
    here, there = one.places[kept], other.places[nearest[kept]]
    near = np.abs(here - there).max(1) < _MOVES if len(here) else np.zeros(0, bool)
    return here[near], there[near]


def agreed(here: Floats, there: Floats) -> tuple[int, Matrix | None]:
    """Return how many matches agree on one affine map, and the map, by MAGSAC++ (seeded by OpenCV, so repeatable)."""
    if len(here) < _FEWEST:
        return 0, None
    matrix, chosen = cv2.estimateAffine2D(
        there * 1000, here * 1000, method=cv2.USAC_MAGSAC, ransacReprojThreshold=1000 * _THRESHOLD, maxIters=2000, confidence=0.999
    )  # fmt: skip
    if matrix is None or np.linalg.det(matrix[:, :2]) <= 0:
        return 0, None
    count = int(chosen.sum())
    affine = np.hstack([matrix[:, :2], matrix[:, 2:] / 1000]).astype(np.float64)
    return count, affine if count >= _FEWEST else None


def least_squares(source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> Matrix:
    """Return the affine map that takes `source` nearest to `target`."""
    known = np.hstack([source, np.ones((len(source), 1))])
    return np.asarray(np.linalg.lstsq(known, target, rcond=None)[0].T, np.float64)


def _crop_to_frame(face: FaceView, scale: float, onto: Matrix, *, is_mirrored: bool) -> Matrix:
    """Return the matrix from pixels of the stored crop to pixels of the compared frame."""
    origin = (
        np.array([-CROP_FROM[0] - (face.grey.shape[1] - 1) / face.stored, CROP_FROM[1]]) if is_mirrored else CROP_FROM
    )
    to_places = np.hstack([np.eye(2) / face.stored, origin[:, None]])
    to_frame = np.hstack([np.eye(2) * scale, -(scale * FRAME_FROM)[:, None]])
    return joined(to_frame, joined(onto, to_places))


def rooted(descriptors: npt.NDArray[np.uint8]) -> Floats:
    """Return RootSIFT of SIFT descriptors: vectors of length 1."""
    values = descriptors.astype(np.float32)
    return np.asarray(np.sqrt(values / (values.sum(1, keepdims=True) + 1e-6)), np.float32)


def _is_plausible(matrix: Matrix) -> bool:
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    return bool(np.isfinite(matrix).all()) and 0.5 < scale < 2  # noqa: PLR2004 -- both faces are one face width wide


def _agreement(one: Floats, other: Floats, mask: Mask, scale: float) -> float:
    """Return the upper half of the local correlation in the coarse band."""
    return upper_half(local_correlation(band(one, 1.6, 5.0), band(other, 1.6, 5.0), scale / 12)[mask])


def _normalised(picture: Floats, sigma: float) -> Floats:
    smooth = smoothed(picture, 1.0)
    apart = smooth - smoothed(smooth, sigma)
    return np.asarray(apart / np.sqrt(smoothed(apart * apart, sigma) + 4), np.float32)


def _refine(target: Floats, moved: Floats, mask: Mask, scale: float, guess: Matrix) -> tuple[Matrix, float]:
    """Return the guess, moved to where the pictures correlate best, unless that bends or shifts the face too far."""
    if mask.sum() < 100:  # noqa: PLR2004 -- pixels; fewer decide nothing
        return guess, 0.0
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, 1e-4)
    start = np.eye(2, 3, dtype=np.float32)
    try:
        correlation, found = cv2.findTransformECC(
            _normalised(target, scale / 10), _normalised(moved, scale / 10), start, cv2.MOTION_AFFINE, criteria,
            mask.astype(np.uint8), 5,
        )  # fmt: skip
    except cv2.error:
        return guess, 0.0
    warp = np.asarray(found, np.float64)
    middle = np.array([*frame_size(scale)]) / 2
    shift = np.hypot(*(applied(warp, middle[None])[0] - middle))
    if np.abs(warp[:, :2] - np.eye(2)).max() > _SHEAR or shift > _SHIFT * scale:
        return guess, 0.0
    # ECC's map goes from the target's pixels to those of the moved face; ours goes on from the moved face's places.
    back = inverse(warp)
    to_places = np.hstack([np.eye(2) / scale, FRAME_FROM[:, None]])
    to_frame = np.hstack([np.eye(2) * scale, -(scale * FRAME_FROM)[:, None]])
    return joined(to_places, joined(back, joined(to_frame, guess))), float(correlation)
