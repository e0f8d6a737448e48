"""Anchors, derivatives, recipients, people, and what was destroyed.

Rules: forward only; plain SQL types, no import from haechi (the code moves on, a revision stays); one
transaction; each revision has a test that opens a ledger of the one before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, and the digest of each age file."""
    op.create_table(
        "anchors",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_anchors")),
    )
    op.create_table(
        "authorities",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_authorities")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erased_cases",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_erased_cases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "people",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("is_active", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_people")),
        sa.UniqueConstraint("person_id", name=op.f("uq_people_person_id")),
    )
    op.create_table(
        "recipients",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("age", sa.Text(), nullable=True),
        sa.Column("ssh", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_recipients")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "witnesses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("vkeys", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_witnesses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "anchor_requests",
        sa.Column("anchor", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("tried_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["anchor"], ["anchors.number"], name=op.f("fk_anchor_requests_anchor_anchors")),
        sa.PrimaryKeyConstraint("anchor", "kind", "name", name=op.f("pk_anchor_requests")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cosignatures",
        sa.Column("anchor", NUMBER, autoincrement=False, nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["anchor"], ["anchors.number"], name=op.f("fk_cosignatures_anchor_anchors")),
        sa.PrimaryKeyConstraint("anchor", "witness", "vkey", name=op.f("pk_cosignatures")),
    )
    op.create_table(
        "derivatives",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("derivative_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("source_item", sa.String(length=64), nullable=True),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("source_entry", NUMBER, nullable=False),
        sa.Column("source_commit", sa.LargeBinary(), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("regions", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_derivatives_case_id_cases")),
        sa.ForeignKeyConstraint(["entry"], ["entries.number"], name=op.f("fk_derivatives_entry_entries")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_derivatives")),
        sa.UniqueConstraint("derivative_id", name=op.f("uq_derivatives_derivative_id")),
    )
    op.create_index(op.f("ix_derivatives_case_id"), "derivatives", ["case_id"], unique=False)
    op.create_table(
        "stamps",
        sa.Column("anchor", NUMBER, autoincrement=False, nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("query", sa.LargeBinary(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["anchor"], ["anchors.number"], name=op.f("fk_stamps_anchor_anchors")),
        sa.PrimaryKeyConstraint("anchor", "authority", name=op.f("pk_stamps")),
    )
    op.create_table(
        "transfers",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.Column("packet_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_entry", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["entry"], ["entries.number"], name=op.f("fk_transfers_entry_entries")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transfers")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_transfers_transfer_id")),
    )
    op.add_column("blobs", sa.Column("sealed_digest", sa.LargeBinary(), nullable=True))
