"""What a picture's or film's file says besides its pixels: how it was saved, and what its own notes declare.

Every fact is "consistent with" something or "the file declares": anybody can write metadata, and messengers take it out.
Nothing here is a score, and that nothing is found means nothing. Quantisation tables: ITU-T T.81 annex K, scaled as the
Independent JPEG Group's library scales them for a quality of 1 to 100.
"""

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from haechi.adapters.tracing.container_credentials import Credentials, credentials
from haechi.adapters.tracing.container_notes import Notes, declared_sources, read_notes
from haechi.domain.canonical import Json

Fact = tuple[str, dict[str, Json]]

MOST_FACTS = 12
LONGER_SIDES = {
    800: ("telegram-old-android", True),
    1280: ("telegram", True),
    2560: ("telegram-large", True),
    4096: ("x", False),
}
"""Longer sides that services bring pictures to, and whether that was read in their source (Telegram Desktop's `PhotoSideLimit`
and Android's `getPhotoSize`) or is only what others report. Any editor may choose the same."""
WIDTHS = {1080: ("instagram", False)}
"""The same for widths."""
_TELEGRAM_QUALITY = 87
_NOTES_READ = 1 << 20
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
_CHROMA = np.array(
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
        99, 99, 99, *[99] * 32,
    ]
)  # fmt: skip


def container_facts(content: bytes, mime: str, *, is_whole: bool = True) -> tuple[Fact, ...]:
    """Return what the file says of itself, at most `MOST_FACTS`. Never raises: what cannot be parsed says nothing.

    `is_whole` says that `content` is the whole file and not its beginning.
    """
    told: list[Fact] = []
    with contextlib.suppress(Exception):  # Pillow raises many things on damaged files; what was told before stands
        told.extend(_of_picture(content, mime))
    found = credentials(content, mime, is_whole=is_whole)
    declared = tuple(islice(_declared(content, found), MOST_FACTS))  # many notes do not push out what credentials say
    return (*told[: MOST_FACTS - len(declared)], *declared)


def standard_quality(luminance: list[int], others: Sequence[list[int]] = ()) -> int | None:
    """Return the quality whose standard tables, in rows, these are; None for a table of somebody's own.

    `others` are the further tables of the file, each the chrominance of the same quality (or its luminance once more).
    """
    for quality in range(100, 0, -1):
        luma, chroma = (_scaled(one, quality) for one in (_LUMA, _CHROMA))
        if luminance == luma and all(one in (luma, chroma) for one in others):
            return quality
    return None


def _scaled(table: npt.NDArray[np.int_], quality: int) -> list[int]:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality  # noqa: PLR2004 -- as the library scales them
    scaled: list[int] = np.clip((table * scale + 50) // 100, 1, 255).tolist()
    return scaled


def _of_picture(content: bytes, mime: str) -> Iterator[Fact]:
    formats = _FORMATS.get(mime)
    if formats is None:
        return
    with Image.open(io.BytesIO(content), formats=formats) as image:
        yield from _size(image)
        if mime == "image/jpeg":
            yield from _saved(image)
        yield from _noted(read_notes(image, content, mime))
        yield from _thumbnail(image)


def _size(image: Image.Image) -> Iterator[Fact]:
    for side, caps in ((max(image.size), LONGER_SIDES), (image.width, WIDTHS)):
        if side in caps:
            service, is_verified = caps[side]
            yield "side-at-cap", {"side": side, "consistent_with": service, "verified": is_verified}


def _saved(image: Image.Image) -> Iterator[Fact]:
    tables: Mapping[int, list[int]] = getattr(image, "quantization", None) or {}
    first, *others = [list(tables[place]) for place in sorted(tables)] or [[]]
    quality = standard_quality(first, others)
    progressive = bool(image.info.get("progressive"))
    yield "jpeg", {"quality": quality, "tables": "standard" if quality else "own", "progressive": progressive}
    if quality == _TELEGRAM_QUALITY and progressive:
        yield "saved-like", {"consistent_with": "telegram-desktop"}


def _noted(notes: Notes) -> Iterator[Fact]:
    for key, program, takes_a_picture in notes.generators:
        yield "generator-note", {"key": key, "consistent_with": program, "takes_a_picture": takes_a_picture}
    for name in notes.programs:
        yield "declares-software", {"name": name}
    if notes.steps:
        yield "edit-history", {"steps": notes.steps}
    if notes.platform:
        yield "platform-note", {"consistent_with": notes.platform, "verified": False}
    if notes.kinds:
        yield "notes-kept", {"kinds": ", ".join(notes.kinds)}
    if notes.has_credentials_elsewhere:
        yield "credentials-elsewhere", {}


def _declared(content: bytes, found: Credentials | None) -> Iterator[Fact]:
    """Tell Content Credentials, and whether anything says that the picture was generated; the signed word goes first."""
    if found is not None:
        told: dict[str, Json] = {"state": found.state}
        told |= {"program": found.program} if found.program else {}
        told |= {"signer": found.signer} if found.signer else {}
        yield "content-credentials", told
    signed = found.sources if found is not None and found.state == "fits" else ()
    for where, sources in (("credentials", signed), ("notes", declared_sources(content[:_NOTES_READ]))):
        if sources:
            yield "declares-generated", {"source": sources[0], "where": where}
            return


def _thumbnail(image: Image.Image) -> Iterator[Fact]:
    """Tell a thumbnail inside the file that shows something else than the picture."""
    ifd = image.getexif().get_ifd(ExifTags.IFD.IFD1)
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
