"""Hair and caps. What is in BACKS is drawn before the face, what is in FRONTS after it; the face is 2 units high."""

import numpy as np

from .brush import Colour, Pen, arc, chance, picked, shaded
from .palette import ACCENTS, CLOTHES


def _long(rng: np.random.Generator, pen: Pen, hair: Colour) -> None:
    """Hair below the shoulders."""
    low = rng.uniform(1.5, 2.5)
    pen.shape(
        [
            (0, -1.26),
            (0.72, -1.02),
            (1.0, -0.2),
            (1.05, 0.9),
            (0.98, low),
            (0.5, low + 0.14),
            (0, 1.1),
            (-0.5, low + 0.1),
            (-0.98, low - 0.06),
            (-1.05, 0.9),
            (-1.0, -0.2),
            (-0.72, -1.02),
        ],
        hair,
    )
    for x in np.linspace(-0.92, 0.92, 9):
        pen.line([(x * 0.94, 0.2), (x, low - 0.3)], 0.025, shaded(hair, rng.uniform(-0.2, 0.25)), opacity=150)


def _bob(rng: np.random.Generator, pen: Pen, hair: Colour) -> None:
    """Hair to the chin."""
    low = rng.uniform(0.7, 1.05)
    pen.shape(
        [
            (0, -1.24),
            (0.76, -1.0),
            (1.02, -0.1),
            (1.08, low),
            (0.6, low + 0.12),
            (0, low - 0.1),
            (-0.6, low + 0.12),
            (-1.08, low),
            (-1.02, -0.1),
            (-0.76, -1.0),
        ],
        hair,
    )


def _short(rng: np.random.Generator, pen: Pen, hair: Colour) -> None:
    """Hair above the ears."""
    high = rng.uniform(1.18, 1.32)
    pen.shape(
        [(0, -high), (0.62, -1.04), (0.88, -0.4), (0.82, 0.2), (0, 0.4), (-0.82, 0.2), (-0.88, -0.4), (-0.62, -1.04)],
        hair,
    )


def _bun(rng: np.random.Generator, pen: Pen, hair: Colour) -> None:
    """Hair tied up."""
    pen.oval((rng.uniform(-0.4, 0.4), -1.36), 0.42, 0.36, shaded(hair, 0.1))
    _short(rng, pen, hair)


def _tail(rng: np.random.Generator, pen: Pen, hair: Colour) -> None:
    """Hair tied at one side."""
    side = 1 if chance(rng, 0.5) else -1
    pen.shape(
        [
            (side * 0.7, -0.7),
            (side * 1.3, -0.5),
            (side * 1.4, 0.7),
            (side * 1.12, 1.8),
            (side * 0.98, 0.7),
            (side * 0.8, -0.1),
        ],
        hair,
    )
    _short(rng, pen, hair)


def _curls(rng: np.random.Generator, pen: Pen, hair: Colour) -> None:
    """Curls all around."""
    low = rng.uniform(-10, 40)
    for x, y in arc((0, -0.1), 0.92, 1.05, 180 - low, 360 + low):
        radius = rng.uniform(0.22, 0.34)
        pen.oval((x, y), radius, radius, shaded(hair, rng.uniform(-0.12, 0.14)))
    _short(rng, pen, hair)


BACKS = (_long, _bob, _short, _bun, _tail, _curls, _long)


def _shine(pen: Pen, hair: Colour) -> None:
    for spread in (0.58, 0.66):
        pen.line(arc((0, -0.32), spread, 0.68, 215, 300), 0.05, shaded(hair, 0.42), opacity=70)


def _fringe(rng: np.random.Generator, pen: Pen, hair: Colour, wide: float) -> None:
    """Bangs cut straight."""
    low = rng.uniform(-0.34, -0.18)
    pen.shape(
        [
            (0, -1.2),
            (0.62, -1.02),
            (wide + 0.12, -0.4),
            (wide + 0.06, 0.3),
            (wide - 0.08, low),
            (0.25, low + 0.05),
            (-0.25, low + 0.03),
            (-wide + 0.08, low),
            (-wide - 0.06, 0.3),
            (-wide - 0.12, -0.4),
            (-0.62, -1.02),
        ],
        hair,
    )
    for x in np.linspace(-0.55, 0.55, 8):
        pen.line([(x * 0.7, -1.0), (x, low)], 0.018, shaded(hair, -0.3), opacity=140)
    _shine(pen, hair)


def _parted(rng: np.random.Generator, pen: Pen, hair: Colour, wide: float) -> None:
    """A side parting."""
    side = 1 if chance(rng, 0.5) else -1
    pen.shape(
        [
            (side * -0.2, -1.2),
            (side * 0.6, -1.04),
            (side * (wide + 0.1), -0.45),
            (side * (wide + 0.07), 0.25),
            (side * (wide - 0.06), -0.25),
            (side * 0.3, -0.62),
            (side * -0.35, -0.86),
            (side * (-wide + 0.06), -0.3),
            (side * (-wide - 0.06), 0.2),
            (side * (-wide - 0.12), -0.45),
            (side * -0.66, -1.0),
        ],
        hair,
    )
    pen.line([(side * -0.35, -0.88), (side * -0.28, -1.18)], 0.02, shaded(hair, 0.5), opacity=150)
    _shine(pen, hair)


def _curtain(rng: np.random.Generator, pen: Pen, hair: Colour, wide: float) -> None:
    """A parting in the middle with strands to both sides."""
    low = rng.uniform(0.1, 0.75)
    for side in (-1, 1):
        pen.shape(
            [
                (0, -1.2),
                (side * 0.62, -1.04),
                (side * (wide + 0.16), -0.4),
                (side * (wide + 0.16), low),
                (side * (wide - 0.02), low + 0.1),
                (side * (wide - 0.1), -0.2),
                (side * 0.42, -0.62),
                (side * 0.02, -0.94),
            ],
            hair,
        )
    _shine(pen, hair)


def _brushed(rng: np.random.Generator, pen: Pen, hair: Colour, wide: float) -> None:
    """Short hair brushed up."""
    top = [(x, -1.16 - rng.uniform(0, 0.22)) for x in np.linspace(-0.6, 0.6, 6)]
    pen.shape(
        [
            (-wide - 0.04, 0.05),
            (-wide - 0.1, -0.6),
            *top,
            (wide + 0.1, -0.6),
            (wide + 0.04, 0.05),
            (wide - 0.1, -0.5),
            (0.3, -0.72),
            (-0.3, -0.7),
            (-wide + 0.1, -0.5),
        ],
        hair,
    )
    _shine(pen, hair)


def _beanie(rng: np.random.Generator, pen: Pen, hair: Colour, wide: float) -> None:
    """A knitted cap."""
    wool = picked(rng, CLOTHES + ACCENTS)
    pen.shape(
        [
            (-wide - 0.05, 0.1),
            (-wide - 0.06, -0.3),
            (wide + 0.06, -0.3),
            (wide + 0.05, 0.1),
            (wide - 0.1, -0.3),
            (-wide + 0.1, -0.3),
        ],
        hair,
    )
    pen.shape(
        [
            (0, -1.5),
            (0.6, -1.36),
            (wide + 0.18, -0.75),
            (wide + 0.14, -0.42),
            (0, -0.34),
            (-wide - 0.14, -0.42),
            (-wide - 0.18, -0.75),
            (-0.6, -1.36),
        ],
        wool,
    )
    for x in np.linspace(-0.72, 0.72, 10):
        pen.line([(x * 0.6, -1.38), (x, -0.7)], 0.03, shaded(wool, -0.22), opacity=150)
    pen.shape(
        [
            (-wide - 0.2, -0.66),
            (0, -0.56),
            (wide + 0.2, -0.66),
            (wide + 0.16, -0.36),
            (0, -0.26),
            (-wide - 0.16, -0.36),
        ],
        shaded(wool, 0.16),
    )


FRONTS = (_fringe, _parted, _curtain, _brushed, _parted, _curtain, _beanie)
