"""Comparing two faces: numbers alone come out, each of them defined here."""

from dataclasses import dataclass

import cv2
import numpy as np

from haechi.adapters.tracing.face_view import FaceView, applied, joined
from haechi.adapters.tracing.opencv import Floats, Mask, Matrix, inverse, smoothed
from haechi.adapters.tracing.register import (
    FRAME_FROM,
    Registration,
    band,
    drawn,
    frame_size,
    hull,
    inside,
    local_correlation,
    register,
    upper_half,
)
from haechi.adapters.tracing.tiles import Tiles, compare_tiles, field

LEAST_SCALE, MOST_SCALE = 40.0, 192.0
"""Face widths in pixels that faces are brought to: the smaller of the two, within these."""
_FLAT = 0.9
"""Grey levels of local contrast below which a place cannot be compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two faces laid on each other, for those who draw; `numbers` is what leaves the worker."""

    scale: float
    registration: Registration
    tiles: Tiles
    mask: Mask
    questioned: Floats
    gallery: Floats
    onto: Matrix
    """The registration after what most tiles agree on, with which `gallery` was drawn."""
    numbers: dict[str, float]


def compare(questioned: FaceView, gallery: FaceView) -> Comparison:
    """Lay the gallery face on the questioned one and measure how far they are the same exposure."""
    scale = float(np.clip(min(questioned.width, gallery.width), LEAST_SCALE, MOST_SCALE))
    still = np.hstack([np.eye(2), np.zeros((2, 1))])
    found = register(questioned, gallery, scale)
    target = drawn(questioned, scale, still)
    face = hull(scale, frame_size(scale))
    onto = found.matrix
    moved = drawn(gallery, scale, onto, is_mirrored=found.is_mirrored)
    mask = face & inside(questioned, scale, still) & inside(gallery, scale, onto, is_mirrored=found.is_mirrored)
    tiles = compare_tiles(target, moved, mask, scale)
    settled = _settled(onto, tiles, scale)
    if settled is not onto:
        onto = settled
        moved = drawn(gallery, scale, onto, is_mirrored=found.is_mirrored)
    numbers = _numbers(found, tiles, face, mask, (target, moved), scale=scale)
    return Comparison(scale, found, tiles, mask, target, moved, onto, numbers)


def _settled(onto: Matrix, tiles: Tiles, scale: float) -> Matrix:
    """Return the registration after what most tiles agree on, which is finer than what the coarse refinement gave."""
    common = field(tiles)
    if common is None or np.abs(common[:, :2] - np.eye(2)).max() > 0.05:  # noqa: PLR2004 -- tiles that do not agree
        return onto
    # The field goes from the target's pixels to the moved face's: undo it.
    back = inverse(common)
    to_places = np.hstack([np.eye(2) / scale, FRAME_FROM[:, None]])
    to_frame = np.hstack([np.eye(2) * scale, -(scale * FRAME_FROM)[:, None]])
    middle = np.array([*frame_size(scale)]) / 2
    if np.hypot(*(applied(back, middle[None])[0] - middle)) > 0.045 * scale:
        return onto
    return joined(to_places, joined(back, joined(to_frame, onto)))


def _numbers(
    found: Registration, tiles: Tiles, face: Mask, mask: Mask, pair: tuple[Floats, Floats], *, scale: float
) -> dict[str, float]:
    target, moved = pair
    window = max(3.0, scale / 22)
    fine = [band(one, 0.6, 1.6) for one in (target, moved)]
    middle = [band(one, 1.2, 3.2) for one in (target, moved)]
    return {
        "scale": scale,
        "inliers": float(found.inliers),
        "tight": float(found.tight),
        "near": float(found.near),
        "matches": float(found.matches),
        "agreement": found.agreement,
        "refined": found.refined,
        "fine": upper_half(local_correlation(fine[0], fine[1], window)[mask]),
        "middle": upper_half(local_correlation(middle[0], middle[1], window)[mask]),
        "directions": _directions(target, moved, mask),
        "phase": _phase(target, moved, mask),
        "coherence": tiles.coherence,
        "bent": tiles.bent_coherence,
        "third": tiles.best_third,
        "strong": tiles.strong,
        "top": tiles.top,
        "residual": tiles.residual,
        "tiles": float(len(tiles.peaks)),
        "possible": float(tiles.possible),
        "matching": float(tiles.matching),
        "comparable": _comparable(middle, face, mask, window),
    }


def _comparable(pictures: list[Floats], face: Mask, mask: Mask, window: float) -> float:
    """Return the share of the face that lies in both pictures and has contrast in both."""
    if not face.any():
        return 0.0
    spread = [np.sqrt(smoothed(one * one, window)) for one in pictures]
    return float((mask & (np.minimum(*spread) > _FLAT)).sum() / face.sum())


def _directions(one: Floats, other: Floats, mask: Mask) -> float:
    """Return how far edges run the same way, each place weighted by the weaker of the two edges."""
    if not mask.any():
        return 0.0
    smooth = [smoothed(picture, 1.0) for picture in (one, other)]
    (ax, ay), (bx, by) = ([cv2.Sobel(picture, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1))] for picture in smooth)
    left, right = np.hypot(ax, ay), np.hypot(bx, by)
    cosine = (ax * bx + ay * by) / (left * right + 1e-3)
    weight = np.minimum(left / (left[mask].mean() + 1e-6), right / (right[mask].mean() + 1e-6))
    return float((cosine * weight)[mask].sum() / (weight[mask].sum() + 1e-6))


def _phase(one: Floats, other: Floats, mask: Mask) -> float:
    """Return the peak of the band-limited phase-only correlation near the middle, in standard deviations of its field.

    K. Ito et al., "A fingerprint matching algorithm using phase-only correlation", 2004. Divided by the frame's side in
    hundreds of pixels, since a larger frame has a sharper peak.
    """
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if min(width, height) < 16:  # noqa: PLR2004 -- pixels
        return 0.0
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    part = (slice(top, top + height), slice(left, left + width))
    spectra = [np.fft.rfft2((picture[part] - picture[part].mean()) * window) for picture in (one, other)]
    cross = spectra[0] * np.conj(spectra[1])
    cross /= np.abs(cross) + 1e-3
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    surface = np.fft.irfft2(cross * np.exp(-(down**2 + across**2) / (2 * 0.12**2)), s=(height, width))
    near = surface[np.ix_([-2, -1, 0, 1, 2], [-2, -1, 0, 1, 2])].max()
    return float(near / (surface.std() + 1e-9) / np.sqrt(width * height) * 100)
