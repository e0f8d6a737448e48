"""Rooms and tables: sofa, lamp and plant; cups, fruit, books and flowers."""

import numpy as np
from PIL import Image

from .brush import Pen, Point, blend, chance, clouded, picked, ring, shaded, whole
from .palette import PAINTS


def room(rng: np.random.Generator, large: tuple[int, int], size: Point) -> Image.Image:
    """Draw a room: window, sofa, lamp, plant, pictures."""
    wall, floor = picked(rng, PAINTS), picked(rng, ((150, 112, 82), (182, 150, 116), (112, 92, 84)))
    image = blend(large, shaded(wall, 0.45), shaded(wall, 0.15), sideways=rng.uniform(-0.6, 0.6))
    pen, skirting = whole(image), size[1] * rng.uniform(0.7, 0.78)
    pen.corners([(0, skirting), (size[0], skirting), (size[0], size[1]), (0, size[1])], floor)
    for share in np.linspace(-0.6, 1.6, 16):
        pen.line(
            [(size[0] * (0.3 + 0.4 * share), skirting), (size[0] * share, size[1])],
            0.004,
            shaded(floor, -0.35),
            opacity=160,
        )
    pen.line([(0, skirting), (size[0], skirting)], 0.02, (246, 242, 234))
    flip = (lambda x: size[0] - x) if chance(rng, 0.5) else (lambda x: x)
    left, top, wide, high = (
        0.1 + rng.uniform(0, 0.1),
        rng.uniform(0.06, 0.14),
        rng.uniform(0.4, 0.52),
        rng.uniform(0.38, 0.46),
    )
    pen.corners(
        [(flip(left), top), (flip(left + wide), top), (flip(left + wide), top + high), (flip(left), top + high)],
        (196, 222, 238),
    )
    pen.shape(
        [
            (flip(left + 0.02), top + high),
            (flip(left + wide * 0.3), top + high * 0.6),
            (flip(left + wide * 0.7), top + high * 0.75),
            (flip(left + wide), top + high),
        ],
        (120, 158, 116),
    )
    for share in (0.0, 0.5, 1.0):
        pen.line([(flip(left + wide * share), top), (flip(left + wide * share), top + high)], 0.022, (252, 250, 244))
        pen.line([(flip(left), top + high * share), (flip(left + wide), top + high * share)], 0.022, (252, 250, 244))
    sofa, back = picked(rng, PAINTS), skirting - rng.uniform(0.16, 0.24)
    x, long = rng.uniform(0.3, 0.5), rng.uniform(0.56, 0.72)
    pen.corners(
        [(flip(x), back), (flip(x + long), back), (flip(x + long), skirting + 0.12), (flip(x), skirting + 0.12)],
        shaded(sofa, -0.12),
    )
    pen.corners(
        [
            (flip(x - 0.05), skirting),
            (flip(x + long + 0.05), skirting),
            (flip(x + long + 0.05), skirting + 0.14),
            (flip(x - 0.05), skirting + 0.14),
        ],
        shaded(sofa, 0.1),
    )
    for arm in (x - 0.08, x + long):
        pen.shape(
            [
                (flip(arm), back + 0.12),
                (flip(arm + 0.08), back + 0.12),
                (flip(arm + 0.08), skirting + 0.16),
                (flip(arm), skirting + 0.16),
            ],
            shaded(sofa, -0.28),
        )
    for spot in (0.12, 0.34):
        pen.corners(
            [
                (flip(x + spot), skirting - 0.14),
                (flip(x + spot + 0.16), skirting - 0.17),
                (flip(x + spot + 0.18), skirting),
                (flip(x + spot + 0.02), skirting + 0.02),
            ],
            picked(rng, PAINTS),
        )
    stand = x + long + rng.uniform(0.14, 0.2)
    pen.line([(flip(stand), skirting + 0.1), (flip(stand), skirting - 0.45)], 0.014, (70, 62, 58))
    pen.corners(
        [
            (flip(stand - 0.07), skirting - 0.58),
            (flip(stand + 0.07), skirting - 0.58),
            (flip(stand + 0.12), skirting - 0.4),
            (flip(stand - 0.12), skirting - 0.4),
        ],
        (252, 230, 176),
    )
    for number in range(int(rng.integers(1, 4))):
        at = left + wide + 0.1 + number * 0.2
        pen.corners(
            [(flip(at), 0.16), (flip(at + 0.15), 0.16), (flip(at + 0.15), 0.36), (flip(at), 0.36)], (250, 248, 242)
        )
        pen.oval((flip(at + 0.075), 0.26), 0.05, 0.07, picked(rng, PAINTS))
    _plant(rng, pen, (flip(rng.uniform(0.08, 0.2)), skirting + 0.12))
    return image


def _plant(rng: np.random.Generator, pen: Pen, foot: Point) -> None:
    pot = picked(rng, PAINTS)
    for _ in range(16):
        turn, long = rng.uniform(-1.1, 1.1), rng.uniform(0.16, 0.34)
        tip = (foot[0] + np.sin(turn) * long, foot[1] - 0.12 - np.cos(turn) * long)
        bend = ((foot[0] + tip[0]) / 2 + 0.03 * np.cos(turn), (foot[1] - 0.12 + tip[1]) / 2)
        pen.shape(
            [(foot[0], foot[1] - 0.1), bend, tip, (bend[0] - 0.05, bend[1] + 0.01)],
            shaded(picked(rng, ((82, 128, 84), (60, 104, 74))), rng.uniform(-0.3, 0.3)),
        )
    pen.corners(
        [
            (foot[0] - 0.08, foot[1] - 0.13),
            (foot[0] + 0.08, foot[1] - 0.13),
            (foot[0] + 0.06, foot[1] + 0.02),
            (foot[0] - 0.06, foot[1] + 0.02),
        ],
        pot,
    )
    pen.corners(
        [
            (foot[0] - 0.09, foot[1] - 0.15),
            (foot[0] + 0.09, foot[1] - 0.15),
            (foot[0] + 0.09, foot[1] - 0.12),
            (foot[0] - 0.09, foot[1] - 0.12),
        ],
        shaded(pot, 0.25),
    )


def table(rng: np.random.Generator, large: tuple[int, int], size: Point) -> Image.Image:
    """Draw a table with cups, fruit and books."""
    wall, wood = picked(rng, PAINTS), picked(rng, ((142, 98, 68), (186, 146, 104), (96, 74, 66), (214, 204, 190)))
    image = blend(large, shaded(wall, 0.3), shaded(wall, -0.35), sideways=rng.uniform(-0.9, 0.9))
    image = Image.composite(image, blend(large, wall, shaded(wall, -0.4)), clouded(rng, large, coarse=3))
    pen, edge = whole(image), size[1] * rng.uniform(0.46, 0.58)
    pen.corners([(0, edge), (size[0], edge), (size[0], size[1]), (0, size[1])], wood)
    for y in np.arange(edge, size[1], 0.035):
        pen.line(
            [(0, y), (size[0], y + rng.uniform(-0.02, 0.02))], 0.004, shaded(wood, rng.uniform(-0.4, 0.2)), opacity=130
        )
    deep = np.sort(rng.uniform(edge + 0.08, size[1] - 0.08, int(rng.integers(6, 9))))  # what is farther is drawn first
    for number, y in enumerate(deep):
        x = size[0] * (0.14 + 0.72 * ((number * 0.618 + rng.uniform(0, 0.12)) % 1))  # the golden ratio keeps them apart
        _THINGS[rng.integers(len(_THINGS))](rng, pen, (x, float(y)))
    return image


def _cup(rng: np.random.Generator, pen: Pen, at: Point) -> None:
    x, y, wide = *at, rng.uniform(0.07, 0.11)
    glaze = picked(rng, PAINTS)
    pen.oval((x, y + wide * 0.1), wide * 1.7, wide * 0.5, shaded(glaze, -0.45), opacity=130)
    pen.oval((x, y), wide * 1.6, wide * 0.45, shaded(glaze, 0.35))
    pen.hoop((x + wide, y - wide * 0.8), wide * 0.42, wide * 0.4, wide * 0.16, shaded(glaze, -0.1))
    pen.shape(
        [
            (x - wide, y - wide * 1.5),
            (x + wide, y - wide * 1.5),
            (x + wide * 0.8, y - wide * 0.3),
            (x, y + wide * 0.12),
            (x - wide * 0.8, y - wide * 0.3),
        ],
        glaze,
    )
    pen.oval((x, y - wide * 1.5), wide, wide * 0.32, shaded(glaze, 0.3))
    pen.oval((x, y - wide * 1.48), wide * 0.86, wide * 0.25, picked(rng, ((82, 52, 38), (196, 156, 90))))


def _fruit(rng: np.random.Generator, pen: Pen, at: Point) -> None:
    x, y, wide = *at, rng.uniform(0.06, 0.1)
    peel = picked(rng, ((214, 86, 62), (238, 164, 70), (158, 182, 84), (196, 70, 84)))
    pen.oval((x + wide * 0.2, y + wide * 0.1), wide * 1.3, wide * 0.36, (30, 24, 28), opacity=110)
    for step in range(8):
        share = step / 8
        pen.oval(
            (x - wide * 0.3 * share, y - wide * 0.85 - wide * 0.3 * share),
            wide * (1 - share * 0.85),
            wide * (1 - share * 0.85),
            shaded(peel, -0.3 + 0.62 * share),
        )
    pen.line([(x, y - wide * 1.7), (x + wide * 0.16, y - wide * 2.1)], wide * 0.14, (84, 62, 44))


def _books(rng: np.random.Generator, pen: Pen, at: Point) -> None:
    x, y, long = *at, rng.uniform(0.16, 0.25)
    for level in range(int(rng.integers(2, 5))):
        shift, cover = rng.uniform(-0.03, 0.03), picked(rng, PAINTS)
        top = y - level * 0.05
        pen.corners(
            [
                (x - long + shift, top - 0.05),
                (x + long + shift, top - 0.05),
                (x + long + shift, top),
                (x - long + shift, top),
            ],
            cover,
        )
        pen.corners(
            [
                (x - long * 0.96 + shift, top - 0.04),
                (x - long * 0.8 + shift, top - 0.04),
                (x - long * 0.8 + shift, top - 0.01),
                (x - long * 0.96 + shift, top - 0.01),
            ],
            shaded(cover, 0.6),
        )


def _vase(rng: np.random.Generator, pen: Pen, at: Point) -> None:
    x, y, wide = *at, rng.uniform(0.06, 0.09)
    clay, bloom = picked(rng, PAINTS), picked(rng, ((244, 206, 210), (250, 226, 150), (206, 178, 226), (238, 128, 104)))
    for _ in range(7):
        tip = (x + rng.uniform(-0.16, 0.16), y - wide * 3.2 - rng.uniform(0.1, 0.3))
        pen.line([(x, y - wide * 2.6), tip], 0.008, (76, 112, 74))
        for petal in ring(tip, 0.026, 0.026, 6):
            pen.oval(petal, 0.022, 0.022, bloom)
        pen.oval(tip, 0.014, 0.014, (222, 170, 70))
    pen.oval((x + 0.02, y + 0.01), wide * 1.4, wide * 0.35, (30, 24, 28), opacity=110)
    pen.shape(
        [
            (x - wide * 0.45, y - wide * 3),
            (x + wide * 0.45, y - wide * 3),
            (x + wide * 0.4, y - wide * 2.2),
            (x + wide, y - wide),
            (x + wide * 0.6, y),
            (x - wide * 0.6, y),
            (x - wide, y - wide),
            (x - wide * 0.4, y - wide * 2.2),
        ],
        clay,
    )
    pen.shape(
        [(x - wide * 0.7, y - wide * 1.2), (x - wide * 0.4, y - wide * 1.5), (x - wide * 0.5, y - wide * 0.5)],
        shaded(clay, 0.5),
        opacity=150,
    )


_THINGS = (_cup, _fruit, _fruit, _books, _vase, _cup)
