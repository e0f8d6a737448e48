"""What is used of OpenCV in more than one place, with the types that its own stubs leave open."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""Rows by columns (grey), or rows by columns by red, green, blue."""
Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
"""2 x 3, as `warpAffine` takes it."""
Mask = npt.NDArray[np.bool_]

_CONTRAST = 0.02


def grey_of(rgb: Pixels) -> Pixels:
    """Return a picture without its colours; a grey one as it is."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8) if rgb.ndim == 3 else rgb  # noqa: PLR2004


def inverse(matrix: npt.NDArray[Any]) -> Matrix:
    """Return the map that undoes an affine map."""
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def reduced(picture: Pixels, scale: float) -> Pixels:
    """Return the picture at `scale` of its size; as it is where that would enlarge it."""
    if scale >= 1:
        return np.ascontiguousarray(picture)
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def smoothed(picture: npt.NDArray[Any], sigma: float) -> Floats:
    """Return the picture under a Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32, copy=False), (0, 0), sigma), np.float32)


def sift_points(grey: Pixels, most: int, *, is_largest_first: bool = False) -> tuple[Floats, Pixels]:
    """Return places (n x 2, pixels) and SIFT descriptors (n x 128) of at most `most` points, the strongest.

    `is_largest_first` orders them by the size of what they describe, which is what survives a picture made smaller.

    Without the precise upscaling every point would lie a quarter of a pixel to the right and below.
    """
    create: Any = getattr(cv2, "SIFT_create")  # noqa: B009 -- the stubs lack it
    points, descriptors = create(most, contrastThreshold=_CONTRAST, enable_precise_upscale=True).detectAndCompute(
        grey, None
    )
    if descriptors is None or not len(points):
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8)
    places = np.array(
        [point.pt for point in points[:most]], np.float32
    )  # it gives more where the last are equally strong
    order = np.arange(len(places))
    if is_largest_first:
        order = np.argsort([-point.size for point in points[:most]], kind="stable")
    return places[order], np.clip(descriptors[order], 0, 255).astype(np.uint8)
