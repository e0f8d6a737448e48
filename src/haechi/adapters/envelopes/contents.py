"""What a packet holds, read from its manifests and tables. Only for a packet that was verified just before."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from haechi.domain.errors import PacketUnreadableError
from haechi.domain.evidence import Role, Sha256
from haechi.ports.envelope import EnvelopeFile, PacketContents

_MANIFEST, _TAG_MANIFEST, _SIGNATURE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)")
_ID = re.compile(r"^External-Identifier: ([A-Za-z0-9-]{1,64})$", re.MULTILINE)
_LONGEST_CELL = 1 << 26  # characters
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
"""How a packet's tables write control characters. What may be a formula has an apostrophe in front there."""


def packet_contents(packet: Path, *, redacted: Mapping[Sha256, tuple[str, str]]) -> PacketContents:
    """Return what the packet holds; see `ReadsPackets`."""
    try:
        tags = (packet / _TAG_MANIFEST).read_bytes()
        listed = dict([*_listed((packet / _MANIFEST).read_text("ascii")), *_listed(tags.decode("ascii"))])
        for name in (_TAG_MANIFEST, _SIGNATURE):
            listed[name] = Sha256(hashlib.sha256((packet / name).read_bytes()).hexdigest())
        found = _ID.search((packet / "bag-info.txt").read_text("utf-8"))
        exhibits = list(_rows(packet, "exhibits"))
        copies = list(_rows(packet, "derivatives"))
        sources = {row["source_exhibit"] for row in copies}
        known = {Sha256(row["sha256"]) for row in copies} & redacted.keys()
        hidden = {
            (room.translate(_PICTURES), number.translate(_PICTURES))
            for room, number in map(redacted.__getitem__, known)
        }
        texts, unredacted = 0, []
        for row in _rows(packet, "messages"):
            texts += bool(row["text"])
            key = row["room"].removeprefix("'"), row["message_id"].removeprefix("'")
            if key in hidden:
                unredacted.append(":".join(key))
        in_it = [row for row in exhibits if row["file"]]
        return PacketContents(
            packet_id=_one(found),
            digest=Sha256(hashlib.sha256(tags).hexdigest()),
            files=tuple(_file(packet, path, digest) for path, digest in sorted(listed.items())),
            evidence=tuple(row["exhibit"] for row in in_it),
            own_photos=tuple(row["exhibit"] for row in in_it if row["role"] == Role.OWN_PHOTO.value),
            unredacted=tuple(row["exhibit"] for row in in_it if row["exhibit"] in sources),
            unredacted_messages=tuple(unredacted),
            texts=texts,
            names=sum(bool(row["name"]) for row in _rows(packet, "accounts")),
        )
    except (ValueError, KeyError, csv.Error, FileNotFoundError) as error:
        raise PacketUnreadableError(path=str(packet)) from error


def _listed(manifest: str) -> Iterator[tuple[str, Sha256]]:
    for line in manifest.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(line)
        yield found[2], Sha256(found[1])


def _one(found: "re.Match[str] | None") -> str:
    if found is None:
        raise KeyError
    return found[1]


def _file(packet: Path, path: str, digest: Sha256) -> EnvelopeFile:
    return EnvelopeFile(path, (packet / path).stat().st_size, digest, partial(_opened, packet / path))


def _opened(place: Path) -> BinaryIO:
    return place.open("rb")


def _rows(packet: Path, table: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(_LONGEST_CELL)
    with (packet / "meta" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)
