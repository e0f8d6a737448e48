"""The custody log's tables, and the vault's secrets."""

from sqlalchemy import Column, ForeignKey, LargeBinary, SmallInteger, String, Table

from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Hex, JsonText, Number

secrets = Table(
    "secrets", metadata, Column("name", String(64), primary_key=True), Column("value", LargeBinary, nullable=False)
)
# The custody log. `head` has one row, which each transaction that appends changes.
entries = Table(
    "entries",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
)
openings = Table(
    "openings",
    metadata,
    Column("number", Number, ForeignKey(entries.c.number), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("digest", Hex(32), nullable=False),
    Column("subject", JsonText),
)
head = Table(
    "head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", Number, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("previous", String(64), nullable=False),
)
