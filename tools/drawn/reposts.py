"""The 38 ways in which a picture comes back, that robustness is measured with: `REPOSTS` by name, each from a seeded generator.

`changes` holds what a demo's people do; this list is wider and holds what no hash survives too. Each way gets the picture,
other pictures to put beside or under it, and a generator.
"""

import io
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from .brush import chance
from .changes import lettering

Repost = Callable[[Image.Image, Sequence[Image.Image], np.random.Generator], Image.Image]

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
_PHONE = (720, 1480)
_SMOOTH = Image.Resampling.BICUBIC


def _scaled(image: Image.Image, across: float, down: float | None = None) -> Image.Image:
    size = max(8, round(image.width * across)), max(8, round(image.height * (across if down is None else down)))
    return image.resize(size, Image.Resampling.BOX if size[0] < image.width else _SMOOTH)


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def _cut(image: Image.Image, area: float, rng: np.random.Generator | None = None) -> Image.Image:
    """Return a part with that share of the area: the middle, or anywhere."""
    wide, high = int(image.width * area**0.5), int(image.height * area**0.5)
    x, y = (image.width - wide) // 2, (image.height - high) // 2
    if rng is not None:
        x, y = int(rng.integers(0, image.width - wide + 1)), int(rng.integers(0, image.height - high + 1))
    return image.crop((x, y, x + wide, y + high))


def _words(rng: np.random.Generator, count: int) -> str:
    return "".join(chr(97 + int(letter)) if at % 6 else " " for at, letter in enumerate(rng.integers(0, 26, count), 1))


def _noisy(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    grain = rng.normal(0, 20, (image.height, image.width, 3))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))


def _written_over(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    written = image.copy()
    pen = ImageDraw.Draw(written)
    for y in (0.05, 0.8):
        pen.text(
            (image.width * 0.05, image.height * y), _words(rng, 24), fill=WHITE,
            font=lettering(max(16, int(image.width * 0.08))), stroke_width=3, stroke_fill=BLACK,
        )  # fmt: skip
    return written


def _sticker(image: Image.Image, rng: np.random.Generator, area: float) -> Image.Image:
    stuck = image.copy()
    pen = ImageDraw.Draw(stuck)
    r = (area * image.width * image.height / np.pi) ** 0.5
    x, y = rng.uniform(0.2, 0.8) * image.width, rng.uniform(0.2, 0.8) * image.height
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(255, 204, 0), outline=(120, 80, 0), width=3)
    for side in (-0.35, 0.35):
        eye = x + side * r, y - 0.3 * r
        pen.ellipse((eye[0] - 0.12 * r, eye[1] - 0.12 * r, eye[0] + 0.12 * r, eye[1] + 0.12 * r), fill=(40, 20, 0))
    pen.arc((x - 0.5 * r, y - 0.2 * r, x + 0.5 * r, y + 0.6 * r), 10, 170, fill=(40, 20, 0), width=max(2, int(r * 0.1)))
    return stuck


def _captioned(image: Image.Image, rng: np.random.Generator, share: float = 0.18) -> Image.Image:
    bar = int(image.height * share)
    framed = Image.new("RGB", (image.width, image.height + bar), WHITE)
    framed.paste(image, (0, bar))
    text = f"{_words(rng, 30)}\n{_words(rng, 30)}"
    ImageDraw.Draw(framed).multiline_text((8, bar // 6), text, fill=BLACK, font=lettering(max(10, int(bar * 0.28))))
    return framed


def _letterboxed(image: Image.Image) -> Image.Image:
    high = int(image.width * 16 / 9)
    size = (image.width, high) if high > image.height else (int(image.height * 1.6), image.height)
    return ImageOps.pad(image, size, color=BLACK)


def _turned(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, _SMOOTH, fillcolor=BLACK)


def _slanted(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Move each corner by up to 8 % of the sides."""
    width, height = image.size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    moved = (corners + rng.uniform(-0.08, 0.08, (4, 2)) * (width, height)).clip((0, 0), (width, height))
    rows = []
    for (x, y), (u, v) in zip(moved, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    found = np.linalg.solve(np.array(rows), corners.ravel())
    return image.transform(image.size, Image.Transform.PERSPECTIVE, tuple(found), _SMOOTH)


def _collage(image: Image.Image, others: Sequence[Image.Image], rng: np.random.Generator, count: int) -> Image.Image:
    side = 300
    sheet = Image.new("RGB", (count * side, count * side))
    place = int(rng.integers(count * count))
    for at in range(count * count):
        shown = image if at == place else others[at % len(others)]
        sheet.paste(shown.resize((side, side), Image.Resampling.BOX), (at % count * side, at // count * side))
    return sheet


def _beside(image: Image.Image, other: Image.Image) -> Image.Image:
    left, right = (one.resize((round(one.width * 400 / one.height), 400), _SMOOTH) for one in (image, other))
    sheet = Image.new("RGB", (left.width + right.width, 400))
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width, 0))
    return sheet


def _in_viewer(image: Image.Image) -> Image.Image:
    screen = Image.new("RGB", _PHONE, BLACK)
    pen = ImageDraw.Draw(screen)
    shown = image.resize((720, min(round(image.height * 720 / image.width), 1180)), _SMOOTH)
    screen.paste(shown, (0, (1480 - shown.height) // 2))
    pen.text((20, 16), "21:07", fill=WHITE, font=lettering(30))
    pen.text((20, 90), "<  사진 3 / 7", fill=WHITE, font=lettering(36))
    for x in range(90, 720, 180):
        pen.ellipse((x - 26, 1370, x + 26, 1422), outline=WHITE, width=4)
    return screen


def _in_chat(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    screen = Image.new("RGB", _PHONE, (236, 229, 221))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, 720, 110), fill=(7, 94, 84))
    pen.text((100, 36), "사진 모임", fill=WHITE, font=lettering(34))
    pen.ellipse((20, 20, 90, 90), fill=(200, 200, 200))
    y = 140
    for x, colour in ((300, (220, 248, 198)), (20, WHITE)):
        pen.rounded_rectangle((x, y, x + 400, y + 90), 14, fill=colour)
        pen.text((x + 16, y + 16), _words(rng, 22), fill=BLACK, font=lettering(28))
        y += 110
    width = 446
    shown = image.resize((width, min(round(image.height * width / image.width), 900)), _SMOOTH)
    pen.rounded_rectangle((14, y - 8, 30 + width, y + shown.height + 40), 12, fill=WHITE)
    screen.paste(shown, (22, y))
    pen.text((width - 80, y + shown.height + 4), "21:07", fill=(120, 120, 120), font=lettering(22))
    y += shown.height + 70
    while y < _PHONE[1] - 200:
        x = 20 if chance(rng, 0.5) else 300
        pen.rounded_rectangle((x, y, x + 400, y + 70), 14, fill=WHITE)
        pen.text((x + 16, y + 16), _words(rng, 20), fill=BLACK, font=lettering(28))
        y += 92
    pen.rectangle((0, 1390, 720, 1480), fill=(245, 245, 245))
    pen.rounded_rectangle((20, 1404, 610, 1466), 30, fill=WHITE)
    return screen


def _pasted(image: Image.Image, other: Image.Image, rng: np.random.Generator, area: float) -> Image.Image:
    """Put the middle of the picture, that share of it, on that share of another one."""
    part, sheet = _cut(image, area), other.copy()
    scale = (area * other.width * other.height / (part.width * part.height)) ** 0.5
    scale = min(scale, other.width / part.width, other.height / part.height)
    part = part.resize((int(part.width * scale), int(part.height * scale)), _SMOOTH)
    x, y = (int(rng.integers(0, room + 1)) for room in (other.width - part.width, other.height - part.height))
    sheet.paste(part, (x, y))
    return sheet


def _louder(image: Image.Image) -> Image.Image:
    brighter = ImageChops.add(image, Image.new("RGB", image.size, (25, 25, 25)))
    return ImageEnhance.Contrast(brighter).enhance(1.3)


REPOSTS: dict[str, Repost] = {
    "jpeg 30": lambda image, _, __: _jpeg(image, 30),
    "resize 50 %": lambda image, _, __: _scaled(image, 0.5),
    "thumbnail 160": lambda image, _, __: _scaled(image, 160 / image.width),
    "aspect x 0.8": lambda image, _, __: _scaled(image, 0.8, 1.0),
    "blur 3": lambda image, _, __: image.filter(ImageFilter.GaussianBlur(3)),
    "noise 20": lambda image, _, rng: _noisy(image, rng),
    "contrast, brighter": lambda image, _, __: _louder(image),
    "grey": lambda image, _, __: ImageOps.grayscale(image).convert("RGB"),
    "watermark 2 %": lambda image, _, rng: _sticker(image, rng, 0.02),
    "text over it": lambda image, _, rng: _written_over(image, rng),
    "sticker 10 %": lambda image, _, rng: _sticker(image, rng, 0.1),
    "sticker 20 %": lambda image, _, rng: _sticker(image, rng, 0.2),
    "caption bar 18 %": lambda image, _, rng: _captioned(image, rng),
    "border 5 %": lambda image, _, __: ImageOps.expand(image, int(max(image.size) * 0.05), WHITE),
    "border 15 %": lambda image, _, __: ImageOps.expand(image, int(max(image.size) * 0.15), WHITE),
    "letterbox": lambda image, _, __: _letterboxed(image),
    "crop 95 % middle": lambda image, _, __: _cut(image, 0.95),
    "crop 90 % middle": lambda image, _, __: _cut(image, 0.9),
    "crop 80 % middle": lambda image, _, __: _cut(image, 0.8),
    "crop 70 % anywhere": lambda image, _, rng: _cut(image, 0.7, rng),
    "crop 50 % anywhere": lambda image, _, rng: _cut(image, 0.5, rng),
    "crop 30 % anywhere": lambda image, _, rng: _cut(image, 0.3, rng),
    "mirror": lambda image, _, __: ImageOps.mirror(image),
    "rotate 90": lambda image, _, __: image.transpose(Image.Transpose.ROTATE_90),
    "rotate 180": lambda image, _, __: image.transpose(Image.Transpose.ROTATE_180),
    "rotate 1": lambda image, _, __: _turned(image, 1),
    "rotate 3": lambda image, _, __: _turned(image, 3),
    "rotate 10": lambda image, _, __: _turned(image, 10),
    "perspective 8 %": lambda image, _, rng: _slanted(image, rng),
    "collage 2 x 2": lambda image, others, rng: _collage(image, others, rng, 2),
    "collage 3 x 3": lambda image, others, rng: _collage(image, others, rng, 3),
    "side by side": lambda image, others, _: _beside(image, others[0]),
    "viewer screenshot": lambda image, _, __: _in_viewer(image),
    "chat screenshot": lambda image, _, rng: _in_chat(image, rng),
    "40 % of it on another": lambda image, others, rng: _pasted(image, others[0], rng, 0.4),
    "20 % of it on another": lambda image, others, rng: _pasted(image, others[0], rng, 0.2),
    "crop + turn + text + jpeg": lambda image, _, rng: _jpeg(_written_over(_turned(_cut(image, 0.8, rng), 2), rng), 50),
    "mirror + caption + crop": lambda image, _, rng: _captioned(ImageOps.mirror(_cut(image, 0.9)), rng, 0.15),
}


def reposted(name: str, image: Image.Image, others: Sequence[Image.Image], *, seed: int) -> Image.Image:
    """Return the picture as it comes back in the way `name`."""
    number = list(REPOSTS).index(name)
    return REPOSTS[name](image, others, np.random.default_rng([0x7265706F, seed, number]))
