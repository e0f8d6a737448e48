"""Posts of own photos, and who could see them.

Rules: forward only; plain SQL types, no import from haechi (the code moves on, a revision stays); one
transaction; each revision has a test that opens a ledger of the one before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "posts",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("post_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("circle", sa.String(length=32), nullable=False),
        sa.Column("posted_from", NUMBER, nullable=True),
        sa.Column("posted_until", NUMBER, nullable=True),
        sa.Column("removed_at", NUMBER, nullable=True),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_posts_case_id_cases")),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_posts_item_id_items")),
        sa.ForeignKeyConstraint(["entry"], ["entries.number"], name=op.f("fk_posts_entry_entries")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_posts")),
        sa.UniqueConstraint("post_id", name=op.f("uq_posts_post_id")),
    )
    op.create_index(op.f("ix_posts_case_id"), "posts", ["case_id"], unique=False)
    op.create_index(op.f("ix_posts_item_id"), "posts", ["item_id"], unique=False)
    op.create_table(
        "viewer_lists",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("circle", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_viewer_lists_case_id_cases")),
        sa.ForeignKeyConstraint(["entry"], ["entries.number"], name=op.f("fk_viewer_lists_entry_entries")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_viewer_lists")),
        sa.UniqueConstraint("list_id", name=op.f("uq_viewer_lists_list_id")),
    )
    op.create_index(op.f("ix_viewer_lists_case_id"), "viewer_lists", ["case_id"], unique=False)
    op.create_table(
        "viewers",
        sa.Column("list", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("start", NUMBER, nullable=True),
        sa.Column("end", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["list"], ["viewer_lists.number"], name=op.f("fk_viewers_list_viewer_lists")),
        sa.PrimaryKeyConstraint("list", "position", name=op.f("pk_viewers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "known_intervals",
        sa.Column("list", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("start", NUMBER, nullable=True),
        sa.Column("end", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["list"], ["viewer_lists.number"], name=op.f("fk_known_intervals_list_viewer_lists")),
        sa.PrimaryKeyConstraint("list", "position", name=op.f("pk_known_intervals")),
        sqlite_with_rowid=False,
    )
