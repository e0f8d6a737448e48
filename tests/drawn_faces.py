"""Drawn portraits in which the detector finds a face, and composites of them: fixtures of tracing, no real person."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from drawn.composites import Composite, Portrait, Treatment, compose, portrait
from drawn.portraits import portrait as draw
from haechi.adapters.tracing.face_view import FaceView, Features, view
from haechi.adapters.tracing.faces import find_faces

cv2.setNumThreads(1)
SIZE = (960, 1280)
SEEDS = (0, 1, 17, 21, 30)
"""Of the portraits that `draw` makes of seeds, some whose faces the detector is sure of."""


@cache
def person(seed: int) -> Portrait:
    """Return a drawn portrait with its face."""
    found = portrait(str(seed), f"{seed}.jpg", np.asarray(draw(seed, SIZE)))
    assert found is not None
    return found


@cache
def composite(donor: int, host: int, how: Treatment | None = None) -> Composite:
    """Return the donor's face on the host's portrait."""
    made = compose(person(donor), person(host), how or Treatment(width=150), np.random.default_rng(donor))
    assert made is not None
    return made


def another_shot(seed: int) -> np.ndarray:
    """Return the drawn portrait as another shot of one sitting would be: every part of it moved by itself, a little."""
    one = person(seed)
    height, width = one.rgb.shape[:2]
    chance = np.random.default_rng(1)
    places = list(np.indices((height, width))[::-1].astype(np.float32))
    for axis in (0, 1):
        noise = chance.standard_normal((height // 8, width // 8)).astype(np.float32)
        rough = cv2.GaussianBlur(noise, (0, 0), 0.22 * one.width / 8)
        places[axis] += cv2.resize(rough / np.abs(rough).max() * 0.05 * one.width, (width, height))
    return cv2.remap(one.rgb, *places, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def without_content(face: FaceView) -> FaceView:
    """Return the face with nothing in it."""
    none = Features(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))
    return replace(face, grey=np.full_like(face.grey, 128), features=none)


def face_of(rgb: np.ndarray, at: int = 0) -> FaceView:
    """Return one face of a picture as it is compared, largest first."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return view(grey, find_faces(rgb)[at])


def jpeg(rgb: np.ndarray, quality: int = 90) -> bytes:
    """Return the picture as a JPEG file."""
    return cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
