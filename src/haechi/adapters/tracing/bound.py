"""How well a picture that was surely made from a photo could fit it: the photo's face, made again as the questioned one is.

The bound is the comparison of the photo with itself after what the questioned face visibly went through: its size, turn and place in
the grid of pixels, its softness, and its last JPEG. What else was done to it (blending, colours, text) can only take away.
"""

from dataclasses import replace

import cv2
import numpy as np

from haechi.adapters.tracing.face_view import CROP_FROM, CROP_SIDE, FaceView, applied, joined, shrunk, view
from haechi.adapters.tracing.faces import Face
from haechi.adapters.tracing.opencv import Floats, Matrix, smoothed
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.sight import blur_of

_BLUR_WIDTH = 120
"""The face width in pixels at which softness is told."""
_LEAST_BLUR = 0.1
_MOST_WIDTH = 512.0
"""Wider faces are made again this wide, in pixels: nothing is compared at more than 192."""


def bound(questioned: FaceView, photo: FaceView, quality: int | None) -> dict[str, float]:
    """Return the numbers of comparing the photo's face, treated as the questioned one was, with itself.

    `quality` is that of the questioned JPEG; None where it is none, or has tables of its own.
    """
    return compare(remade(questioned, photo, quality), photo).numbers


def remade(questioned: FaceView, photo: FaceView, quality: int | None) -> FaceView:
    """Return the photo's face as it would be found in a picture where it stands in the place of the questioned one."""
    width = min(questioned.width, _MOST_WIDTH)
    onto, side = _placed(questioned.to_picture * (width / questioned.width))
    from_crop = np.hstack([np.eye(2) / photo.stored, CROP_FROM[:, None]])
    soft = _soft(shrunk(photo.grey, joined(onto, from_crop), (side, side)), questioned, photo, width)
    picture = np.clip(np.rint(soft), 0, 255).astype(np.uint8)
    if quality is not None:
        _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    points = applied(onto, photo.points).astype(np.float32)
    made = view(picture, Face(photo.score, (0.0, 0.0, float(side), float(side)), points))
    # What lies outside the photo was not in it, though the crop shows a reflection of it there.
    return replace(made, corners=photo.corners)


def _placed(to_picture: Matrix) -> tuple[Matrix, int]:
    """Return the map of places to a square that just holds the crop, moved by whole JPEG blocks, and the square's side."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * CROP_SIDE + CROP_FROM
    corners = applied(to_picture, square)
    start = 8 * np.floor(corners.min(0) / 8)
    onto = to_picture.copy()
    onto[:, 2] -= start
    return onto, int(np.ceil((corners.max(0) - start).max())) + 1


def _soft(made: Floats, questioned: FaceView, photo: FaceView, width: float) -> Floats:
    """Return the face as soft as the questioned one is, as far as it is not that soft already."""
    more = blur_of(questioned) ** 2 - blur_of(photo) ** 2
    sigma = float(np.sqrt(max(more, 0.0))) * width / _BLUR_WIDTH
    return smoothed(made, sigma) if sigma >= _LEAST_BLUR else made
