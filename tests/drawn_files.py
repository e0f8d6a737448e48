"""Benign files that several tests put into exports."""

import random
import zipfile

from PIL import Image, ImageDraw


def scene(seed: int) -> Image.Image:
    """Draw a picture with enough detail for a fingerprint of high quality."""
    dice = random.Random(seed)
    picture = Image.linear_gradient("L").resize((480, 360)).convert("RGB")
    brush = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y, size = dice.randrange(480), dice.randrange(360), dice.randrange(20, 120)
        brush.ellipse((x, y, x + size, y + size * dice.random()), fill=tuple(dice.randrange(256) for _ in "rgb"))
    return picture


def zipped(path, *members, method=zipfile.ZIP_DEFLATED):
    """Write an archive of (name, content) and return its path."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path
