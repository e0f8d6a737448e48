"""The catalogue's tables.

`head` has one row, which every writing transaction changes: it gives out the numbers of contents and changes, so that they rise in the order of
commits. Nothing is deleted from `contents` or `banks`: what was withdrawn stays, with who did it and when.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

REVISION = 1
"""Of these tables. A later one comes with the statements that lead to it; see `place`."""

metadata = MetaData()
Number = BigInteger().with_variant(Integer, "sqlite")

head = Table(
    "head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("contents", Number, nullable=False),
    Column("changes", Number, nullable=False),
)
banks = Table(
    "banks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("depicted", String(16), nullable=False),
    Column("radius", SmallInteger, nullable=False),
    Column("is_negative", Boolean, nullable=False),
    Column("enabled_ratio", Float, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("removed_at", String(40)),
    Column("size", Number, nullable=False),
)
Index(
    "ix_banks_name",
    banks.c.name,
    unique=True,
    sqlite_where=banks.c.removed_at.is_(None),
    postgresql_where=banks.c.removed_at.is_(None),
)

contents = Table(
    "contents",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("bank", Integer, ForeignKey(banks.c.number), nullable=False),
    Column("signals", LargeBinary, nullable=False),
    Column("tier", String(32), nullable=False),
    Column("added_at", String(40), nullable=False),
    Column("added_by", Text, nullable=False),
    Column("words", Text),
    Column("source", Text),
    Column("expires_at", String(40)),
    Column("disabled_until", String(40)),
    Column("withdrawn_at", String(40)),
    Column("withdrawn_by", Text),
    Column("held", String(32)),
)
Index("ix_contents_bank", contents.c.bank, contents.c.number)
Index(
    "ix_contents_source",
    contents.c.bank,
    contents.c.source,
    sqlite_where=contents.c.source.is_not(None),
    postgresql_where=contents.c.source.is_not(None),
)
_expiring = contents.c.expires_at.is_not(None) & contents.c.withdrawn_at.is_(None)
expiring = Index("ix_contents_expiring", contents.c.expires_at, sqlite_where=_expiring, postgresql_where=_expiring)

# Exact hashes of contents that are not withdrawn.
digests = Table(
    "digests",
    metadata,
    Column("type", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", LargeBinary(32), primary_key=True),
    Column("content", Number, ForeignKey(contents.c.number), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
# Runs of contents with numbers one after the other, which one transaction added, changed or withdrew.
changes = Table(
    "changes",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Column("first", Number, primary_key=True, autoincrement=False),
    Column("count", Number, nullable=False),
    sqlite_with_rowid=False,
)
# How far each index has followed: several machines may stand on one catalogue, each with its own.
applied = Table(
    "applied",
    metadata,
    Column("index_id", String(64), primary_key=True),
    Column("sequence", Number, nullable=False),
)
keys = Table(
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret_digest", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("lookups_per_minute", Integer, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
)
exchanges = Table(
    "exchanges",
    metadata,
    Column("name", Text, primary_key=True),
    Column("bank", Integer, ForeignKey(banks.c.number), nullable=False),
    Column("api", String(64), nullable=False),
    Column("settings", Text, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("cursor", Text),
    Column("fetched_at", String(40)),
    Column("succeeded", Boolean),
)
# Who reads an exchange now, and until when that counts without another word of theirs: seconds since 1970, by the database's clock.
leases = Table(
    "leases",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("ends_at", Float(53), nullable=False),
)
audit = Table(
    "audit",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("by", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("facts", Text, nullable=False),
)
