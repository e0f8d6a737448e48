"""Places and things, put together from a seed: hills, shores, streets, rooms, tables.

`scene(seed)` is a picture the size a phone takes; nothing in it is a photograph of anywhere.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from .brush import (
    OVERSAMPLED,
    Colour,
    Pen,
    Point,
    blend,
    chance,
    clouded,
    exposed,
    mixed,
    picked,
    shaded,
    softened,
    whole,
)
from .indoors import room, table
from .palette import PAINTS

LANDSCAPE, UPRIGHT = (1280, 960), (960, 1280)

DAWNS: tuple[tuple[Colour, Colour], ...] = (
    ((126, 176, 222), (228, 238, 242)), ((86, 96, 146), (246, 188, 148)), ((44, 54, 96), (182, 140, 160)),
    ((158, 190, 206), (250, 232, 206)), ((200, 206, 212), (236, 234, 228)),
)  # fmt: skip


def scene(seed: int, size: tuple[int, int] | None = None) -> Image.Image:
    """Draw the scene that belongs to `seed`; its size is a phone's unless given."""
    rng = np.random.default_rng([0x7363656E, seed])
    size = size or (UPRIGHT if chance(rng, 0.3) else LANDSCAPE)
    large = (size[0] * OVERSAMPLED, size[1] * OVERSAMPLED)
    unit = float(min(large))
    drawn = SUBJECTS[seed % len(SUBJECTS)](rng, large, (large[0] / unit, large[1] / unit))
    return exposed(rng, drawn.reduce(OVERSAMPLED), grain=rng.uniform(3, 7), depth=0.16)


def _sky(rng: np.random.Generator, large: tuple[int, int]) -> Image.Image:
    top, bottom = DAWNS[rng.integers(len(DAWNS))]
    sky = blend(large, picked(rng, (top,)), picked(rng, (bottom,)), sideways=rng.uniform(-0.3, 0.3))
    clouds = clouded(rng, large, coarse=3, octaves=5).point(lambda level: max(0, (level - 120) * 2))
    return Image.composite(
        blend(large, (255, 252, 246), shaded(bottom, 0.4)), sky, clouds.point(lambda level: level * 2 // 3)
    )


def _ridge(rng: np.random.Generator, width: float, level: float, height: float, *, rough: float = 0.55) -> list[Point]:
    """Return a mountain line by midpoint displacement."""
    heights = rng.random(2)
    for step in range(7):
        middle = (heights[:-1] + heights[1:]) / 2 + rng.normal(0, rough ** (step + 1), len(heights) - 1) * 0.6
        heights = _woven(heights, middle)
    heights = (heights - heights.min()) / max(float(np.ptp(heights)), 1e-6)
    return [
        (x, level - height * h) for x, h in zip(np.linspace(-0.02, width + 0.02, len(heights)), heights, strict=True)
    ]


def _woven(ends: np.ndarray, middle: np.ndarray) -> np.ndarray:
    woven = np.empty(len(ends) + len(middle))
    woven[0::2], woven[1::2] = ends, middle
    return woven


def _hills(rng: np.random.Generator, large: tuple[int, int], size: Point) -> Image.Image:
    """Draw hills behind hills, trees on the nearest."""
    image = _sky(rng, large)
    pen = whole(image)
    pen.oval((rng.uniform(0.1, 0.9) * size[0], rng.uniform(0.1, 0.3)), 0.07, 0.07, (255, 246, 220), opacity=230)
    far, near = picked(rng, ((150, 166, 188), (172, 160, 176))), picked(rng, ((46, 84, 64), (70, 76, 52), (40, 66, 84)))
    layers = int(rng.integers(4, 6))
    for layer in range(layers):
        level = size[1] * (0.5 + 0.5 * layer / layers)
        line = _ridge(rng, size[0], level, rng.uniform(0.16, 0.38), rough=rng.uniform(0.45, 0.62))
        pen.corners([*line, (size[0] + 0.02, size[1]), (-0.02, size[1])], mixed(far, near, layer / (layers - 1)))
    for _ in range(rng.integers(26, 48)):
        x, y = rng.uniform(0, size[0]), size[1] * rng.uniform(0.84, 1.02)
        _fir(rng, pen, (x, y), rng.uniform(0.06, 0.17), shaded(near, rng.uniform(-0.45, 0.05)))
    return image


def _fir(rng: np.random.Generator, pen: Pen, at: Point, high: float, colour: Colour) -> None:
    x, y = at
    for step in range(4):
        top, wide = y - high + high * step * 0.2, high * (0.12 + 0.08 * step)
        pen.corners(
            [(x, top), (x + wide, top + high * 0.34), (x - wide, top + high * 0.34)],
            shaded(colour, rng.uniform(-0.1, 0.1)),
        )


def _sea(rng: np.random.Generator, large: tuple[int, int], size: Point) -> Image.Image:
    """Draw sea, islands, a boat and sand."""
    image = _sky(rng, large)
    pen, level = whole(image), size[1] * rng.uniform(0.36, 0.52)
    pen.oval((rng.uniform(0.15, 0.85) * size[0], level - rng.uniform(0.06, 0.22)), 0.09, 0.09, (255, 236, 196))
    for _ in range(rng.integers(1, 4)):
        left, wide = rng.uniform(-0.2, size[0] - 0.2), rng.uniform(0.3, 0.7)
        pen.corners(
            [(left + x * wide / size[0], y) for x, y in _ridge(rng, size[0], level, rng.uniform(0.05, 0.18))]
            + [(left + wide, level + 0.01), (left, level + 0.01)],
            shaded(picked(rng, ((96, 112, 130),)), rng.uniform(-0.3, 0.1)),
        )
    sea = picked(rng, ((56, 112, 138), (70, 134, 146), (54, 80, 116)))
    for band in range(24):
        y = level + (size[1] - level) * band / 24
        pen.corners(
            [(0, y), (size[0], y), (size[0], size[1]), (0, size[1])],
            mixed(shaded(sea, 0.3), shaded(sea, -0.3), band / 24),
        )
    for _ in range(220):
        depth = rng.random() ** 1.6
        x, y, long = rng.uniform(-0.1, size[0]), level + (size[1] - level) * depth, 0.02 + 0.16 * depth
        pen.line(
            [(x, y), (x + long / 2, y - 0.004), (x + long, y)],
            0.002 + 0.006 * depth,
            shaded(sea, rng.uniform(0.2, 0.7)),
            opacity=150,
        )
    shore = size[1] * rng.uniform(0.78, 0.94)
    edge = [(x, shore + 0.05 * np.sin(x * 5 + rng.uniform(0, 1))) for x in np.linspace(-0.1, size[0] + 0.1, 12)]
    pen.corners(
        [*((x, y - 0.03) for x, y in edge), (size[0] + 0.1, size[1] + 0.1), (-0.1, size[1] + 0.1)], (240, 244, 240)
    )
    pen.corners(
        [*edge, (size[0] + 0.1, size[1] + 0.1), (-0.1, size[1] + 0.1)], picked(rng, ((222, 202, 160), (206, 186, 158)))
    )
    x, y, hull = rng.uniform(0.15, 0.8) * size[0], level + rng.uniform(0.06, 0.2), picked(rng, PAINTS)
    pen.corners([(x - 0.1, y), (x + 0.1, y), (x + 0.07, y + 0.045), (x - 0.07, y + 0.045)], hull)
    pen.corners([(x, y - 0.2), (x + 0.1, y - 0.02), (x, y - 0.02)], (250, 246, 238))
    pen.corners([(x - 0.01, y - 0.17), (x - 0.01, y - 0.02), (x - 0.07, y - 0.02)], shaded(hull, 0.4))
    return image


def _road(rng: np.random.Generator, large: tuple[int, int], size: Point) -> Image.Image:
    """Draw a street that runs away from us between houses."""
    image = _sky(rng, large)
    pen = whole(image)
    far = (rng.uniform(0.35, 0.65) * size[0], size[1] * rng.uniform(0.42, 0.54))
    for side, edge in ((-1, -0.05), (1, size[0] + 0.05)):
        shares = np.sort(rng.uniform(0, 0.86, int(rng.integers(4, 6))))[::-1]
        for share in [*shares, 0.0]:
            _house(rng, pen, far, (edge, size[1]), share=share, side=side)
    pen.corners(
        [far, (size[0] * 1.02, size[1]), (-0.02 * size[0], size[1])], picked(rng, ((104, 104, 112), (128, 122, 118)))
    )
    pen.corners([far, (-0.3, size[1]), (size[0] * 0.1, size[1])], (176, 170, 162))
    pen.corners([far, (size[0] * 0.9, size[1]), (size[0] + 0.3, size[1])], (176, 170, 162))
    middle = (size[0] * 0.5, size[1] * 1.02)
    for start in (0.12, 0.24, 0.42, 0.68):
        near, beyond = _towards(far, middle, start * 1.35), _towards(far, middle, start)
        wide = 0.03 * start
        pen.corners(
            [
                (beyond[0] - wide, beyond[1]),
                (beyond[0] + wide, beyond[1]),
                (near[0] + wide * 1.4, near[1]),
                (near[0] - wide * 1.4, near[1]),
            ],
            (240, 232, 206),
        )
    for share in (0.3, 0.55, 0.95):
        foot = _towards(far, (size[0] * 0.93, size[1]), share)
        pen.line([foot, (foot[0], foot[1] - 0.62 * share)], 0.016 * share, (60, 62, 70))
        pen.oval((foot[0], foot[1] - 0.62 * share), 0.035 * share, 0.035 * share, (255, 238, 190))
    return image


def _towards(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _house(rng: np.random.Generator, pen: Pen, far: Point, corner: Point, *, share: float, side: int) -> None:
    wall, depth, high = picked(rng, PAINTS), rng.uniform(0.16, 0.3), rng.uniform(0.7, 1.35)
    foot, back = _towards(far, corner, 1.25 - share), _towards(far, corner, max(0.02, 1.25 - share - depth))
    tall, less = high * (1.25 - share), high * max(0.02, 1.25 - share - depth)
    pen.corners(
        [foot, back, (back[0], back[1] - less), (foot[0], foot[1] - tall)], shaded(wall, -0.12 if side > 0 else 0.1)
    )
    for column in np.linspace(0.12, 0.82, 4):
        for row in np.linspace(0.18, 0.86, 4):
            panes = []
            for along, up in ((column, row), (column + 0.12, row), (column + 0.12, row + 0.11), (column, row + 0.11)):
                x, y = _towards(foot, back, along)
                panes.append((x, y - (tall + (less - tall) * along) * up))
            pen.corners(panes, picked(rng, ((252, 232, 176), (70, 86, 108), (186, 206, 216))))


def _night(rng: np.random.Generator, large: tuple[int, int], size: Point) -> Image.Image:
    """Draw a town at night over water."""
    image = blend(large, picked(rng, ((18, 22, 48), (30, 22, 52))), picked(rng, ((92, 72, 108), (58, 84, 124))))
    pen, level = whole(image), size[1] * rng.uniform(0.56, 0.7)
    pen.oval((rng.uniform(0.1, 0.9) * size[0], rng.uniform(0.1, 0.24)), 0.06, 0.06, (246, 240, 220))
    for _ in range(120):
        pen.oval((rng.uniform(0, size[0]), rng.uniform(0, level * 0.7)), 0.0022, 0.0022, (240, 240, 255))
    for shade in (0.22, 0.0):
        x = -0.05
        while x < size[0]:
            wide, top = rng.uniform(0.06, 0.17), level - rng.uniform(0.1, 0.46)
            pen.corners([(x, top), (x + wide, top), (x + wide, level), (x, level)], shaded((34, 38, 62), shade))
            for column in np.arange(x + 0.012, x + wide - 0.014, 0.026):
                for row in np.arange(top + 0.02, level - 0.02, 0.034):
                    if chance(rng, 0.5):
                        pen.corners(
                            [
                                (column, row),
                                (column + 0.013, row),
                                (column + 0.013, row + 0.018),
                                (column, row + 0.018),
                            ],
                            picked(rng, ((255, 222, 140), (250, 190, 120), (210, 226, 240))),
                        )
            x += wide + rng.uniform(0, 0.02)
    water = image.crop((0, round(level * min(large) * 0.42), large[0], round(level * min(large))))
    below = (large[0], large[1] - round(level * min(large)))
    mirror = softened(water.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(below), 14)
    image.paste(Image.blend(mirror, Image.new("RGB", below, (24, 34, 64)), 0.35), (0, round(level * min(large))))
    for _ in range(130):
        x, y = rng.uniform(0, size[0]), rng.uniform(level, size[1])
        pen.line([(x, y), (x + rng.uniform(0.03, 0.12), y)], 0.004, (226, 206, 170), opacity=70)
    return image


SUBJECTS: tuple[Callable[[np.random.Generator, tuple[int, int], Point], Image.Image], ...] = (
    _hills, _sea, _road, _night, room, table,
)  # fmt: skip
