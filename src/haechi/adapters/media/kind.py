"""What a file is, by its first bytes. Its name is only compared with that."""

from typing import NamedTuple

from haechi.domain.evidence import MediaKind

UNKNOWN = "application/octet-stream"
_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}

# (offset, bytes, media type). A file is the first that fits, whatever else it may be besides.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (4, b"moov", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    (4, b"wide", "video/quicktime"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\0\x01\xb3", "video/mpeg"),
)
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}

# What else an extension may stand for without deceiving anybody: containers with several names, and cameras' habits.
_EXTENSIONS: dict[str, frozenset[str]] = {
    extension: frozenset(mimes.split())
    for extensions, mimes in (
        ("jpg jpeg jpe jfif", "image/jpeg"),
        ("png", "image/png"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("bmp dib", "image/bmp"),
        ("tif tiff", "image/tiff"),
        ("heic heif hif", "image/heic image/avif"),
        ("avif", "image/avif image/heic"),
        ("mp4 m4v mov 3gp 3g2", "video/mp4 video/quicktime"),
        ("webm mkv", "video/webm video/x-matroska"),
        ("avi", "video/x-msvideo"),
        ("m4a", "audio/mp4 video/mp4"),
        ("mp3", "audio/mpeg"),
        ("ogg oga opus ogv", "audio/ogg"),
        ("wav", "audio/wav"),
        ("flac", "audio/flac"),
        ("pdf", "application/pdf"),
        ("zip", "application/zip"),
    )
    for extension in extensions.split()
}


class Kind(NamedTuple):
    """What the bytes are: media type and kind."""

    mime: str
    kind: MediaKind


def kind_of(head: bytes) -> Kind:
    """Return what a file is that begins with `head` (some hundred bytes are enough)."""
    mime = _mime(head)
    return Kind(mime, _KINDS.get(mime.partition("/")[0], MediaKind.OTHER))


def mislabelled(name: str, mime: str) -> dict[str, str] | None:
    """Return what the extension claims and what the bytes are, if these differ; the name itself is not repeated."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    claimed = _EXTENSIONS.get(extension)
    if claimed is None or mime in claimed:
        return None
    return {"claimed_extension": extension, "found": mime}


def _mime(head: bytes) -> str:
    for offset, signature, mime in _SIGNATURES:
        if head.startswith(signature, offset):
            return mime
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], UNKNOWN)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    is_bitmap = head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    return "image/bmp" if is_bitmap else "audio/mpeg" if _is_mpeg_audio(head) else UNKNOWN


def _iso_media(head: bytes) -> str:
    """Tell the relatives of MP4 apart by their brands (ISO/IEC 14496-12 section 4.3)."""
    size = min(int.from_bytes(head[:4]), 256)
    major, brands = head[8:12], {head[at : at + 4] for at in range(16, size, 4)} | {head[8:12]}
    if brands & _AVIF:
        return "image/avif"
    if major in _HEIF:
        return "image/heic"
    if major in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return "video/quicktime" if major == b"qt  " else "video/mp4"


def _is_mpeg_audio(head: bytes) -> bool:
    """Whether a frame of MPEG layer 2 or 3 begins here: sync bits, and no value that the standard reserves."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 -- bits of the frame header
        return False
    version, layer, rate, frequency = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer in (1, 2) and rate not in (0, 15) and frequency != 3  # noqa: PLR2004
