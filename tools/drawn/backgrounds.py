"""What lies behind a portrait: a room, a street or a garden, out of focus."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from .brush import Pen, blend, chance, clouded, picked, shaded, softened
from .palette import ACCENTS, CLOTHES, WALLS


def background(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Return a room, street or garden out of focus, at half size."""
    small = (size[0] // 2, size[1] // 2)
    wall = picked(rng, WALLS)
    image = blend(
        small, shaded(wall, rng.uniform(0, 0.35)), shaded(wall, -rng.uniform(0.1, 0.5)), sideways=rng.uniform(-0.8, 0.8)
    )
    mottled = clouded(rng, small, coarse=3)
    image = Image.composite(image, blend(small, shaded(wall, -0.3), wall), mottled)
    pen = Pen(image, centre=(0, 0), scale=float(min(small)))
    _BEHIND[rng.integers(len(_BEHIND))](rng, pen, (small[0] / min(small), small[1] / min(small)))
    return softened(image, rng.uniform(1.2, 5.5))


def _lights(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw lamps far away, as round spots."""
    for _ in range(rng.integers(24, 60)):
        radius = rng.uniform(0.015, 0.075)
        at = (rng.uniform(0, size[0]), rng.uniform(0, size[1] * 0.85))
        pen.oval(at, radius, radius, picked(rng, ACCENTS), opacity=int(rng.integers(70, 190)))


def _window(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw a bright window with bars and a curtain."""
    left, top = rng.uniform(-0.1, 0.5) * size[0], rng.uniform(-0.1, 0.12)
    wide, high = rng.uniform(0.45, 0.8), rng.uniform(0.6, 0.9) * size[1]
    sky = picked(rng, ((226, 238, 246), (250, 232, 200), (198, 220, 236)))
    pen.corners([(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)], sky)
    pen.shape(
        [
            (left, top + high),
            (left, top + high * 0.6),
            (left + wide / 2, top + high * 0.7),
            (left + wide, top + high * 0.55),
            (left + wide, top + high),
        ],
        picked(rng, ((132, 164, 124), (120, 140, 160))),
    )
    bar = shaded(picked(rng, WALLS), -0.3)
    for share in np.linspace(0, 1, int(rng.integers(3, 5))):
        pen.line([(left + wide * share, top), (left + wide * share, top + high)], 0.025, bar)
    for share in (0.0, rng.uniform(0.3, 0.6), 1.0):
        pen.line([(left, top + high * share), (left + wide, top + high * share)], 0.025, bar)
    cloth = picked(rng, CLOTHES)
    for fold in range(6):
        x = left + wide + fold * 0.06
        pen.corners(
            [(x, 0), (x + 0.06, 0), (x + 0.07, size[1]), (x + 0.01, size[1])],
            shaded(cloth, 0.25 if fold % 2 else -0.15),
        )


def _shelf(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw shelves of books."""
    rows = int(rng.integers(3, 6))
    for row in range(rows):
        floor, x = size[1] * (row + 1) / rows, -0.02
        while x < size[0]:
            wide, high = rng.uniform(0.02, 0.06), size[1] / rows * rng.uniform(0.55, 0.9)
            if chance(rng, 0.86):
                book = picked(rng, CLOTHES + ACCENTS)
                pen.corners([(x, floor - high), (x + wide, floor - high), (x + wide, floor), (x, floor)], book)
                pen.line(
                    [(x + wide * 0.2, floor - high * 0.8), (x + wide * 0.8, floor - high * 0.8)],
                    0.006,
                    shaded(book, 0.6),
                )
            x += wide
        pen.line([(0, floor), (size[0], floor)], 0.025, (92, 66, 50))


def _leaves(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw a garden: many leaves in front of each other, and the sun between them."""
    for _ in range(rng.integers(90, 150)):
        x, y, long = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(0.05, 0.16)
        turn = rng.uniform(0, 2 * np.pi)
        ahead, aside = (
            np.array([np.cos(turn), np.sin(turn)]) * long,
            np.array([-np.sin(turn), np.cos(turn)]) * long * 0.3,
        )
        leaf = shaded(
            picked(rng, ((88, 132, 78), (120, 158, 92), (60, 98, 70), (162, 178, 96))), rng.uniform(-0.35, 0.35)
        )
        tips = [(-ahead[0], -ahead[1]), (aside[0], aside[1]), (ahead[0], ahead[1]), (-aside[0], -aside[1])]
        pen.shape([(x + dx, y + dy) for dx, dy in tips], leaf)
    _lights(rng, pen, (size[0], size[1] * 0.6))


def _street(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw houses with lit windows along a road."""
    x = -0.1
    while x < size[0]:
        wide, top = rng.uniform(0.14, 0.34), rng.uniform(0.02, 0.45) * size[1]
        house = shaded(picked(rng, WALLS), rng.uniform(-0.45, 0.1))
        pen.corners([(x, top), (x + wide, top), (x + wide, size[1]), (x, size[1])], house)
        lit = picked(rng, ((250, 226, 160), (206, 222, 232)))
        for column in np.arange(x + 0.03, x + wide - 0.04, 0.07):
            for row in np.arange(top + 0.05, size[1] * 0.8, 0.1):
                if chance(rng, 0.65):
                    pen.corners(
                        [(column, row), (column + 0.035, row), (column + 0.035, row + 0.055), (column, row + 0.055)],
                        lit,
                    )
        x += wide
    pen.corners([(0, size[1] * 0.86), (size[0], size[1] * 0.82), (size[0], size[1]), (0, size[1])], (74, 74, 80))


def _paper(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw wallpaper with a repeated figure, and a framed print."""
    step, tone = rng.uniform(0.09, 0.17), picked(rng, ACCENTS)
    for row, y in enumerate(np.arange(0, size[1] + step, step)):
        for x in np.arange(-step * (row % 2) / 2, size[0] + step, step):
            pen.shape(
                [(x, y - step * 0.32), (x + step * 0.24, y), (x, y + step * 0.32), (x - step * 0.24, y)],
                tone,
                opacity=130,
            )
    left, top, wide = rng.uniform(0, size[0] * 0.7), rng.uniform(0.02, 0.2), rng.uniform(0.25, 0.4)
    pen.corners(
        [(left, top), (left + wide, top), (left + wide, top + wide * 1.2), (left, top + wide * 1.2)], (246, 242, 234)
    )
    pen.oval((left + wide / 2, top + wide * 0.6), wide * 0.3, wide * 0.36, picked(rng, ACCENTS))
    pen.oval((left + wide * 0.6, top + wide * 0.75), wide * 0.22, wide * 0.2, picked(rng, CLOTHES))


def _shore(rng: np.random.Generator, pen: Pen, size: tuple[float, float]) -> None:
    """Draw the sea, hills and a low sun."""
    level = size[1] * rng.uniform(0.4, 0.62)
    pen.corners(
        [(0, 0), (size[0], 0), (size[0], level), (0, level)],
        picked(rng, ((236, 196, 164), (170, 206, 230), (214, 208, 224))),
    )
    radius = rng.uniform(0.07, 0.13)
    pen.oval((rng.uniform(0.1, 0.9) * size[0], level - rng.uniform(0.1, 0.3)), radius, radius, (254, 240, 206))
    hill = shaded(picked(rng, ((108, 122, 150), (96, 120, 110))), rng.uniform(-0.2, 0.2))
    peaks = [(x, level - rng.uniform(0.02, 0.26)) for x in np.linspace(0, size[0], 7)]
    pen.shape([(-0.2, level + 0.05), *peaks, (size[0] + 0.2, level + 0.05)], hill)
    pen.corners(
        [(0, level), (size[0], level), (size[0], size[1]), (0, size[1])], picked(rng, ((82, 128, 150), (64, 96, 126)))
    )
    for _ in range(40):
        x, y, long = rng.uniform(0, size[0]), rng.uniform(level, size[1]), rng.uniform(0.05, 0.25)
        pen.line([(x, y), (x + long, y)], 0.008, (220, 232, 236), opacity=120)


_BEHIND: tuple[Callable[[np.random.Generator, Pen, tuple[float, float]], None], ...] = (
    _lights, _window, _shelf, _leaves, _street, _paper, _shore,
)  # fmt: skip
