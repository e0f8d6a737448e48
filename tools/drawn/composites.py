"""Benign composites for tests and `bench/trace.py`: a clothed adult's face from one photo, laid on another portrait, in memory only.

Classical warps and blends, then what happens to pictures on their way: scaling, JPEG, blur, noise, text, a mosaic, a
screenshot. No generator is used, and nothing is ever written.
"""

# ruff: noqa: PLR2004 -- odds and sizes that mean themselves

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haechi.adapters.tracing.face_view import MIRRORED, TEMPLATE, applied, similarity
from haechi.adapters.tracing.faces import Face, find_faces
from haechi.adapters.tracing.opencv import Pixels
from haechi.adapters.tracing.register import least_squares

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo of one person with their face."""

    person: str
    name: str
    rgb: Pixels
    face: Face

    @property
    def points(self) -> Points:
        """The face's five points."""
        return self.face.points.astype(np.float64)

    @property
    def width(self) -> float:
        """The face's width in pixels."""
        return width_of(self.points)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was done to a composite; widths are in pixels, `quality` is JPEG."""

    width: float
    warp: str = "affine"
    blend: str = "poisson"
    mirror: bool = False
    quality: int = 75
    first_quality: int = 0
    colour: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    smooth: float = 0.0
    text: int = 0
    mosaic: float = 0.0
    screenshot: float = 0.0


@dataclass(frozen=True, slots=True)
class Composite:
    """A questioned picture whose donor is known. `points` are the donor's five points in it, `mask` where its face is."""

    rgb: Pixels
    points: Points
    mask: Pixels
    treatment: Treatment


def width_of(points: Points) -> float:
    """Return the width of a face in pixels."""
    matrix = similarity(TEMPLATE, points)
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))


def portrait(person: str, name: str, rgb: Pixels) -> Portrait | None:
    """Return the photo with the face nearest to its middle, where such collections have the person, or None."""
    faces = find_faces(rgb)
    middle = np.array([rgb.shape[1], rgb.shape[0]]) / 2
    nearest = min(faces, key=lambda one: float(np.hypot(*(one.points.mean(0) - middle))), default=None)
    return None if nearest is None else Portrait(person, name, rgb, nearest)


def treatment(chance: np.random.Generator, *, least: float = 60, most: float = 220) -> Treatment:
    """Draw what is done to a composite: half of it mild, a quarter covered, as pictures in chats are."""
    return Treatment(
        width=float(np.exp(chance.uniform(np.log(least), np.log(most)))),
        warp=str(chance.choice(["similarity", "affine", "piecewise"])),
        blend=str(chance.choice(["poisson", "feather", "paste"])),
        mirror=bool(chance.random() < 0.2),
        quality=int(chance.integers(30, 96)),
        first_quality=int(chance.integers(50, 96)) if chance.random() < 0.5 else 0,
        colour=1.0 if chance.random() < 0.5 else 0.0,
        blur=float(chance.uniform(0.4, 1.2)) if chance.random() < 0.25 else 0.0,
        noise=float(chance.uniform(2, 8)) if chance.random() < 0.2 else 0.0,
        smooth=1.0 if chance.random() < 0.2 else 0.0,
        text=int(chance.integers(1, 3)) if chance.random() < 0.25 else 0,
        mosaic=float(chance.uniform(0.15, 0.35)) if chance.random() < 0.15 else 0.0,
        screenshot=float(chance.uniform(0.6, 1.4)) if chance.random() < 0.25 else 0.0,
    )


def compose(donor: Portrait, host: Portrait, how: Treatment, chance: np.random.Generator) -> Composite | None:
    """Lay the donor's face on the host's, treat the picture, and return it. None where it fell outside."""
    base, there = _host(host, how.width)
    source, points = donor.rgb, donor.points
    if how.mirror:
        source = np.ascontiguousarray(source[:, ::-1])
        points = ((points * (-1, 1)) + (source.shape[1] - 1, 0))[MIRRORED]
    matrix = (
        similarity(points, there) if how.warp == "similarity" else _tamed(least_squares(points, there), points, there)
    )
    laid, placed = _warped(source, matrix, base.shape, points)
    if how.warp == "piecewise":
        laid, placed = _bent(laid, placed, placed + 0.5 * (there - placed), how.width)
    mask = _mask(placed, base.shape, how.width)
    if mask.sum() < 255 * 50:
        return None
    made = _blended(laid, base, mask, how)
    rgb, shift, scale = _treated(made, placed, how, chance)
    height, width = rgb.shape[:2]
    whole = cv2.warpAffine(mask, np.array([[scale, 0, shift[0]], [0, scale, shift[1]]]), (width, height))
    return Composite(rgb, placed * scale + shift, whole, how)


def jpeg(rgb: Pixels, quality: int) -> Pixels:
    """Return the picture after one more saving as JPEG."""
    coded = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1])


def _host(host: Portrait, width: float) -> tuple[Pixels, Points]:
    """Return the host at the wanted size, cut out around the face."""
    scale = width / host.width
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(host.rgb, None, fx=scale, fy=scale, interpolation=how)
    points = host.points * scale
    middle = points.mean(0)
    left, top = (int(max(0, middle[axis] - width * 2.2)) for axis in (0, 1))
    right, bottom = int(middle[0] + width * 2.2), int(middle[1] + width * 2.8)
    return rgb[top:bottom, left:right].copy(), points - (left, top)


def _tamed(matrix: npt.NDArray[np.float64], points: Points, there: Points) -> npt.NDArray[np.float64]:
    """Return the affine map between two faces, half way to the plain one: five points alone shear a turned head too far."""
    plain = similarity(points, there)
    mixed = (matrix + plain) / 2
    mixed[:, 2] = there.mean(0) - mixed[:, :2] @ points.mean(0)
    return mixed


def _warped(
    rgb: Pixels, matrix: npt.NDArray[np.float64], shape: tuple[int, ...], points: Points
) -> tuple[Pixels, Points]:
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    source = cv2.GaussianBlur(rgb, (0, 0), 0.45 / scale) if scale < 0.8 else rgb
    laid = cv2.warpAffine(source, matrix, shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return laid, applied(matrix, points)


def _bent(rgb: Pixels, points: Points, targets: Points, width: float) -> tuple[Pixels, Points]:
    """Bend the face smoothly towards the host's proportions."""
    y, x = np.mgrid[0 : rgb.shape[0], 0 : rgb.shape[1]].astype(np.float32)
    moves, weights = np.zeros((*rgb.shape[:2], 2), np.float32), np.full(rgb.shape[:2], 1e-3, np.float32)
    for here, target in zip(points, targets, strict=True):
        weight = np.exp(-((x - target[0]) ** 2 + (y - target[1]) ** 2) / (2 * (0.2 * width) ** 2)).astype(np.float32)
        weights += weight
        moves += weight[..., None] * (here - target).astype(np.float32)
    moves /= weights[..., None]
    bent = cv2.remap(rgb, x + moves[..., 0], y + moves[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return bent, targets


def _mask(points: Points, shape: tuple[int, ...], width: float) -> Pixels:
    """Return the inner face, brow to chin, as a face swap takes it."""
    matrix = similarity(TEMPLATE, points)
    angles = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([np.cos(angles) * 0.45, 0.22 + np.sin(angles) * np.where(np.sin(angles) < 0, 0.5, 0.52)], 1)
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(applied(matrix, ring)).astype(np.int32), 255)
    thick = max(3, int(0.04 * width))
    mask = cv2.erode(mask, np.ones((thick, thick), np.uint8))
    mask[:2], mask[-2:], mask[:, :2], mask[:, -2:] = 0, 0, 0, 0
    return mask


def _blended(laid: Pixels, base: Pixels, mask: Pixels, how: Treatment) -> Pixels:
    if how.blend == "poisson":
        left, top, width, height = cv2.boundingRect(mask)
        middle = (left + width // 2, top + height // 2)
        return cv2.seamlessClone(laid, base, mask.copy(), middle, cv2.NORMAL_CLONE)  # it changes the mask it is given
    source = _matched(laid, base, mask) if how.blend == "feather" else laid
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(1.0, 0.03 * how.width))[..., None]
    return np.clip(source * soft + base * (1 - soft), 0, 255).astype(np.uint8)


def _matched(rgb: Pixels, base: Pixels, mask: Pixels) -> Pixels:
    """Give the face the host's lightness and colour (E. Reinhard et al., "Color transfer between images", 2001)."""
    ours, theirs = (cv2.cvtColor(one, cv2.COLOR_RGB2LAB).astype(np.float32) for one in (rgb, base))
    inside = mask > 0
    for channel in range(3):
        here, there = ours[inside, channel], theirs[inside, channel]
        gain = np.clip((there.std() + 1e-3) / (here.std() + 1e-3), 0.6, 1.6)
        ours[..., channel] = (ours[..., channel] - here.mean()) * gain + there.mean()
    return cv2.cvtColor(np.clip(ours, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)


def _treated(rgb: Pixels, points: Points, how: Treatment, chance: np.random.Generator) -> tuple[Pixels, Points, float]:
    """Return the picture after its treatment, and where it lies in it: shift and scale."""
    out, shift, scale = rgb, np.zeros(2), 1.0
    if how.colour:
        shade = (out.astype(np.float32) / 255) ** np.exp(chance.normal(0, 0.25 * how.colour))
        shade = shade * (1 + chance.normal(0, 0.1 * how.colour, 3)) + chance.normal(0, 0.03 * how.colour, 3)
        out = (shade.clip(0, 1) * 255).astype(np.uint8)
    if how.smooth:
        out = cv2.bilateralFilter(out, 9, 35 * how.smooth, max(2, 0.03 * how.width))
    if how.blur:
        out = cv2.GaussianBlur(out, (0, 0), how.blur)
    if how.noise:
        out = (out + chance.normal(0, how.noise, out.shape)).clip(0, 255).astype(np.uint8)
    if how.mosaic:
        out = _mosaicked(out, points, how)
    for _ in range(how.text):
        low, high = points.min(0), points.max(0)
        across = int(low[0] - 0.28 * how.width + chance.uniform(-0.3, 0.2) * how.width)
        down = int(chance.uniform(low[1] - 0.1 * how.width, high[1] + 0.3 * how.width))
        colour = tuple(int(value) for value in chance.integers(0, 255, 3))
        text = "@sample_watermark"[: int(chance.integers(6, 17))]
        cv2.putText(
            out := out.copy(),
            text,
            (across, down),
            cv2.FONT_HERSHEY_SIMPLEX,
            how.width / 170,
            colour,
            max(1, int(how.width / 50)),
        )
    if how.first_quality:
        out = jpeg(out, how.first_quality)
    if how.screenshot:
        scale = how.screenshot
        out = cv2.resize(out, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        height, width = out.shape[:2]
        screen = np.full((height + 140, width + 24, 3), 30, np.uint8)
        screen[:60] = 45
        cv2.putText(screen, "12:01  chat", (12, 38), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (230, 230, 230), 2)
        screen[70 : 70 + height, 12 : 12 + width] = out
        out, shift = screen, np.array([12.0, 70.0])
    return jpeg(out, how.quality), shift, scale


def _mosaicked(rgb: Pixels, points: Points, how: Treatment) -> Pixels:
    """Cover a band over the eyes with coarse squares."""
    middle = points[:2, 1].mean()
    top, bottom = int(max(0, middle - how.width * how.mosaic / 2)), int(middle + how.width * how.mosaic / 2)
    part = rgb[top:bottom]
    if not part.size:
        return rgb
    size = max(2, int(how.width / 8))
    few = cv2.resize(part, (max(1, part.shape[1] // size), max(1, part.shape[0] // size)), interpolation=cv2.INTER_AREA)
    covered = rgb.copy()
    covered[top:bottom] = cv2.resize(few, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return covered
