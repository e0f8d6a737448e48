"""What messages refer to: files as each export named them, and the items that lie there."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from haechi.adapters.ledger.schema import items, media, parts, sources
from haechi.domain.evidence import ItemId
from haechi.domain.message import MediaReference, MediaRole, MediaStatus

Pairs = list[tuple[MediaReference, ItemId | None]]
"""References as one source wrote them, each with the item it resolves to."""


def references_of(connection: Connection, numbers: Sequence[int]) -> Mapping[tuple[int, int], Pairs]:
    """Return what each source of these rows refers to, with the item of the same import that lies at that path."""
    query = (
        select(media, parts.c.import_id)
        .join(sources, (sources.c.part_id == media.c.part_id) & (sources.c.ordinal == media.c.ordinal))
        .join(parts, parts.c.part_id == media.c.part_id)
        .where(sources.c.row.in_(numbers))
        .order_by(media.c.part_id, media.c.ordinal, media.c.position)
    )
    rows = connection.execute(query).all()
    found = _items_at(connection, ((row.import_id, row.path) for row in rows if row.path is not None))
    pairs: dict[tuple[int, int], Pairs] = {}
    for row in rows:
        reference = MediaReference(
            reference=row.reference,
            status=MediaStatus(row.status),
            role=MediaRole(row.role),
            path=row.path,
            claimed_size=row.claimed_size,
            claimed_mime=row.claimed_mime,
            claimed_name=row.claimed_name,
        )
        item = found.get((row.import_id, row.path))
        pairs.setdefault((row.part_id, row.ordinal), []).append((reference, item))
    return pairs


def _items_at(connection: Connection, places: Iterable[tuple[int, str]]) -> Mapping[tuple[int, str], ItemId]:
    paths: dict[int, set[str]] = {}
    for import_id, path in places:
        paths.setdefault(import_id, set()).add(path)
    found: dict[tuple[int, str], ItemId] = {}
    for import_id, wanted in paths.items():
        query = (
            select(items.c.path, items.c.item_id)
            .where(items.c.import_id == import_id, items.c.path.in_(sorted(wanted)))
            .order_by(items.c.entry)
        )
        for row in connection.execute(query):
            found.setdefault((import_id, row.path), ItemId(row.item_id))
    return found
