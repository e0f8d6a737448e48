"""The tables of people and of everybody outside: authorities, witnesses, recipients, and what came back."""

from sqlalchemy import Column, ForeignKey, LargeBinary, SmallInteger, String, Table, Text

from haechi.adapters.ledger.schema.log import entries
from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Hex, JsonText, Number, Words

# Anchors: whom this vault asks about its checkpoints, the outbox, and what came back.
authorities = Table(
    "authorities",
    metadata,
    Column("name", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("certificate", Hex(32), nullable=False),
    Column("chain", Text, nullable=False),
    Column("policy", String(128)),
    sqlite_with_rowid=False,
)
witnesses = Table(
    "witnesses",
    metadata,
    Column("name", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("vkeys", JsonText, nullable=False),
    sqlite_with_rowid=False,
)
anchors = Table(
    "anchors",
    metadata,
    Column("number", Number, primary_key=True),
    Column("size", Number, nullable=False),
    Column("note", Text, nullable=False),
)
anchor_requests = Table(
    "anchor_requests",
    metadata,
    Column("anchor", Number, ForeignKey(anchors.c.number), primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("tries", Number, nullable=False),
    Column("problem", String(64)),
    Column("tried_at", String(40)),
    sqlite_with_rowid=False,
)
stamps = Table(
    "stamps",
    metadata,
    Column("anchor", Number, ForeignKey(anchors.c.number), primary_key=True, autoincrement=False),
    Column("authority", Words, primary_key=True),
    Column("query", LargeBinary, nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("chain", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("serial", Text, nullable=False),
    Column("certificate", Hex(32), nullable=False),
    Column("expires_at", Number, nullable=False),
)
cosignatures = Table(
    "cosignatures",
    metadata,
    Column("anchor", Number, ForeignKey(anchors.c.number), primary_key=True, autoincrement=False),
    Column("witness", Words, primary_key=True),
    Column("vkey", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("at", Number, nullable=False),
)
recipients = Table(
    "recipients",
    metadata,
    Column("name", Words, primary_key=True),
    Column("age", Text),
    Column("ssh", Text),
    Column("note", Words, nullable=False),
    sqlite_with_rowid=False,
)
transfers = Table(
    "transfers",
    metadata,
    Column("number", Number, primary_key=True),
    Column("transfer_id", String(64), nullable=False, unique=True),
    Column("packet_id", String(64), nullable=False),
    Column("digest", Hex(32), nullable=False),
    Column("recipient", Words, nullable=False),
    Column("form", String(16), nullable=False),
    Column("at", String(40), nullable=False),
    Column("entry", Number, ForeignKey(entries.c.number), nullable=False),
    Column("receipt", LargeBinary),
    Column("receipt_entry", Number),
)
people = Table(
    "people",
    metadata,
    Column("number", Number, primary_key=True),
    Column("person_id", String(64), nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("public", LargeBinary(32), nullable=False),
    Column("is_active", SmallInteger, nullable=False),
)
