"""The tables of items, of their files and fingerprints, and of redacted copies."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, SmallInteger, String, Table, Text, UniqueConstraint

from haechi.adapters.ledger.schema.imports import cases, imports
from haechi.adapters.ledger.schema.log import entries
from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Hex, JsonText, Number, Words

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
