"""The ledger's tables. docs/formats/vault.md describes them for a second implementation.

Rows point up: export to case, message to room, source to message. What is keyed by the platform (accounts,
rooms, messages) belongs to a case, so that nothing is ever merged across cases.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from haechi.adapters.ledger.types import Hex, JsonText, Number, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

cases = Table(
    "cases",
    metadata,
    Column("number", Number, primary_key=True),
    Column("case_id", String(64), nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("mode", String(32), nullable=False),
    Column("age", String(32), nullable=False),
    Column("consent", Words, nullable=False),
)
readers = Table(
    "readers",
    metadata,
    Column("case_id", String(64), ForeignKey(cases.c.case_id), primary_key=True),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("recipient", Text, nullable=False),
    sqlite_with_rowid=False,
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", Number, primary_key=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("source", Words, nullable=False),
    Column("container", String(32), nullable=False),
    Column("importer", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("finished_at", String(40)),
    Column("seal_digest", Hex(32)),
    Column("files", Number, nullable=False),
    Column("size", Number, nullable=False),
    Column("messages", Number, nullable=False),
)
members = Table(
    "members",
    metadata,
    Column("import_id", Number, ForeignKey(imports.c.import_id), primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("record", JsonText, nullable=False),
)
warnings = Table(
    "warnings",
    metadata,
    Column("import_id", Number, ForeignKey(imports.c.import_id), primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("code", String(64), nullable=False),
    Column("path", Words, nullable=False),
    Column("place", Words, nullable=False),
    Column("facts", JsonText, nullable=False),
    Index(None, "import_id", "code", "path", "place"),
)
parts = Table(
    "parts",
    metadata,
    Column("part_id", Number, primary_key=True),
    Column("import_id", Number, ForeignKey(imports.c.import_id), nullable=False),
    Column("path", Words, nullable=False),
    Column("exported_at", String(64)),
    Column("committed", Number, nullable=False),
    Column("size", Number, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("accounting", JsonText),
    Column("flags", JsonText, nullable=False),
    Column("facts", JsonText, nullable=False),
    UniqueConstraint("import_id", "path"),
)
windows = Table(
    "windows",
    metadata,
    Column("part_id", Number, ForeignKey(parts.c.part_id), primary_key=True, autoincrement=False),
    Column("first", Number, primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
    Column("lengths", LargeBinary, nullable=False),
    Column("salts", LargeBinary, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False),
    Column("digest", Hex(32), nullable=False),
    Column("size", Number, nullable=False),
    # SHA-256 of the age file itself: damage shows even where nobody here holds a key to it.
    Column("sealed_digest", Hex(32)),
    UniqueConstraint("case_id", "digest"),
)
wraps = Table(
    "wraps",
    metadata,
    Column("name", String(64), ForeignKey(blobs.c.name), primary_key=True),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("recipient", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
items = Table(
    "items",
    metadata,
    Column("number", Number, primary_key=True),
    Column("item_id", String(64), nullable=False, unique=True),
    Column("import_id", Number, ForeignKey(imports.c.import_id), nullable=False),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False),
    Column("path", Words, nullable=False),
    Column("digest", Hex(32), nullable=False),
    Column("size", Number, nullable=False),
    Column("role", String(32), nullable=False),
    Column("is_sealed", SmallInteger, nullable=False),
    Column("entry", Number, ForeignKey(entries.c.number), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("mime", Words, nullable=False),
    Column("width", Number),
    Column("height", Number),
    Column("duration_ms", Number),
    Column("capture", JsonText),
    Column("findings", JsonText, nullable=False),
    Index(None, "case_id", "digest"),
    Index(None, "case_id", "entry"),
    Index(None, "import_id", "path"),
)
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("item", Number, ForeignKey(items.c.number), primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("algorithm", String(32), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    Column("symmetry", String(32), nullable=False),
    Column("region", String(32), nullable=False),
    Column("at_ms", Number),
)

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

derivatives = Table(
    "derivatives",
    metadata,
    Column("number", Number, primary_key=True),
    Column("derivative_id", String(64), nullable=False, unique=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("source_item", String(64)),
    Column("room", Words),
    Column("message_id", Words),
    Column("source_entry", Number, nullable=False),
    Column("source_commit", Hex(32), nullable=False),
    Column("entry", Number, ForeignKey(entries.c.number), nullable=False),
    Column("digest", Hex(32), nullable=False),
    Column("size", Number, nullable=False),
    Column("mime", Words, nullable=False),
    Column("method", Words, nullable=False),
    Column("regions", JsonText, nullable=False),
    Column("fields", JsonText, nullable=False),
    Column("reason", Words, nullable=False),
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
erased_cases = Table(
    "erased_cases",
    metadata,
    Column("case_id", String(64), primary_key=True),
    sqlite_with_rowid=False,
)
