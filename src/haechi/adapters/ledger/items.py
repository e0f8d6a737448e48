"""Evidence items, what was found in their bytes, and the sealed blobs they stand for."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from haechi.adapters.ledger.reading import Reading, add, chunks
from haechi.adapters.ledger.schema import blobs, fingerprints, items, wraps
from haechi.domain.case import CaseId
from haechi.domain.evidence import Capture, EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import Fingerprint, Region, Symmetry
from haechi.ports.blobs import Blob


class ReadsItems(Reading):
    """Reads items and blobs."""

    def items(self, case: CaseId) -> Iterator[EvidenceItem]:
        """Yield the case's items in the order they were captured."""
        query = select(items).where(items.c.case_id == case).order_by(items.c.entry, items.c.item_id)
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                yield from _items(connection, rows)

    def item_count(self, *, sealed: bool | None = None) -> int:
        """Return how many items the vault has, or how many of them are sealed or not."""
        query = select(func.count(items.c.number))
        return self._count(query if sealed is None else query.where(items.c.is_sealed == int(sealed)))

    def item_entry(self, item: ItemId) -> int:
        """Return the index of the log entry that captured the item. Raises `KeyError`."""
        row = self._first(select(items.c.entry).where(items.c.item_id == item))
        if row is None:
            raise KeyError(item)
        return int(row.entry)

    def examined(self, case: CaseId, digest: Sha256) -> EvidenceItem | None:
        """Return the first item of the case with these bytes, which was examined already."""
        query = select(items).where(items.c.case_id == case, items.c.digest == digest).order_by(items.c.entry).limit(1)
        with self._transaction() as connection:
            return next(iter(_items(connection, connection.execute(query).all())), None)

    def blob(self, case: CaseId, digest: Sha256) -> Blob | None:
        """Return the case's sealed blob of these bytes."""
        query = select(blobs).where(blobs.c.case_id == case, blobs.c.digest == digest)
        with self._transaction() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            wrapped = connection.execute(select(wraps).where(wraps.c.name == row.name).order_by(wraps.c.position))
            wraps_of = tuple((one.recipient, bytes(one.wrapped)) for one in wrapped)
            return Blob(row.name, row.size, wraps_of, None if row.sealed_digest is None else Sha256(row.sealed_digest))

    def sealed_digests(self) -> Iterator[tuple[str, Sha256 | None]]:
        """Yield each blob's name and the digest of its age file, by name."""
        with self._transaction() as connection:
            for rows in chunks(connection, select(blobs.c.name, blobs.c.sealed_digest).order_by(blobs.c.name)):
                yield from (
                    (row.name, None if row.sealed_digest is None else Sha256(row.sealed_digest)) for row in rows
                )

    def blob_names(self) -> Iterator[str]:
        """Yield the names of all blobs that the ledger knows, in order."""
        with self._transaction() as connection:
            for rows in chunks(connection, select(blobs.c.name).order_by(blobs.c.name)):
                yield from (row.name for row in rows)

    def blob_digests(self) -> Iterator[tuple[CaseId, Sha256]]:
        """Yield case and digest of each blob, by blob name."""
        with self._transaction() as connection:
            for rows in chunks(connection, select(blobs.c.case_id, blobs.c.digest).order_by(blobs.c.name)):
                yield from ((CaseId(row.case_id), Sha256(row.digest)) for row in rows)


class WritesItems:
    """Writes items in the transaction of its connection."""

    _connection: Connection

    def add_items(self, case: CaseId, rows: Sequence[tuple[EvidenceItem, Blob | None, int]]) -> None:
        """Add items, each with its blob (None: no new blob) and the index of the entry that captured it."""
        prints: list[dict[str, object]] = []
        for item, blob, entry in rows:
            number = add(self._connection, insert(items).values(_values(case, item, entry)))
            prints += [
                {
                    "item": number,
                    "position": position,
                    "algorithm": one.algorithm,
                    "value": one.value,
                    "quality": one.quality,
                    "symmetry": one.symmetry.value,
                    "region": one.region.value,
                    "at_ms": one.at_ms,
                }
                for position, one in enumerate(item.examined.fingerprints)
            ]
            if blob is not None:
                self.add_blob(case, item.digest, blob)
        if prints:
            self._connection.execute(insert(fingerprints), prints)

    def add_blob(self, case: CaseId, digest: Sha256, blob: Blob) -> None:
        """Add a sealed blob with its wraps."""
        self._connection.execute(
            insert(blobs).values(
                name=blob.name, case_id=case, digest=digest, size=blob.size, sealed_digest=blob.sealed_digest
            )
        )
        rows = [
            {"name": blob.name, "position": position, "recipient": recipient, "wrapped": wrapped}
            for position, (recipient, wrapped) in enumerate(blob.wraps)
        ]
        if rows:
            self._connection.execute(insert(wraps), rows)


def _values(case: CaseId, item: EvidenceItem, entry: int) -> dict[str, object]:
    found = item.examined
    capture = found.capture
    return {
        "item_id": item.item_id,
        "import_id": item.import_id,
        "case_id": case,
        "path": item.path,
        "digest": item.digest,
        "size": item.size,
        "role": item.role.value,
        "is_sealed": int(item.is_sealed),
        "entry": entry,
        "kind": found.kind.value,
        "mime": found.mime,
        "width": found.width,
        "height": found.height,
        "duration_ms": found.duration_ms,
        "capture": None
        if capture is None
        else {
            "taken_at": capture.taken_at,
            "zone_source": capture.zone_source,
            "make": capture.make,
            "model": capture.model,
            "software": capture.software,
            "orientation": capture.orientation,
            "private": capture.private,
        },
        "findings": [[code, facts] for code, facts in found.findings],
    }


def _items(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[EvidenceItem]:
    query = (
        select(fingerprints)
        .where(fingerprints.c.item.in_([row.number for row in rows]))
        .order_by(fingerprints.c.item, fingerprints.c.position)
    )
    prints: dict[int, list[Fingerprint]] = {}
    for row in connection.execute(query):
        one = Fingerprint(
            bytes(row.value), row.quality, Symmetry(row.symmetry), Region(row.region), row.at_ms, row.algorithm
        )
        prints.setdefault(row.item, []).append(one)
    for row in rows:
        yield EvidenceItem(
            item_id=ItemId(row.item_id),
            import_id=row.import_id,
            path=row.path,
            digest=Sha256(row.digest),
            size=row.size,
            role=Role(row.role),
            examined=Examined(
                kind=MediaKind(row.kind),
                mime=row.mime,
                width=row.width,
                height=row.height,
                duration_ms=row.duration_ms,
                fingerprints=tuple(prints.get(row.number, ())),
                capture=None if row.capture is None else Capture(**row.capture),
                findings=tuple((code, facts) for code, facts in row.findings),
            ),
            is_sealed=bool(row.is_sealed),
        )
