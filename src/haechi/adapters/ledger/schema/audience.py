"""The tables of posts and of who could see them."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from haechi.adapters.ledger.schema.imports import cases
from haechi.adapters.ledger.schema.items import items
from haechi.adapters.ledger.schema.log import entries
from haechi.adapters.ledger.schema.metadata import metadata
from haechi.adapters.ledger.types import Number, Words

posts = Table(
    "posts",
    metadata,
    Column("number", Number, primary_key=True),
    Column("post_id", String(64), nullable=False, unique=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("item_id", String(64), ForeignKey(items.c.item_id), nullable=False, index=True),
    Column("platform", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("circle", String(32), nullable=False),
    Column("posted_from", Number),
    Column("posted_until", Number),
    Column("removed_at", Number),
    Column("word", String(16), nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("entry", Number, ForeignKey(entries.c.number), nullable=False),
)
# A list belongs to a place, not to a post: one list of followers tells of every post that was shown to them.
viewer_lists = Table(
    "viewer_lists",
    metadata,
    Column("number", Number, primary_key=True),
    Column("list_id", String(64), nullable=False, unique=True),
    Column("case_id", String(64), ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("platform", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("circle", String(32), nullable=False),
    Column("word", String(16), nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("entry", Number, ForeignKey(entries.c.number), nullable=False),
)
viewers = Table(
    "viewers",
    metadata,
    Column("list", Number, ForeignKey(viewer_lists.c.number), primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("account", Words, nullable=False),
    Column("start", Number),
    Column("end", Number),
    sqlite_with_rowid=False,
)
known_intervals = Table(
    "known_intervals",
    metadata,
    Column("list", Number, ForeignKey(viewer_lists.c.number), primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("start", Number),
    Column("end", Number),
    sqlite_with_rowid=False,
)
