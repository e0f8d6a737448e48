"""Decoding a still picture, once, to the pixels that are hashed: 8-bit grey or RGB, whatever the file held.

A picture is hashed as it is shown: the palette is looked up, inks become colours, sixteen bits become eight, of an
animation the first picture counts. Transparency is dropped, as the PDQ reference does, so that a copy without it is
the same picture; only where the colours alone show nothing is it laid on white.
"""

import mmap
from dataclasses import dataclass
from typing import IO, cast

import numpy as np
import simplejpeg  # type: ignore[import-untyped]
from PIL import Image, ImageFile

from haechi.adapters.media.capture import capture_of, orientation_of
from haechi.adapters.media.tents import Pixels
from haechi.adapters.media.turns import TURNS, Turn
from haechi.domain.canonical import Json
from haechi.domain.fingerprint import Symmetry

PIXELS = 100_000_000
"""More are not decoded: 300 MB as RGB. A larger JPEG is decoded at half, a quarter or an eighth of its size."""

# One decoder for each type that was sniffed. What Pillow could also open (EPS, ICNS, ...) is not tried.
_FORMATS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/bmp": ("BMP",),
    "image/tiff": ("TIFF",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF",),
}
_EXIF_TURNS = (
    Symmetry.UPRIGHT, Symmetry.UPRIGHT, Symmetry.MIRROR, Symmetry.ROTATE_180, Symmetry.FLIP,
    Symmetry.TRANSPOSE, Symmetry.ROTATE_270, Symmetry.TRANSVERSE, Symmetry.ROTATE_90,
)  # fmt: skip
_GREY16 = {"I;16", "I;16L", "I;16B", "I;16N"}

Image.MAX_IMAGE_PIXELS = None  # our own bound is checked before anything is decoded


class UndecodableError(Exception):
    """Nothing of the picture can be decoded; `code` and `facts` are the finding."""

    def __init__(self, *, code: str, **facts: Json) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Picture:
    """Stored pixels and how they are shown. `width` and `height` are as shown.

    `on_white` is the picture laid on white, where it has transparent parts. `as_stored` is what the PDQ reference is fed
    with by python-threatexchange, where that was asked for and is something else. `findings` are (code, facts).
    """

    pixels: Pixels
    turn: Turn
    width: int
    height: int
    on_white: Pixels | None = None
    as_stored: Pixels | None = None
    capture: dict[str, Json] | None = None
    findings: tuple[tuple[str, dict[str, Json]], ...] = ()


def read_picture(
    file: mmap.mmap, mime: str, *, pixels: int = PIXELS, with_stored: bool = False, is_grey_enough: bool = False
) -> Picture:
    """Decode the picture in `file`. Raises `UndecodableError`.

    `is_grey_enough` leaves the colours of a JPEG undecoded: a third less time, and hashes up to 4 bits off (of 256; half
    a bit on average), because the file's own grey is rounded elsewhere.
    """
    image = _open(file, mime)
    size = image.size
    factor = _factor(image, pixels)
    capture = capture_of(image)
    findings: tuple[tuple[str, dict[str, Json]], ...] = (("decoded-smaller", {"factor": factor}),) if factor > 1 else ()
    whole = _jpeg(file, image, factor, "GRAY" if is_grey_enough else image.mode)
    if whole is None:
        image, is_truncated = _load(image, file, mime, factor)
        findings += (("truncated", {}),) if is_truncated else ()
        size = size if factor > 1 else image.size
    stored, on_white = (whole, None) if whole is not None else _layers(image, mime)
    turn = TURNS[_EXIF_TURNS[_orientation(image)]]
    width, height = reversed(size) if turn.swap else size
    as_stored = _as_stored(image) if with_stored and whole is None and not findings else None
    return Picture(stored, turn, width, height, on_white, as_stored, capture, findings)


def _factor(image: Image.Image, pixels: int) -> int:
    """Return by how much the sides must shrink in decoding, which only JPEG can. Raises `UndecodableError`."""
    area = image.width * image.height
    for factor in (1, 2, 4, 8):
        if area <= pixels * factor * factor and (factor == 1 or _is_jpeg(image)):
            return factor
    raise UndecodableError(code="too-many-pixels", width=image.width, height=image.height)


def _is_jpeg(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO")


def _open(file: mmap.mmap, mime: str) -> Image.Image:
    formats = _FORMATS.get(mime)
    if formats is None:
        raise UndecodableError(code="unsupported-format", mime=mime)
    if mime == "image/heic":
        import pi_heif  # type: ignore[import-untyped]  # noqa: PLC0415 -- 20 ms that most workers never need

        pi_heif.register_heif_opener(thumbnails=False)
        pi_heif.options.DECODE_THREADS = 1
    file.seek(0)
    try:
        return Image.open(cast("IO[bytes]", file), formats=formats)
    except MemoryError:
        raise
    except Exception as error:
        raise UndecodableError(code="undecodable", mime=mime) from error


def _jpeg(file: mmap.mmap, image: Image.Image, factor: int, mode: str) -> Pixels | None:
    """Decode an ordinary JPEG with libjpeg-turbo directly: the very pixels of Pillow in under half the time."""
    if not _is_jpeg(image) or image.mode not in ("L", "RGB"):
        return None
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(
            file,
            "RGB" if mode == "RGB" else "GRAY",
            min_height=image.height // factor if factor > 1 else 0,
            min_width=image.width // factor if factor > 1 else 0,
        )
    except ValueError:  # damaged: Pillow tells how
        return None
    return pixels if mode == "RGB" else pixels[:, :, 0]


def _load(image: Image.Image, file: mmap.mmap, mime: str, factor: int) -> tuple[Image.Image, bool]:
    """Decode the pixels; of a file that ends too soon, those there are. The second value tells such a file."""
    try:
        _shrunk(image, factor).load()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 -- decoders raise many things on what is damaged
        partial = _open(file, mime)
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            _shrunk(partial, factor).load()
        except MemoryError:
            raise
        except Exception as error:
            raise UndecodableError(code="undecodable", mime=mime) from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return partial, True
    return image, False


def _shrunk(image: Image.Image, factor: int) -> Image.Image:
    if factor > 1:
        image.draft(image.mode, (image.width // factor, image.height // factor))
    return image


def _orientation(image: Image.Image) -> int:
    """Return the orientation still to be applied: Pillow turns TIFF itself and then drops the tag."""
    try:
        return orientation_of(image.getexif())
    except Exception:  # noqa: BLE001 -- as in `capture_of`
        return 1


def _layers(image: Image.Image, mime: str) -> tuple[Pixels, Pixels | None]:
    """Return the colours, and the picture on white if it is transparent. Raises `UndecodableError`: a palette may miss."""
    try:
        return _colours(image), _on_white(image)
    except MemoryError:
        raise
    except Exception as error:
        raise UndecodableError(code="undecodable", mime=mime) from error


def _colours(image: Image.Image) -> Pixels:
    """Return grey or RGB, eight bits, transparency dropped."""
    if image.mode in _GREY16:
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in ("I", "F"):
        return _scaled(image)
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    if image.mode in ("LA", "La"):
        return np.asarray(image.convert("LA").getchannel("L"))
    if image.mode in ("P", "PA", "RGBA", "RGBa"):  # by way of RGBA, which keeps the colour of what is transparent
        return np.ascontiguousarray(np.asarray(image.convert("RGBA"))[:, :, :3])
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))  # converting would copy even then


def _as_stored(image: Image.Image) -> Pixels | None:
    """Return Pillow's own samples taken for grey or RGB, where these are not the colours; None where the reference fails.

    python-threatexchange (1.2) converts LA only. Of the rest, palette indices and single bits pass for grey, inks for
    red, green and blue; what has not one byte a sample raises there.
    """
    if image.mode not in ("P", "1", "CMYK", "YCbCr", "LAB", "HSV"):
        return None
    samples = np.asarray(image).astype(np.uint8, copy=False)
    return samples if samples.ndim == 2 else np.ascontiguousarray(samples[:, :, :3])  # noqa: PLR2004 -- grey


def _scaled(image: Image.Image) -> Pixels:
    """Spread the values there are over eight bits: such pictures have no agreed black and white."""
    values = np.nan_to_num(np.asarray(image, np.float64), posinf=0.0, neginf=0.0)
    low, high = values.min(), values.max()
    return np.zeros(values.shape, np.uint8) if low == high else ((values - low) * (255 / (high - low))).astype(np.uint8)


def _on_white(image: Image.Image) -> Pixels | None:
    if not image.has_transparency_data:
        return None
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return np.ascontiguousarray(np.asarray(Image.alpha_composite(white, layer))[:, :, :3])
