"""Pictures whose face and background were kept and whose clothes were replaced, in memory: by another portrait's, or a pattern."""

# ruff: noqa: PLR2004 -- odds and sizes that mean themselves

from dataclasses import dataclass

import cv2
import numpy as np

from haechi.adapters.tracing.face_view import TEMPLATE, applied, similarity
from haechi.adapters.tracing.opencv import Pixels

from .composites import Portrait, jpeg


@dataclass(frozen=True, slots=True)
class Replaced:
    """The picture, and for each of its pixels: 1 kept, 2 replaced, 0 neither (bars that were added)."""

    rgb: Pixels
    replaced: Pixels


def replace_clothes(donor: Portrait, host: Portrait, chance: np.random.Generator) -> Replaced:
    """Replace what lies below the chin, then crop, mirror, resize, recolour and save as JPEG."""
    rgb = donor.rgb.copy()
    matrix = similarity(TEMPLATE, donor.points)
    ring = np.array([[-1.6, 3.0], [-1.5, 1.15], [-0.55, 0.88], [0.0, 0.95], [0.55, 0.88], [1.5, 1.15], [1.6, 3.0]])
    region = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(region, [np.rint(applied(matrix, ring)).astype(np.int32)], 255)
    cover = _torso(host, matrix, rgb.shape) if chance.random() < 0.5 else _pattern(rgb.shape, chance)
    soft = cv2.GaussianBlur(region.astype(np.float32) / 255, (0, 0), 1.5)[..., None]
    rgb = np.clip(cover * soft + rgb * (1 - soft), 0, 255).astype(np.uint8)
    truth = np.where(region > 0, 2, 1).astype(np.uint8)
    truth[cv2.morphologyEx(region, cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8)) > 0] = 0  # the seam is neither
    return _sent(rgb, truth, chance)


def _torso(host: Portrait, onto: np.ndarray, shape: tuple[int, ...]) -> Pixels:
    """Return the host laid so that its face is where the donor's is."""
    back = cv2.invertAffineTransform(similarity(TEMPLATE, host.points))
    full = np.vstack([onto, [0, 0, 1]]) @ np.vstack([back, [0, 0, 1]])
    scale = float(np.sqrt(abs(np.linalg.det(full[:2, :2]))))
    source = cv2.GaussianBlur(host.rgb, (0, 0), 0.45 / scale) if scale < 0.8 else host.rgb
    return cv2.warpAffine(source, full[:2], shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def _pattern(shape: tuple[int, ...], chance: np.random.Generator) -> Pixels:
    """Return a woven pattern with grain."""
    height, width = shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    base = chance.uniform(60, 180, 3)
    length = chance.uniform(4, 16)
    waves = np.sin(x / length + chance.uniform(0, 6)) * np.sin(y / length * chance.uniform(0.5, 2))
    grain = cv2.GaussianBlur(chance.normal(0, 30, (height, width)).astype(np.float32), (0, 0), 1.0)
    return np.clip(base + (waves * chance.uniform(5, 40) + grain)[..., None], 0, 255).astype(np.uint8)


def _sent(rgb: Pixels, truth: Pixels, chance: np.random.Generator) -> Replaced:
    """Crop, mirror, resize, recolour, add bars, and save as JPEG: what happens on the way."""
    height, width = rgb.shape[:2]
    left, top = int(chance.uniform(0, 0.12) * width), int(chance.uniform(0, 0.12) * height)
    right, bottom = width - int(chance.uniform(0, 0.12) * width), height - int(chance.uniform(0, 0.08) * height)
    rgb, truth = rgb[top:bottom, left:right], truth[top:bottom, left:right]
    if chance.random() < 0.2:
        rgb, truth = np.ascontiguousarray(rgb[:, ::-1]), np.ascontiguousarray(truth[:, ::-1])
    scale = float(np.exp(chance.uniform(np.log(0.35), np.log(1.2)))) * max(1.0, 250 / max(height, width))
    scale = max(scale, 120 / min(rgb.shape[:2]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=how)
    truth = cv2.resize(truth, rgb.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    if chance.random() < 0.5:
        shade = (rgb.astype(np.float32) / 255) ** np.exp(chance.normal(0, 0.2)) * (1 + chance.normal(0, 0.08, 3))
        rgb = (shade.clip(0, 1) * 255).astype(np.uint8)
    if chance.random() < 0.25:
        bar = int(0.1 * rgb.shape[0])
        rgb = cv2.copyMakeBorder(rgb, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=(20, 20, 20))
        truth = cv2.copyMakeBorder(truth, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=0)
    return Replaced(jpeg(rgb, int(chance.integers(30, 96))), truth)
