"""What a picture's EXIF claims about its making. Every value is hostile: what does not fit is left out."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import ExifTags, Image

from haechi.domain.canonical import Json

_TEXT_LIMIT = 100  # characters
_ZONE = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_QUARTER = timedelta(minutes=15)
_FIX_AGE = timedelta(minutes=5)  # a satellite fix may be a little older than the picture
_LOCAL_LIMIT = timedelta(hours=14)
_PRIVATE = {
    ExifTags.Base.BodySerialNumber: "body_serial",
    ExifTags.Base.LensSerialNumber: "lens_serial",
    ExifTags.Base.CameraOwnerName: "owner",
    ExifTags.Base.ImageUniqueID: "image_id",
}


def capture_of(image: Image.Image) -> dict[str, Json] | None:
    """Return the fields of `haechi.domain.evidence.Capture`, or None if the picture claims none. Never raises."""
    try:
        exif = image.getexif()
        base = dict(exif)
        details, gps = dict(exif.get_ifd(ExifTags.IFD.Exif)), dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:  # noqa: BLE001 -- Pillow's reader raises many things on damaged EXIF
        return None
    taken_at, zone_source = _taken(details, gps)
    private: dict[str, Json] = {name: text for tag, name in _PRIVATE.items() if (text := _text(details.get(tag)))}
    private |= _position(gps)
    claims: dict[str, Json] = {
        "taken_at": taken_at,
        "make": _text(base.get(ExifTags.Base.Make)),
        "model": _text(base.get(ExifTags.Base.Model)),
        "software": _text(base.get(ExifTags.Base.Software)),
        "private": private,
    }
    if not any(claims.values()) and ExifTags.Base.Orientation not in base:
        return None  # a TIFF's own tags are no claim
    return {**claims, "zone_source": zone_source, "orientation": orientation_of(base)}


def orientation_of(exif: Mapping[int, Any]) -> int:
    """Return the EXIF orientation, 1 to 8; 1 where it is missing or not one of these."""
    claimed = exif.get(ExifTags.Base.Orientation)
    return claimed if isinstance(claimed, int) and 1 <= claimed <= 8 else 1  # noqa: PLR2004 -- EXIF 2.32 section 4.6.4


def _taken(details: Mapping[int, Any], gps: Mapping[int, Any]) -> tuple[str | None, str]:
    """Return the time of capture in ISO 8601 and what its zone rests on."""
    for moment, parts, zone in (
        (ExifTags.Base.DateTimeOriginal, ExifTags.Base.SubsecTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
        (ExifTags.Base.DateTimeDigitized, ExifTags.Base.SubsecTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    ):
        try:
            local = datetime.strptime(_text(details.get(moment)) or "", "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 -- it has none
        except ValueError:
            continue
        digits = re.sub(r"\D.*", "", _text(details.get(parts)) or "", flags=re.DOTALL)[:6]
        local = local.replace(microsecond=int(digits.ljust(6, "0")) if digits else 0)
        offset = _text(details.get(zone)) or ""
        if _ZONE.fullmatch(offset):
            return _iso(local, bool(digits)) + offset, "exif-offset"
        ahead = _ahead_of_utc(local, gps)
        if ahead is not None:
            return _iso(local, bool(digits)) + ahead, "gps"
        return _iso(local, bool(digits)), "none"
    return None, "none"


def _iso(local: datetime, has_parts: bool) -> str:  # noqa: FBT001 -- whether the file gave fractions of a second
    return local.isoformat(timespec="milliseconds" if has_parts else "seconds")


def _ahead_of_utc(local: datetime, gps: Mapping[int, Any]) -> str | None:
    """Return local time minus the satellites' UTC as `+09:00`, if that is a time zone (a multiple of 15 minutes)."""
    try:
        day = datetime.strptime(_text(gps.get(ExifTags.GPS.GPSDateStamp)) or "", "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = (float(part) for part in gps[ExifTags.GPS.GPSTimeStamp])
        fix = day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        ahead = local.replace(tzinfo=UTC) - fix
        quarters = round(ahead / _QUARTER)
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None
    zone = quarters * _QUARTER
    if abs(ahead - zone) > _FIX_AGE or abs(zone) > _LOCAL_LIMIT:
        return None
    whole = abs(quarters) * 15
    return f"{'-' if quarters < 0 else '+'}{whole // 60:02}:{whole % 60:02}"


def _position(gps: Mapping[int, Any]) -> dict[str, Json]:
    """Return latitude and longitude as decimal degrees, in text: what is sealed holds no fractions."""
    place: dict[str, Json] = {}
    for name, value, side, negative, limit in (
        ("latitude", ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90),
        ("longitude", ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180),
    ):
        try:
            degrees, minutes, seconds = (float(part) for part in gps[value])
        except (ArithmeticError, KeyError, TypeError, ValueError):
            return {}
        angle = degrees + minutes / 60 + seconds / 3600
        if not 0 <= angle <= limit:  # also false for what is not a number
            return {}
        place[name] = f"{'-' if _text(gps.get(side)) == negative else ''}{angle:.6f}"
    return place


def _text(value: object) -> str | None:
    """Return printable text, without the padding that cameras leave, or None if nothing is left."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    printable = "".join(letter for letter in value.partition("\0")[0] if letter.isprintable())
    return printable.strip()[:_TEXT_LIMIT] or None
