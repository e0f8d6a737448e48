"""The tables of traces, and of what was computed of own photos to make them."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, UniqueConstraint

from haechi.adapters.ledger.schema.imports import cases
from haechi.adapters.ledger.schema.items import items
from haechi.adapters.ledger.schema.log import entries
from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Hex, Number

# What a trace said stands in the opening of its entry, once: a copy here could differ from what the log commits to.
traces = Table(
    "traces",
    metadata,
    Column("number", Number, primary_key=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False),
    Column("item_id", String(64), ForeignKey(items.c.item_id), nullable=False),
    Column("entry", Number, ForeignKey(entries.c.number), nullable=False, unique=True),
    Index(None, "case_id", "item_id"),
)
# Not among `blobs`: features can be computed again, so they are in no back-up, and damage to them is no finding.
features = Table(
    "features",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False),
    Column("digest", Hex(32), nullable=False),
    Column("method", Text, nullable=False),
    Column("size", Number, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    UniqueConstraint("case_id", "digest"),
)
