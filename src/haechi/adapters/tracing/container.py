"""What a picture's file says besides its pixels: how it was saved, and what its own notes declare.

Every fact is "consistent with" something or "the file declares": anybody can write metadata, and messengers take it out.
Nothing here is a score, and that nothing is found means nothing. Quantisation tables: ITU-T T.81 annex K, scaled as the
Independent JPEG Group's library scales them for a quality of 1 to 100.
"""

import io
import struct
from collections.abc import Iterator, Mapping

import numpy as np
from PIL import ExifTags, Image

from haechi.domain.canonical import Json

Fact = tuple[str, dict[str, Json]]

CAPS = {1280: "telegram-desktop", 2560: "telegram-desktop-large"}
"""Longer sides that a messenger brings pictures to (Telegram Desktop, `PhotoSideLimit`); any editor may as well."""
_TELEGRAM_QUALITY = 87
_NOTES_READ = 1 << 20
_MOST_SEGMENTS = 500
_GENERATORS = {
    b"parameters": "stable-diffusion-web-ui", b"prompt": "comfyui", b"workflow": "comfyui",
    b"invokeai_metadata": "invokeai", b"sd-metadata": "invokeai", b"Dream": "invokeai",
}  # fmt: skip
_SOURCES = (b"compositeWithTrainedAlgorithmicMedia", b"trainedAlgorithmicMedia")
_FORMATS = {"image/jpeg": ("JPEG", "MPO"), "image/png": ("PNG",), "image/webp": ("WEBP",), "image/tiff": ("TIFF",)}
_MOST_PIXELS = 100_000_000
_THUMBNAIL_ALIKE = 0.8
_LUMA = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
        87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ]
)  # fmt: skip


def container_facts(content: bytes, mime: str) -> tuple[Fact, ...]:
    """Return what the file says of itself. Never raises: what cannot be parsed says nothing."""
    try:
        return tuple(_facts(content, mime))
    except Exception:  # noqa: BLE001 -- Pillow raises many things on damaged files
        return ()


def standard_quality(table: list[int]) -> int | None:
    """Return the quality whose standard luminance table, in rows, this is; None for a table of somebody's own."""
    if len(table) != _LUMA.size:
        return None
    for quality in range(100, 0, -1):
        scale = 5000 // quality if quality < 50 else 200 - 2 * quality  # noqa: PLR2004 -- as the library scales them
        if np.array_equal(np.clip((_LUMA * scale + 50) // 100, 1, 255), table):
            return quality
    return None


def _facts(content: bytes, mime: str) -> Iterator[Fact]:
    formats = _FORMATS.get(mime)
    if formats is None:
        return
    with Image.open(io.BytesIO(content), formats=formats) as image:
        longer = max(image.size)
        if longer in CAPS:
            yield "side-at-cap", {"side": longer, "consistent_with": CAPS[longer]}
        if mime == "image/jpeg":
            yield from _saved(image)
        exif = image.getexif()
        software = _text(exif.get(ExifTags.Base.Software))
        if software:
            yield "declares-software", {"name": software}
        yield from _thumbnail(image, exif)
    if mime == "image/png":
        yield from _png_notes(content)
    notes = content[:_NOTES_READ]
    source = next((one for one in _SOURCES if one in notes), None)
    if source is not None:
        yield "declares-generated", {"source": source.decode()}
    if b"jumb" in notes and b"c2pa" in notes:
        yield "content-credentials", {}


def _saved(image: Image.Image) -> Iterator[Fact]:
    tables: Mapping[int, list[int]] = getattr(image, "quantization", None) or {}
    quality = standard_quality(list(tables[0])) if 0 in tables else None
    progressive = bool(image.info.get("progressive"))
    yield "jpeg", {"quality": quality, "tables": "standard" if quality else "own", "progressive": progressive}
    if quality == _TELEGRAM_QUALITY and progressive:
        yield "saved-like", {"consistent_with": "telegram-desktop"}


def _thumbnail(image: Image.Image, exif: Image.Exif) -> Iterator[Fact]:
    """Tell a thumbnail inside the file that shows something else than the picture."""
    ifd = exif.get_ifd(ExifTags.IFD.IFD1)
    start, length = ifd.get(0x0201), ifd.get(0x0202)  # JPEGInterchangeFormat and its length
    raw = image.info.get("exif", b"")
    if image.width * image.height > _MOST_PIXELS:
        return
    if not isinstance(start, int) or not isinstance(length, int) or not 0 < length < 1 << 18:
        return
    with Image.open(io.BytesIO(raw[6 + start : 6 + start + length]), formats=("JPEG",)) as small:
        if max(small.size) > 1024:  # noqa: PLR2004 -- no thumbnail
            return
        size = small.size
        one = np.asarray(small.convert("L").resize((32, 32)), np.float32)
    image.draft("L", (256, 256))
    whole = image.convert("L")
    # A camera may put bars above and below to fill its thumbnail's shape: compare the shape the picture has.
    other = np.asarray(_filled(whole, size).resize((32, 32)), np.float32)
    inner = slice(6, 26)
    if one[inner].std() < 2 or other[inner].std() < 2:  # noqa: PLR2004 -- grey levels: plain
        return
    alike = float(np.corrcoef(one[inner].ravel(), other[inner].ravel())[0, 1])
    if alike < _THUMBNAIL_ALIKE:
        yield "thumbnail-differs", {"percent_alike": max(0, round(100 * alike))}


def _filled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture in the middle of black of the thumbnail's shape."""
    scale = min(size[0] / image.width, size[1] / image.height)
    inner = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    canvas = Image.new("L", size)
    canvas.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return canvas


def _png_notes(content: bytes) -> Iterator[Fact]:
    """Tell the text chunks that generators write: their keys, never their words."""
    at = 8
    for _ in range(_MOST_SEGMENTS):
        if at + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + min(length, _NOTES_READ)]
        if kind in (b"tEXt", b"iTXt", b"zTXt"):
            key = body.partition(b"\0")[0]
            if key in _GENERATORS:
                yield "generator-note", {"key": key.decode(), "consistent_with": _GENERATORS[key]}
            elif key == b"Software":
                name = _text(body.partition(b"\0")[2].decode("latin-1")) if kind == b"tEXt" else None
                if name:
                    yield "declares-software", {"name": name}
        at += 12 + length


def _text(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip("\0 "):
        return None
    text = "".join(letter if letter.isprintable() else " " for letter in value).strip()
    return text[:100] or None
