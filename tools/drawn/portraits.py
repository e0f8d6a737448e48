"""Portraits of nobody: faces, hair, glasses, clothes and backgrounds put together from a seed.

`portrait(seed)` is a picture the size a phone takes. The parts are drawn shapes; no photograph and no model is involved.
"""

import numpy as np
from PIL import Image

from .backgrounds import background
from .brush import OVERSAMPLED, Colour, Pen, arc, chance, exposed, mixed, picked, shaded
from .hair import BACKS, FRONTS
from .palette import CLOTHES, HAIRS, SKINS

LANDSCAPE, UPRIGHT = (1280, 960), (960, 1280)


def portrait(seed: int, size: tuple[int, int] | None = None) -> Image.Image:
    """Draw the portrait that belongs to `seed`; its size is a phone's unless given."""
    rng = np.random.default_rng([0x706F7274, seed])
    upright = bool(rng.integers(2))
    size = size or (UPRIGHT if upright else LANDSCAPE)
    large = (size[0] * OVERSAMPLED, size[1] * OVERSAMPLED)
    image = background(rng, size).resize(large, Image.Resampling.BICUBIC)
    scale = min(large) * rng.uniform(0.2, 0.27)
    centre = (
        large[0] * rng.uniform(0.36, 0.64),
        large[1] * (0.40 if large[1] > large[0] else 0.42) + scale * rng.uniform(-0.2, 0.2),
    )
    pen = Pen(image, centre=centre, scale=scale, tilt=rng.uniform(-0.13, 0.13))
    _person(rng, pen)
    return exposed(rng, image.reduce(OVERSAMPLED), grain=rng.uniform(3, 7))


def _person(rng: np.random.Generator, pen: Pen) -> None:
    """Draw one figure, back to front."""
    skin, hair = picked(rng, SKINS), picked(rng, HAIRS)
    back = BACKS[rng.integers(len(BACKS))]
    jaw, wide = rng.uniform(-0.08, 0.1), rng.uniform(0.7, 0.8)
    back(rng, pen, shaded(hair, -0.22))
    _clothes(rng, pen, skin)
    for side in (-1, 1):
        pen.oval((side * wide, 0.14), 0.13, 0.22, shaded(skin, -0.1))
        pen.oval((side * wide, 0.15), 0.06, 0.12, shaded(skin, -0.24))
    face = [
        (0, -1.0),
        (wide * 0.68, -0.86),
        (wide, -0.35),
        (wide, 0.12),
        (wide * 0.86 + jaw, 0.58),
        (0.34 + jaw, 0.9),
        (0, 1.0),
    ]
    pen.shape([*face, *((-x, y) for x, y in reversed(face[1:-1]))], skin)
    # Soft form: the far cheek is darker, forehead and nose catch the light.
    far = 1 if chance(rng, 0.5) else -1
    pen.shape(
        [
            (far * wide, -0.5),
            (far * wide, 0.15),
            (far * (wide * 0.86 + jaw), 0.58),
            (far * (0.3 + jaw), 0.93),
            (far * 0.42, 0.5),
            (far * 0.56, 0),
        ],
        shaded(skin, -0.3),
        opacity=70,
    )
    pen.oval((-far * 0.18, -0.42), 0.34, 0.22, shaded(skin, 0.5), opacity=60)
    for side in (-1, 1):
        pen.oval((side * 0.44, 0.42), 0.17, 0.11, (226, 112, 104), opacity=int(rng.integers(24, 70)))
    _features(rng, pen, skin, hair)
    FRONTS[rng.integers(len(FRONTS))](rng, pen, hair, wide)
    _extras(rng, pen, wide)


def _clothes(rng: np.random.Generator, pen: Pen, skin: Colour) -> None:
    """Draw neck, shoulders and a top: round collar, shirt, hood or stripes."""
    cloth, wide = picked(rng, CLOTHES), rng.uniform(1.45, 1.85)
    body = [
        (0, 1.3),
        (0.55, 1.36),
        (wide, 1.75),
        (wide + 0.3, 2.6),
        (wide + 0.5, 5.2),
        (-wide - 0.5, 5.2),
        (-wide - 0.3, 2.6),
        (-wide, 1.75),
        (-0.55, 1.36),
    ]
    style = rng.integers(4)
    if style == 2:  # noqa: PLR2004 - the third of four: a hood behind the neck
        pen.shape([(-0.95, 1.6), (-0.8, 0.95), (0, 0.8), (0.8, 0.95), (0.95, 1.6), (0, 2)], shaded(cloth, -0.28))
    pen.shape(body, cloth)
    if style == 1:
        stripe = shaded(cloth, 0.62 if sum(cloth) < 400 else -0.55)  # noqa: PLR2004 - light or dark cloth
        for y in np.arange(1.85, 5, 0.36):
            edge = float(np.interp(y + 0.16, (1.36, 1.75, 2.6, 5.2), (0.6, wide, wide + 0.3, wide + 0.5))) - 0.02
            pen.corners([*_sagging(edge, y), *reversed(_sagging(edge, y + 0.16))], stripe)
    for side in (-1, 1):
        pen.shape(
            [
                (side * (wide - 0.3), 2.4),
                (side * (wide - 0.12), 3.4),
                (side * (wide - 0.2), 5),
                (side * (wide - 0.34), 3.6),
            ],
            shaded(cloth, -0.35),
            opacity=120,
        )
    pen.shape(
        [(-0.36, 0.6), (0.36, 0.6), (0.38, 1.2), (0.62, 1.44), (0, 1.86), (-0.62, 1.44), (-0.38, 1.2)],
        shaded(skin, -0.12),
    )
    pen.shape([(-0.36, 0.75), (0.36, 0.75), (0.36, 1.05), (0, 1.22), (-0.36, 1.05)], shaded(skin, -0.38), opacity=150)
    if style == 0:
        for side in (-1, 1):
            pen.corners([(0, 1.92), (side * 0.5, 1.22), (side * 0.86, 1.5), (side * 0.36, 2.12)], shaded(cloth, 0.4))
        pen.line([(0, 1.95), (0.02, 5)], 0.02, shaded(cloth, -0.4))
        for y in np.arange(2.3, 4.8, 0.55):
            pen.oval((0.0, y), 0.04, 0.04, shaded(cloth, -0.5))
    else:
        pen.line(arc((0, 1.36), 0.62, 0.5, 10, 170), 0.09, shaded(cloth, -0.25))
    if style == 2:  # noqa: PLR2004 - as above: its cords
        for side in (-1, 1):
            pen.line([(side * 0.3, 1.8), (side * 0.33, 2.7)], 0.035, (238, 234, 226))


def _sagging(edge: float, y: float) -> list[tuple[float, float]]:
    return [(x, y + 0.1 * (1 - (x / edge) ** 2)) for x in np.linspace(-edge, edge, 9)]


def _features(rng: np.random.Generator, pen: Pen, skin: Colour, hair: Colour) -> None:
    """Draw eyes, brows, nose and mouth."""
    apart, level, open_, glance = (
        rng.uniform(0.29, 0.35),
        rng.uniform(0.02, 0.1),
        rng.uniform(0.07, 0.115),
        rng.uniform(-0.04, 0.04),
    )
    iris, lid = picked(rng, ((58, 40, 32), (44, 34, 34), (88, 62, 42), (70, 84, 92))), shaded(hair, -0.35)
    lift, thick = rng.uniform(-0.04, 0.05), rng.uniform(0.04, 0.075)
    for side in (-1, 1):
        x = side * apart
        pen.shape(
            [(x - 0.165, level + 0.01), (x, level - open_), (x + 0.165, level + 0.01), (x, level + open_ * 0.85)],
            (250, 248, 244),
        )
        pen.oval((x + glance, level), min(0.095, open_), min(0.095, open_), iris)
        pen.oval((x + glance, level), 0.045, 0.045, (18, 14, 16))
        pen.oval((x + glance + 0.03, level - 0.03), 0.02, 0.02, (255, 255, 255))
        pen.line(
            [
                (x - 0.175, level + 0.01),
                (x - 0.08, level - open_ * 0.84),
                (x + 0.08, level - open_ * 0.84),
                (x + 0.175, level + 0.01),
            ],
            0.032,
            lid,
        )
        pen.line([(x - 0.12, level - open_ - 0.06), (x + 0.12, level - open_ - 0.06)], 0.014, shaded(skin, -0.34))
        brow = [
            (x - side * 0.17, level - 0.235),
            (x + side * 0.02, level - 0.3 - lift),
            (x + side * 0.2, level - 0.23 - lift),
        ]
        pen.line(brow, thick, mixed(hair, skin, 0.18))
    tip = rng.uniform(0.38, 0.45)
    pen.line([(0.035, level + 0.08), (0.075, tip - 0.08)], 0.02, shaded(skin, -0.2))
    pen.shape([(-0.1, tip), (0, tip - 0.06), (0.1, tip), (0, tip + 0.035)], shaded(skin, -0.22))
    pen.oval((0.01, tip - 0.06), 0.035, 0.03, shaded(skin, 0.55), opacity=120)
    lips, low, broad = (
        picked(rng, ((190, 96, 92), (176, 80, 84), (204, 118, 106))),
        rng.uniform(0.62, 0.68),
        rng.uniform(0.19, 0.29),
    )
    smile = rng.uniform(-0.01, 0.09)
    if chance(rng, 0.4):
        pen.shape(
            [
                (-broad, low - smile),
                (0, low + 0.01),
                (broad, low - smile),
                (broad * 0.55, low + 0.1),
                (0, low + 0.135),
                (-broad * 0.55, low + 0.1),
            ],
            shaded(lips, -0.3),
        )
        pen.shape(
            [(-broad * 0.78, low - smile * 0.5), (0, low + 0.015), (broad * 0.78, low - smile * 0.5), (0, low + 0.07)],
            (252, 250, 246),
        )
    else:
        pen.shape(
            [
                (-broad, low - smile),
                (-0.06, low - 0.045),
                (0, low - 0.03),
                (0.06, low - 0.045),
                (broad, low - smile),
                (0, low + 0.085),
            ],
            lips,
        )
        pen.line(
            [(-broad, low - smile), (-broad * 0.4, low + 0.01), (broad * 0.4, low + 0.01), (broad, low - smile)],
            0.02,
            shaded(lips, -0.45),
        )
    pen.line([(-0.09, 0.835), (0, 0.85), (0.09, 0.835)], 0.02, shaded(skin, -0.18))


def _extras(rng: np.random.Generator, pen: Pen, wide: float) -> None:
    """Draw glasses, earrings or freckles, on some."""
    if chance(rng, 0.36):
        frame, across = (
            picked(rng, ((34, 30, 34), (122, 82, 52), (150, 150, 156), (160, 60, 60))),
            rng.uniform(0.21, 0.26),
        )
        for side in (-1, 1):
            pen.oval((side * 0.33, 0.07), across, across * 0.86, (214, 230, 240), opacity=44)
            pen.hoop((side * 0.33, 0.07), across, across * 0.86, 0.034, frame)
            pen.line([(side * (0.33 + across), 0.04), (side * wide, 0.02)], 0.03, frame)
        pen.line(arc((0, 0.07), 0.33 - across, 0.05, 180, 360), 0.03, frame)
    if chance(rng, 0.3):
        for side in (-1, 1):
            pen.hoop((side * (wide + 0.03), 0.46), 0.075, 0.1, 0.025, (226, 190, 110))
    if chance(rng, 0.2):
        for _ in range(16):
            side = 1 if chance(rng, 0.5) else -1
            pen.oval((side * rng.uniform(0.1, 0.5), rng.uniform(0.25, 0.5)), 0.013, 0.012, (160, 100, 70), opacity=150)
