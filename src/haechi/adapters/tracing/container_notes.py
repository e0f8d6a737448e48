"""Notes that programs leave in a picture's file: EXIF, XMP, IPTC, and the settings that generators write.

A generator's note is told by its key and by which program writes such notes. Its words are not: they may say anything of anybody.

PNG: W3C, "PNG specification", 11.3.3. XMP: ISO 16684-1, its schemas by Adobe and by the IPTC. IPTC: "IIM 4.2". Keys of generators:
AUTOMATIC1111's web UI, ComfyUI, Fooocus, InvokeAI, NovelAI and SwarmUI as they write them, and the package `sd-parsers`.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from PIL import ExifTags, Image

_READ = 1 << 20
"""Bytes of one note that are read."""
_LONGEST = 1 << 14
"""Letters of an XMP property beyond which nothing is added."""
_SHOWN = 100
_MOST_CHUNKS = 500
_MOST_IPTC = 500
_DEEPEST = 64
_GENERATED = (b"compositeWithTrainedAlgorithmicMedia", b"trainedAlgorithmicMedia")
"""IPTC's words for pictures that a trained model made, wholly or in part (NewsCodes, digital source type)."""
_GENERATORS = {
    "fooocus_scheme": "fooocus", "invokeai_metadata": "invokeai", "invokeai_graph": "invokeai", "sd-metadata": "invokeai",
    "Dream": "invokeai",
}  # fmt: skip
_KEYS = {
    *_GENERATORS, "Software", "parameters", "prompt", "workflow", "Comment", "Description", "Title",
    "exif:UserComment", "exif:Make", "exif:Model", "exif:ImageDescription", "xmp:UserComment",
}  # fmt: skip
"""Keys under which generators put their settings."""
_TAKES_A_PICTURE = ('"LoadImage', "Mask blur:", '"init_image"', '"control_image"', '"image_name"')
"""Words of settings that name another picture as what the generator began with."""
_XMP, _MM, _EVENT = (
    "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/xap/1.0/mm/", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
)  # fmt: skip
_TOOL, _STEP, _COMMENT, _ELSEWHERE = (
    f"{_XMP} CreatorTool", f"{_EVENT} action", "http://ns.adobe.com/exif/1.0/ UserComment", "http://purl.org/dc/terms/ provenance",
)  # fmt: skip
_INSTRUCTIONS, _PROGRAM = 40, 65
_META = b"FBMD"
"""What "special instructions" begin with in pictures downloaded from Facebook and Instagram, as many report since 2014."""
_CAMERA = (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.DateTime, ExifTags.Base.Software)


@dataclass(frozen=True, slots=True)
class Notes:
    """What the notes of a picture say. `generators` are (key, program that writes such notes, names another picture).

    `programs` are names that stand in the file, cleaned and cut; `steps` is the length of its history of editing; `kinds` are
    the kinds of notes that it still has.
    """

    generators: tuple[tuple[str, str, bool], ...] = ()
    programs: tuple[str, ...] = ()
    steps: int = 0
    platform: str | None = None
    kinds: tuple[str, ...] = ()
    has_credentials_elsewhere: bool = False


class XmpRefusedError(ValueError):
    """No XMP: a document type, too deep, or no XML at all."""


def read_notes(image: Image.Image, content: bytes, mime: str) -> Notes:
    """Return what the notes of an opened picture say. Raises what Pillow raises; a note that is damaged says nothing."""
    exif = image.getexif()
    texts = dict(_png_texts(content)) if mime == "image/png" else {}
    xmp = read_xmp(_bytes(image.info.get("xmp")))
    iptc = read_iptc(_resources(image.info.get("photoshop")))
    tool = xmp.get(_TOOL, [""])[0]
    programs = (
        exif.get(ExifTags.Base.Software),
        texts.get("Software"),
        tool,
        iptc.get(_PROGRAM, [b""])[0].decode("utf-8", "replace"),
    )
    kinds = {
        "EXIF": any(exif.get(tag) for tag in _CAMERA),
        "XMP": bool(xmp),
        "IPTC": bool(iptc),
    }
    return Notes(
        generators=tuple(dict.fromkeys(_generators(exif, texts, xmp))),
        programs=tuple(dict.fromkeys(filter(None, map(shown_text, programs)))),
        steps=len(xmp.get(_STEP, ())),
        platform="facebook-instagram" if iptc.get(_INSTRUCTIONS, [b""])[0].startswith(_META) else None,
        kinds=tuple(kind for kind, has in kinds.items() if has),
        has_credentials_elsewhere=_ELSEWHERE in xmp,
    )


def declared_sources(text: bytes) -> tuple[str, ...]:
    """Return IPTC's words for generated pictures that stand in this, the most telling first."""
    return tuple(one.decode() for one in _GENERATED if one in text)


def shown_text(value: object) -> str | None:
    """Return a stranger's text as it may be shown: one line, printable, cut; None where nothing is left."""
    if not isinstance(value, str) or not value.strip("\0 "):
        return None
    text = "".join(letter if letter.isprintable() else " " for letter in value[: 4 * _SHOWN]).strip()
    return text[:_SHOWN].strip() or None


def read_xmp(packet: bytes) -> dict[str, list[str]]:
    """Return the properties of an XMP packet that are looked for, by "namespace name"; none where it is no XMP."""
    reader = _XmpReader()
    try:
        reader.read(packet[:_READ])
    except (expat.ExpatError, XmpRefusedError, ValueError, LookupError):
        return reader.found if reader.is_xmp else {}
    return reader.found


def read_iptc(resource: bytes) -> dict[int, list[bytes]]:
    """Return the application record (2) of IPTC notes, by dataset number."""
    found: dict[int, list[bytes]] = {}
    at = 0
    for _ in range(_MOST_IPTC):
        if resource[at : at + 1] != b"\x1c" or at + 5 > len(resource):
            break
        record, number, length = struct.unpack_from(">BBH", resource, at + 1)
        if length & 0x8000:  # an extended length: none of what is looked for is as long
            break
        if record == 2:  # noqa: PLR2004 -- the application record
            found.setdefault(number, []).append(resource[at + 5 : at + 5 + length])
        at += 5 + length
    return found


class _XmpReader:
    """Reads by expat as it comes. A document type is refused before anything is read of it: there are no entities to expand."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self.is_xmp = False
        self._open: list[str] = []
        self._wanted = {_TOOL, _STEP, _COMMENT, _ELSEWHERE}

    def read(self, packet: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.buffer_text = True
        parser.Parse(packet.strip(b"\0"), True)  # noqa: FBT003 -- expat names it nowhere

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise XmpRefusedError
        self.is_xmp = self.is_xmp or name.endswith(("ns:meta/ xmpmeta", "22-rdf-syntax-ns# RDF"))
        self._open.append(name)
        for key, value in attributes.items():
            if key in self._wanted:
                self._keep(key, value)
        if name in self._wanted:
            self._keep(name, "")

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        name = next((one for one in reversed(self._open) if one in self._wanted), None)
        if name is not None:
            values = self.found[name]
            if len(values[-1]) < _LONGEST:
                values[-1] += text.strip()

    def _keep(self, name: str, value: str) -> None:
        values = self.found.setdefault(name, [])
        if len(values) < _MOST_CHUNKS:
            values.append(value)

    def _refuse(self, *_: object) -> None:
        raise XmpRefusedError


def _generators(
    exif: Image.Exif, texts: Mapping[str, str], xmp: Mapping[str, list[str]]
) -> Iterator[tuple[str, str, bool]]:
    """Yield notes that look like those of a generator."""
    noted = {**texts, **{key: text for key, text in _exif_texts(exif) if text}}
    if _COMMENT in xmp:
        noted["xmp:UserComment"] = xmp[_COMMENT][0]
    for key, text in noted.items():
        program = _program_of(key, text, noted)
        if program is not None:
            # A key of the file's own making may say anything, such as a name.
            yield key if key in _KEYS else "text", program, any(word in text for word in _TAKES_A_PICTURE)
    if xmp.get(_TOOL, [""])[0].startswith("Draw Things"):
        yield "xmp:CreatorTool", "draw-things", False


def _program_of(key: str, text: str, noted: Mapping[str, str]) -> str | None:
    if key in _GENERATORS:
        return _GENERATORS[key]
    if key == "Software":
        return "novelai" if text.startswith("NovelAI") else None
    if '"sui_image_params"' in text:
        return "swarmui"
    if '"class_type"' in text or (key == "workflow" and '"nodes"' in text):
        return "comfyui"
    if "fooocus_scheme" not in noted and (key == "parameters" or ("Steps: " in text and "Sampler: " in text)):
        return "stable-diffusion-web-ui"
    return None


def _exif_texts(exif: Image.Exif) -> Iterator[tuple[str, str]]:
    """Yield texts in which generators put their settings where a file has no chunks for text."""
    comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, bytes):
        head, body = comment[:8], comment[8 : 8 + _READ]
        wide = head.startswith(b"UNICODE")
        yield "exif:UserComment", body.decode(_order(body) if wide else "utf-8", "replace")
    for tag in (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.ImageDescription):
        value = exif.get(tag)
        if isinstance(value, str):
            yield f"exif:{tag.name}", value[:_READ]


def _order(body: bytes) -> str:
    """Return the order of the two bytes of a letter: EXIF does not say it, and most letters of settings are below 256."""
    return "utf-16-le" if body[1:2] == b"\0" else "utf-16-be"


def _png_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the text chunks of a PNG file as (key, text)."""
    at, room = 8, 4 * _READ
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(content) or room <= 0:
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            key, _nul, rest = content[at + 8 : at + 8 + min(length, _READ)].partition(b"\0")
            if 0 < len(key) < 80:  # noqa: PLR2004 -- as PNG has it
                text = _png_text(kind, rest)
                room -= len(text)
                yield _key(key), text
        at += 12 + length


def _png_text(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return _inflated(rest[1:]).decode("latin-1")
    is_packed, body = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    return (_inflated(body) if is_packed else body).decode("utf-8", "replace")


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _READ)
    except zlib.error:
        return b""


def _key(key: bytes) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_:." else "_" for letter in key.decode("latin-1"))


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return value if isinstance(value, bytes) else b""


def _resources(value: object) -> bytes:
    """Return the IPTC notes among Photoshop's resources."""
    found = value.get(0x0404) if isinstance(value, Mapping) else None
    return found if isinstance(found, bytes) else b""
