"""What portraits and scenes are drawn with: smooth shapes on a canvas twice as large, then light and grain.

Pillow and NumPy only. Everything comes from a seeded generator, so the same seed gives the same pixels.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

OVERSAMPLED = 2  # shapes are drawn this many times too large and reduced, which smooths their edges
OPAQUE = 255


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour that lies `share` (0 to 1) of the way from `one` to `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def shaded(colour: Colour, by: float) -> Colour:
    """Return a darker (`by` below 0) or lighter (above 0) tone of a colour."""
    return mixed(colour, (255, 252, 244) if by > 0 else (22, 18, 34), abs(by))


def picked(rng: np.random.Generator, choices: Sequence[Colour]) -> Colour:
    """Return one of the colours, moved a little so that two pictures rarely share one exactly."""
    red, green, blue = (
        int(np.clip(part + rng.integers(-9, 10), 0, 255)) for part in choices[rng.integers(len(choices))]
    )
    return red, green, blue


def chance(rng: np.random.Generator, share: float) -> bool:
    """Return True in that share of all cases."""
    return bool(rng.random() < share)


def curve(points: Sequence[Point], steps: int = 9) -> list[Point]:
    """Return a closed Catmull-Rom curve through the points."""
    knots = np.asarray(points, float)
    before, after, beyond = np.roll(knots, 1, 0), np.roll(knots, -1, 0), np.roll(knots, -2, 0)
    along = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    one, two, three, four = (part[:, None, :] for part in (before, knots, after, beyond))
    smooth = 0.5 * (
        2 * two
        + (three - one) * along
        + (2 * one - 5 * two + 4 * three - four) * along**2
        + (3 * two - one - 3 * three + four) * along**3
    )
    return [(float(x), float(y)) for x, y in smooth.reshape(-1, 2)]


def blend(size: tuple[int, int], top: Colour, bottom: Colour, *, sideways: float = 0.0) -> Image.Image:
    """Return a gradient; `sideways` (-1 to 1) tilts it."""
    down = np.linspace(0, 1, 64)[:, None] + sideways * (np.linspace(0, 1, 64)[None, :] - 0.5)
    share = np.clip(down, 0, 1)[..., None]
    pixels = np.asarray(top, float) * (1 - share) + np.asarray(bottom, float) * share
    return Image.fromarray(pixels.round().astype(np.uint8), "RGB").resize(size, Image.Resampling.BICUBIC)


def clouded(rng: np.random.Generator, size: tuple[int, int], *, coarse: int = 4, octaves: int = 4) -> Image.Image:
    """Return smooth grey noise: octaves of random values, each twice as fine and half as strong."""
    total = np.zeros((size[1] // 4, size[0] // 4), float)
    for octave in range(octaves):
        cells = coarse * 2**octave
        grid = Image.fromarray(rng.random((cells, cells), dtype=np.float32))
        total += np.asarray(grid.resize((total.shape[1], total.shape[0]), Image.Resampling.BICUBIC)) / 2**octave
    total = (total - total.min()) / max(float(np.ptp(total)), 1e-6)
    return Image.fromarray((total * 255).astype(np.uint8), "L").resize(size, Image.Resampling.BICUBIC)


class Pen:
    """Draws in units of its own: (0, 0) lies at `centre`, one unit is `scale` pixels, all turned by `tilt` radians."""

    def __init__(self, image: Image.Image, *, centre: Point, scale: float, tilt: float = 0.0) -> None:
        self._draw = ImageDraw.Draw(image, "RGBA")
        self._centre, self._scale = centre, scale
        self._turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])

    def _placed(self, points: Iterable[Point]) -> list[Point]:
        moved = np.asarray(list(points), float) @ self._turn * self._scale + self._centre
        return [(float(x), float(y)) for x, y in moved]

    def shape(self, points: Sequence[Point], colour: Colour, *, opacity: int = OPAQUE) -> None:
        """Fill a smooth closed shape."""
        self._draw.polygon(self._placed(curve(points)), fill=(*colour, opacity))

    def corners(self, points: Sequence[Point], colour: Colour, *, opacity: int = OPAQUE) -> None:
        """Fill a shape with straight sides."""
        self._draw.polygon(self._placed(points), fill=(*colour, opacity))

    def oval(self, at: Point, across: float, down: float, colour: Colour, *, opacity: int = OPAQUE) -> None:
        """Fill an ellipse with the given radii."""
        self._draw.polygon(self._placed(ring(at, across, down)), fill=(*colour, opacity))

    def line(self, points: Sequence[Point], width: float, colour: Colour, *, opacity: int = OPAQUE) -> None:
        """Draw a stroke of the given width with round ends."""
        placed, pixels = self._placed(points), max(1, round(width * self._scale))
        self._draw.line(placed, fill=(*colour, opacity), width=pixels, joint="curve")
        if opacity == OPAQUE:
            half = pixels / 2
            for x, y in (placed[0], placed[-1]):
                self._draw.ellipse((x - half, y - half, x + half, y + half), fill=(*colour, opacity))

    def hoop(self, at: Point, across: float, down: float, width: float, colour: Colour) -> None:
        """Draw the outline of an ellipse."""
        around = ring(at, across, down)
        self.line([*around, around[0]], width, colour)


def whole(image: Image.Image) -> Pen:
    """Return a pen over the whole picture: its corner is (0, 0), its shorter side one unit."""
    return Pen(image, centre=(0, 0), scale=float(min(image.size)))


def ring(at: Point, across: float, down: float, steps: int = 40) -> list[Point]:
    """Return points around an ellipse."""
    angles = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return [(at[0] + across * float(np.cos(turn)), at[1] + down * float(np.sin(turn))) for turn in angles]


def arc(at: Point, across: float, down: float, start: float, end: float) -> list[Point]:
    """Return points of an ellipse between two angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 26))
    return [(at[0] + across * float(np.cos(turn)), at[1] + down * float(np.sin(turn))) for turn in angles]


def softened(image: Image.Image, radius: float) -> Image.Image:
    """Return the picture out of focus."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def exposed(rng: np.random.Generator, image: Image.Image, *, grain: float = 5.0, depth: float = 0.26) -> Image.Image:
    """Return the drawing as a camera would see it: light from one side, darker corners, a little noise."""
    width, height = image.size
    across, down = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(-1, 1, 64))
    towards = rng.uniform(0, 2 * np.pi)
    light = 1 - depth / 2 + depth / 2 * (across * np.cos(towards) + down * np.sin(towards) * 0.7)
    light -= 0.16 * (across**2 + down**2) ** 1.5 / 2.8
    light = np.clip(light / light.max(), 0.35, 1)
    shade = Image.fromarray((light * 255).astype(np.uint8), "L").resize((width, height), Image.Resampling.BICUBIC)
    lit = ImageChops.multiply(image, Image.merge("RGB", (shade, shade, shade)))
    noise = rng.normal(0, grain, (height, width)).astype(np.int16)
    return Image.fromarray(np.clip(np.asarray(lit, np.int16) + noise[..., None], 0, 255).astype(np.uint8), "RGB")
