"""What people do to a picture before they post it again: `CHANGES` by name, each from a seeded generator.

The names are the truth that a demo or test measures against: `recompressed`, `cropped-10`, `caption-below` and so on.
"""

import io
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pylopdf_fonts_ko
from PIL import Image, ImageDraw, ImageFont, ImageOps

SAYINGS = (
    "사진전 3번 후보",
    "이 사진 누가 올렸어요?",
    "Photo of the week",
    "가을 소풍 사진전",
    "프로필 사진 모음 2026",
    "Best shot ☆",
)
PLAIN = (255, 255, 255)
DARK = (18, 18, 20)


def jpeg(image: Image.Image, *, quality: int = 87, exif: Image.Exif | None = None) -> bytes:
    """Return the picture as a JPEG file; 87 is what Telegram Desktop writes."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return out.getvalue()


@lru_cache(maxsize=8)
def lettering(size: int) -> ImageFont.FreeTypeFont:
    """Return Korean type of that many pixels."""
    return ImageFont.truetype(Path(pylopdf_fonts_ko.__file__).with_name("NotoSansKR-Regular.otf"), size)


def _recompressed(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(image, quality=int(rng.integers(28, 55)))))


def _resized(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    share = rng.uniform(0.3, 0.6)
    return image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS)


def _stretched(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    return image.resize((round(image.width * rng.uniform(0.8, 0.9)), image.height), Image.Resampling.BICUBIC)


def _cropped(percent: int) -> Callable[[np.random.Generator, Image.Image], Image.Image]:
    """Return a change that cuts that share of width and height away, more on one side than on the other."""

    def crop(rng: np.random.Generator, image: Image.Image) -> Image.Image:
        across, down = image.width * percent / 100, image.height * percent / 100
        left, top = across * rng.uniform(0.3, 0.7), down * rng.uniform(0.3, 0.7)
        return image.crop(
            (round(left), round(top), round(left + image.width - across), round(top + image.height - down))
        )

    return crop


def _mirrored(_: np.random.Generator, image: Image.Image) -> Image.Image:
    return ImageOps.mirror(image)


def _turned(_: np.random.Generator, image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_90)


def _upside_down(_: np.random.Generator, image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_180)


def _brighter(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    gain, lift = rng.uniform(1.08, 1.2), rng.uniform(4, 14)
    return image.point(lambda level: min(255, round(level * gain + lift)))


def _grey(_: np.random.Generator, image: Image.Image) -> Image.Image:
    return ImageOps.grayscale(image).convert("RGB")


def _caption(*, below: bool) -> Callable[[np.random.Generator, Image.Image], Image.Image]:
    """Return a change that adds a plain bar with a line of text above or below."""

    def caption(rng: np.random.Generator, image: Image.Image) -> Image.Image:
        bar = round(image.height * 0.12)
        framed = Image.new("RGB", (image.width, image.height + bar), PLAIN)
        framed.paste(image, (0, 0 if below else bar))
        at = (image.width / 2, image.height + bar / 2 if below else bar / 2)
        _write(framed, at, SAYINGS[rng.integers(len(SAYINGS))], size=round(bar * 0.42), fill=DARK)
        return framed

    return caption


def _written_over(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    written = image.copy()
    size = round(image.width * 0.055)
    at = (image.width / 2, image.height * rng.uniform(0.86, 0.92))
    _write(written, at, SAYINGS[rng.integers(len(SAYINGS))], size=size, fill=PLAIN, outline=max(2, size // 12))
    return written


def _write(
    image: Image.Image, at: tuple[float, float], text: str, *, size: int, fill: tuple[int, int, int], outline: int = 0
) -> None:
    ImageDraw.Draw(image).text(
        at, text, font=lettering(size), fill=fill, anchor="mm", stroke_width=outline, stroke_fill=DARK
    )


def _bordered(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, round(image.width * rng.uniform(0.05, 0.1)), PLAIN)


def _letterboxed(_: np.random.Generator, image: Image.Image) -> Image.Image:
    """Fill up to the shape of a telephone's screen with black."""
    high = (
        (image.width, round(image.width * 16 / 9))
        if image.height >= image.width
        else (round(image.height * 16 / 9), image.height)
    )
    return ImageOps.pad(image, high, color=(0, 0, 0))


def _screenshot(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Put the picture on a telephone's screen: clock, name, buttons."""
    screen = Image.new("RGB", (1080, 2160), (24, 26, 32))
    pen = ImageDraw.Draw(screen)
    shown = ImageOps.contain(image, (1080, 1440))
    top = (2160 - shown.height) // 2
    screen.paste(shown, (0, top))
    pen.text((60, 36), f"{rng.integers(9, 23)}:{rng.integers(10, 60)}", font=lettering(38), fill=PLAIN)
    pen.rounded_rectangle((950, 46, 1020, 76), 8, outline=PLAIN, width=4)
    pen.rectangle((956, 52, 996, 70), fill=PLAIN)
    pen.ellipse((50, 130, 140, 220), fill=(96, 132, 176))
    pen.text((170, 138), "사진 모임", font=lettering(42), fill=PLAIN)
    pen.text((170, 192), "참여자 38명", font=lettering(28), fill=(160, 166, 176))
    for number in range(4):
        x = 150 + number * 260
        pen.rounded_rectangle((x - 34, 2010, x + 34, 2078), 20, outline=(200, 204, 212), width=5)
    return screen


Change = Callable[[np.random.Generator, Image.Image], Image.Image]

CHANGES: dict[str, Change] = {
    "recompressed": _recompressed,
    "resized": _resized,
    "stretched": _stretched,
    "brighter": _brighter,
    "grey": _grey,
    "cropped-3": _cropped(3),
    "cropped-10": _cropped(10),
    "cropped-25": _cropped(25),
    "mirrored": _mirrored,
    "turned": _turned,
    "upside-down": _upside_down,
    "caption-above": _caption(below=False),
    "caption-below": _caption(below=True),
    "written-over": _written_over,
    "bordered": _bordered,
    "letterboxed": _letterboxed,
    "screenshot": _screenshot,
}


def changed(name: str, image: Image.Image, *, seed: int) -> Image.Image:
    """Return a copy of the picture after the change `name`."""
    return CHANGES[name](np.random.default_rng([0x636F7079, seed]), image)
