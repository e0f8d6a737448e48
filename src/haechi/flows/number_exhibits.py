"""Number the files of a packet: which item stands for them, when they were first seen, what opens their log entry."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import EvidenceItem, Role, Sha256
from haechi.domain.match import Group, Sighting
from haechi.domain.packet import Exhibit, exhibit_number
from haechi.ports.ledger import Ledger

# By what the bytes are; text looks like any other, so for an export's own files by how their name ends.
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/heic": "heic",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "application/pdf": "pdf",
    "application/json": "json",
    "text/html": "html",
    "text/plain": "txt",
    ".json": "json",
    ".html": "html",
    ".txt": "txt",
}


def number_exhibits(
    chosen: Iterable[EvidenceItem],
    sightings: Iterable[Sighting],
    groups: Iterable[Group],
    *,
    ledger: Ledger,
    with_own_photos: bool,
    withheld: Collection[Sha256] = (),
) -> tuple[Exhibit, ...]:
    """Return an exhibit for each different file, in order of first sight; her own photos come last.

    The bytes of those that are `withheld` do not go along.
    """
    seen: dict[Sha256, list[Sighting]] = {}
    for one in sightings:
        seen.setdefault(one.digest, []).append(one)
    grouped = {digest: group.number for group in groups for digest in group.digests}
    ordered = sorted(_one_each(chosen), key=lambda item: _order(item, seen.get(item.digest, ())))
    return tuple(
        _exhibit(
            exhibit_number(position),
            item,
            seen.get(item.digest, ()),
            grouped.get(item.digest),
            ledger=ledger,
            goes_along=item.is_sealed
            and (with_own_photos or item.role is not Role.OWN_PHOTO)
            and item.digest not in withheld,
        )
        for position, item in enumerate(ordered, 1)
    )


def _one_each(chosen: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """Return the first item of each file; one that was found stands before her own photo of the same bytes."""
    first: dict[Sha256, EvidenceItem] = {}
    for item in sorted(chosen, key=lambda item: (item.role is Role.OWN_PHOTO, item.import_id, item.path)):
        first.setdefault(item.digest, item)
    return list(first.values())


def _order(item: EvidenceItem, seen: Sequence[Sighting]) -> tuple[bool, bool, int, int, str]:
    times = [one.seen_at for one in seen if one.seen_at is not None]
    return item.role is Role.OWN_PHOTO, not times, min(times, default=0), item.import_id, item.path


def _exhibit(
    number: str, item: EvidenceItem, seen: Sequence[Sighting], group: int | None, *, ledger: Ledger, goes_along: bool
) -> Exhibit:
    entry = ledger.item_entry(item.item_id)
    opening = ledger.opening(entry)
    if opening is None:
        raise CustodyBrokenError(kind="opening-missing", place=entry)
    extension = extension_of(item.examined.mime, item.path)
    return Exhibit(
        number=number,
        item=item,
        entry=entry,
        opening=opening,
        sightings=tuple(
            (one.room, one.message_id, one.account, one.seen_at)
            for one in sorted(seen, key=lambda one: (one.seen_at is None, one.seen_at or 0))
            if one.room is not None and one.message_id is not None
        ),
        file=f"data/evidence/{number}.{extension}" if goes_along else None,
        group=group,
    )


def extension_of(mime: str, path: str = "") -> str:
    """Return how the name of a file ends in a packet: by what its bytes are, and for text by how it was named."""
    return _EXTENSIONS.get(mime) or _EXTENSIONS.get(_ending(path), "bin")


def _ending(path: str) -> str:
    return path[path.rfind(".") :].lower() if "." in path else ""


def numbers_of(exhibits: Iterable[Exhibit]) -> Mapping[Sha256, str]:
    """Return the number of each file."""
    return {exhibit.item.digest: exhibit.number for exhibit in exhibits}
