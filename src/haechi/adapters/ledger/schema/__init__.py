"""The ledger's tables. docs/formats/vault.md describes them for a second implementation.

Rows point up: export to case, message to room, source to message. What is keyed by the platform (accounts,
rooms, messages) belongs to a case, so that nothing is ever merged across cases.
"""

from haechi.adapters.ledger.schema.audience import known_intervals, posts, viewer_lists, viewers
from haechi.adapters.ledger.schema.imports import (
    cases,
    erased_cases,
    imports,
    members,
    parts,
    readers,
    warnings,
    windows,
)
from haechi.adapters.ledger.schema.items import blobs, derivatives, fingerprints, items, wraps
from haechi.adapters.ledger.schema.log import entries, head, openings, secrets
from haechi.adapters.ledger.schema.messages import (
    account_names,
    accounts,
    gone,
    media,
    messages,
    part_rooms,
    room_links,
    room_names,
    rooms,
    sources,
)
from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.schema.outside import (
    anchor_requests,
    anchors,
    authorities,
    cosignatures,
    people,
    recipients,
    stamps,
    transfers,
    witnesses,
)
from haechi.adapters.ledger.schema.traces import features, traces

__all__ = [
    "account_names",
    "accounts",
    "anchor_requests",
    "anchors",
    "authorities",
    "blobs",
    "cases",
    "cosignatures",
    "derivatives",
    "entries",
    "erased_cases",
    "features",
    "fingerprints",
    "gone",
    "head",
    "imports",
    "items",
    "known_intervals",
    "media",
    "members",
    "messages",
    "metadata",
    "openings",
    "part_rooms",
    "parts",
    "people",
    "posts",
    "readers",
    "recipients",
    "room_links",
    "room_names",
    "rooms",
    "secrets",
    "sources",
    "stamps",
    "traces",
    "transfers",
    "viewer_lists",
    "viewers",
    "warnings",
    "windows",
    "witnesses",
    "wraps",
]
