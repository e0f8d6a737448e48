"""The tables of what a platform keyed: rooms, accounts, messages, and what they carry."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint

from haechi.adapters.ledger.schema.imports import cases, imports, parts
from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Hex, JsonText, Number, Words

rooms = Table(
    "rooms",
    metadata,
    Column("room_id", Number, primary_key=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("value", Words, nullable=False),
    Column("type", Words),
    Column("messages", Number, nullable=False),
    UniqueConstraint("case_id", "platform", "value"),
)
room_names = Table(
    "room_names",
    metadata,
    Column("room_id", Number, ForeignKey(rooms.c.room_id), primary_key=True, autoincrement=False),
    Column("name", Words, primary_key=True),
    Column("first_seen", Number),
    Column("last_seen", Number),
    sqlite_with_rowid=False,
)
room_links = Table(
    "room_links",
    metadata,
    Column("room_id", Number, ForeignKey(rooms.c.room_id), primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("link", Words, nullable=False),
)
# What of a room one part holds: whether a later export covers the place of a missing message.
part_rooms = Table(
    "part_rooms",
    metadata,
    Column("part_id", Number, ForeignKey(parts.c.part_id), primary_key=True, autoincrement=False),
    Column("room_id", Number, ForeignKey(rooms.c.room_id), primary_key=True, autoincrement=False),
    Column("lowest", Number),
    Column("highest", Number),
    Index(None, "room_id"),
    sqlite_with_rowid=False,
)
accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Number, primary_key=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("value", Words, nullable=False),
    Column("strength", String(16), nullable=False),
    Column("messages", Number, nullable=False),
    UniqueConstraint("case_id", "platform", "value"),
)
account_names = Table(
    "account_names",
    metadata,
    Column("account_id", Number, ForeignKey(accounts.c.account_id), primary_key=True, autoincrement=False),
    Column("name", Words, primary_key=True),
    Column("first_seen", Number),
    Column("last_seen", Number),
    sqlite_with_rowid=False,
)
# One row a version: the same key with another meaning is another row. `order_at` and `number` place all
# versions of a key where its first one stands, so that reading in order needs an index and no sorting.
messages = Table(
    "messages",
    metadata,
    Column("row", Number, primary_key=True, autoincrement=False),
    Column("room_id", Number, ForeignKey(rooms.c.room_id), nullable=False),
    Column("message_id", Words, nullable=False),
    Column("meaning", Hex(16), nullable=False),
    Column("order_at", Number, nullable=False),
    Column("number", Number, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sender", Number, ForeignKey(accounts.c.account_id)),
    Column("sender_label", Words),
    Column("time_as_written", Words, nullable=False),
    Column("sent_at", Number),
    Column("sent_until", Number),
    Column("zone_source", String(16), nullable=False),
    Column("edited_at", Number),
    Column("text", Words, nullable=False),
    Column("reply_to", Words),
    Column("named", JsonText),
    Column("links", JsonText),
    Column("flags", JsonText),
    Column("facts", JsonText),
    UniqueConstraint("room_id", "message_id", "meaning"),
    Index(None, "room_id", "order_at", "number", "message_id", "row"),
)
sources = Table(
    "sources",
    metadata,
    Column("part_id", Number, ForeignKey(parts.c.part_id), primary_key=True, autoincrement=False),
    Column("ordinal", Number, primary_key=True, autoincrement=False),
    Column("row", Number, ForeignKey(messages.c.row), nullable=False, index=True),
    Column("start", Number, nullable=False),
    Column("end", Number, nullable=False),
    sqlite_with_rowid=False,
)
media = Table(
    "media",
    metadata,
    Column("part_id", Number, primary_key=True, autoincrement=False),
    Column("ordinal", Number, primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("reference", Words, nullable=False),
    Column("status", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("path", Words),
    Column("claimed_size", Number),
    Column("claimed_mime", Words),
    Column("claimed_name", Words),
    sqlite_with_rowid=False,
)
gone = Table(
    "gone",
    metadata,
    Column("room_id", Number, ForeignKey(rooms.c.room_id), primary_key=True, autoincrement=False),
    Column("message_id", Words, primary_key=True),
    Column("last_import", Number, ForeignKey(imports.c.import_id), primary_key=True, autoincrement=False),
    Column("first_import_without", Number, ForeignKey(imports.c.import_id), nullable=False),
    sqlite_with_rowid=False,
)
