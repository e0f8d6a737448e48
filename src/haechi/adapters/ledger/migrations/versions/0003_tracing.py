"""Traces, and the features of own photos that they were made with.

Rules: forward only; plain SQL types, no import from haechi (the code moves on, a revision stays); one
transaction; each revision has a test that opens a ledger of the one before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "traces",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_traces_case_id_cases")),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_traces_item_id_items")),
        sa.ForeignKeyConstraint(["entry"], ["entries.number"], name=op.f("fk_traces_entry_entries")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_traces")),
        sa.UniqueConstraint("entry", name=op.f("uq_traces_entry")),
    )
    op.create_index(op.f("ix_traces_case_id_item_id"), "traces", ["case_id", "item_id"], unique=False)
    op.create_table(
        "features",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_features_case_id_cases")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_features")),
        sa.UniqueConstraint("case_id", "digest", name=op.f("uq_features_case_id_digest")),
    )
