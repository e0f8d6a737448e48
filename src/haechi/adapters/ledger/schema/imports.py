"""The tables of cases and of what was imported into them."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, UniqueConstraint

from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Hex, JsonText, Number, Words

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
erased_cases = Table(
    "erased_cases",
    metadata,
    Column("case_id", String(64), primary_key=True),
    sqlite_with_rowid=False,
)
