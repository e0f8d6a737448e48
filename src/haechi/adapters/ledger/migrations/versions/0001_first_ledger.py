"""The first ledger.

Rules: forward only; plain SQL types, no import from haechi (the code moves on, a revision stays); one
transaction; each revision has a test that opens a ledger of the one before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "cases",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("age", sa.String(length=32), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_id", name=op.f("uq_cases_case_id")),
    )
    op.create_table(
        "entries",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_entries")),
    )
    op.create_table(
        "head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head")),
    )
    op.create_table(
        "media",
        sa.Column("part_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ordinal", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("claimed_size", NUMBER, nullable=True),
        sa.Column("claimed_mime", sa.Text(), nullable=True),
        sa.Column("claimed_name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("part_id", "ordinal", "position", name=op.f("pk_media")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "accounts",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("strength", sa.String(length=16), nullable=False),
        sa.Column("messages", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_accounts_case_id_cases")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("case_id", "platform", "value", name=op.f("uq_accounts_case_id_platform_value")),
    )
    op.create_table(
        "blobs",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_blobs_case_id_cases")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_blobs")),
        sa.UniqueConstraint("case_id", "digest", name=op.f("uq_blobs_case_id_digest")),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", NUMBER, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("container", sa.String(length=32), nullable=False),
        sa.Column("importer", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.String(length=40), nullable=False),
        sa.Column("finished_at", sa.String(length=40), nullable=True),
        sa.Column("seal_digest", sa.LargeBinary(), nullable=True),
        sa.Column("files", NUMBER, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("messages", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_imports_case_id_cases")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_case_id"), "imports", ["case_id"], unique=False)
    op.create_table(
        "openings",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["entries.number"], name=op.f("fk_openings_number_entries")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_openings")),
    )
    op.create_table(
        "readers",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_readers_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "position", name=op.f("pk_readers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rooms",
        sa.Column("room_id", NUMBER, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("messages", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_rooms_case_id_cases")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("case_id", "platform", "value", name=op.f("uq_rooms_case_id_platform_value")),
    )
    op.create_table(
        "account_names",
        sa.Column("account_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen", NUMBER, nullable=True),
        sa.Column("last_seen", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_account_names_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_account_names")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gone",
        sa.Column("room_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("last_import", NUMBER, autoincrement=False, nullable=False),
        sa.Column("first_import_without", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["first_import_without"], ["imports.import_id"], name=op.f("fk_gone_first_import_without_imports")
        ),
        sa.ForeignKeyConstraint(["last_import"], ["imports.import_id"], name=op.f("fk_gone_last_import_imports")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_gone_room_id_rooms")),
        sa.PrimaryKeyConstraint("room_id", "message_id", "last_import", name=op.f("pk_gone")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "items",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("import_id", NUMBER, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("is_sealed", sa.SmallInteger(), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("width", NUMBER, nullable=True),
        sa.Column("height", NUMBER, nullable=True),
        sa.Column("duration_ms", NUMBER, nullable=True),
        sa.Column("capture", sa.Text(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_items_case_id_cases")),
        sa.ForeignKeyConstraint(["entry"], ["entries.number"], name=op.f("fk_items_entry_entries")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_items_import_id_imports")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_items")),
        sa.UniqueConstraint("item_id", name=op.f("uq_items_item_id")),
    )
    op.create_index(op.f("ix_items_case_id_digest"), "items", ["case_id", "digest"], unique=False)
    op.create_index(op.f("ix_items_case_id_entry"), "items", ["case_id", "entry"], unique=False)
    op.create_index(op.f("ix_items_import_id_path"), "items", ["import_id", "path"], unique=False)
    op.create_table(
        "members",
        sa.Column("import_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_members_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_members")),
    )
    op.create_table(
        "messages",
        sa.Column("row", NUMBER, autoincrement=False, nullable=False),
        sa.Column("room_id", NUMBER, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("meaning", sa.LargeBinary(), nullable=False),
        sa.Column("order_at", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sender", NUMBER, nullable=True),
        sa.Column("sender_label", sa.Text(), nullable=True),
        sa.Column("time_as_written", sa.Text(), nullable=False),
        sa.Column("sent_at", NUMBER, nullable=True),
        sa.Column("sent_until", NUMBER, nullable=True),
        sa.Column("zone_source", sa.String(length=16), nullable=False),
        sa.Column("edited_at", NUMBER, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("named", sa.Text(), nullable=True),
        sa.Column("links", sa.Text(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_messages_room_id_rooms")),
        sa.ForeignKeyConstraint(["sender"], ["accounts.account_id"], name=op.f("fk_messages_sender_accounts")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_messages")),
        sa.UniqueConstraint("room_id", "message_id", "meaning", name=op.f("uq_messages_room_id_message_id_meaning")),
    )
    op.create_index(
        op.f("ix_messages_room_id_order_at_number_message_id_row"),
        "messages",
        ["room_id", "order_at", "number", "message_id", "row"],
        unique=False,
    )
    op.create_table(
        "parts",
        sa.Column("part_id", NUMBER, nullable=False),
        sa.Column("import_id", NUMBER, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("exported_at", sa.String(length=64), nullable=True),
        sa.Column("committed", NUMBER, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("accounting", sa.Text(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_parts_import_id_imports")),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_parts")),
        sa.UniqueConstraint("import_id", "path", name=op.f("uq_parts_import_id_path")),
    )
    op.create_table(
        "room_links",
        sa.Column("room_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_room_links_room_id_rooms")),
        sa.PrimaryKeyConstraint("room_id", "position", name=op.f("pk_room_links")),
    )
    op.create_table(
        "room_names",
        sa.Column("room_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen", NUMBER, nullable=True),
        sa.Column("last_seen", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_room_names_room_id_rooms")),
        sa.PrimaryKeyConstraint("room_id", "name", name=op.f("pk_room_names")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "warnings",
        sa.Column("import_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_warnings_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_warnings")),
    )
    op.create_index(
        op.f("ix_warnings_import_id_code_path_place"), "warnings", ["import_id", "code", "path", "place"], unique=False
    )
    op.create_table(
        "wraps",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["blobs.name"], name=op.f("fk_wraps_name_blobs")),
        sa.PrimaryKeyConstraint("name", "position", name=op.f("pk_wraps")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fingerprints",
        sa.Column("item", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("algorithm", sa.String(length=32), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.SmallInteger(), nullable=False),
        sa.Column("symmetry", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.number"], name=op.f("fk_fingerprints_item_items")),
        sa.PrimaryKeyConstraint("item", "position", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "part_rooms",
        sa.Column("part_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("room_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("lowest", NUMBER, nullable=True),
        sa.Column("highest", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["part_id"], ["parts.part_id"], name=op.f("fk_part_rooms_part_id_parts")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_part_rooms_room_id_rooms")),
        sa.PrimaryKeyConstraint("part_id", "room_id", name=op.f("pk_part_rooms")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_part_rooms_room_id"), "part_rooms", ["room_id"], unique=False)
    op.create_table(
        "sources",
        sa.Column("part_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ordinal", NUMBER, autoincrement=False, nullable=False),
        sa.Column("row", NUMBER, nullable=False),
        sa.Column("start", NUMBER, nullable=False),
        sa.Column("end", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["parts.part_id"], name=op.f("fk_sources_part_id_parts")),
        sa.ForeignKeyConstraint(["row"], ["messages.row"], name=op.f("fk_sources_row_messages")),
        sa.PrimaryKeyConstraint("part_id", "ordinal", name=op.f("pk_sources")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sources_row"), "sources", ["row"], unique=False)
    op.create_table(
        "windows",
        sa.Column("part_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("first", NUMBER, autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("lengths", sa.LargeBinary(), nullable=False),
        sa.Column("salts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["parts.part_id"], name=op.f("fk_windows_part_id_parts")),
        sa.PrimaryKeyConstraint("part_id", "first", name=op.f("pk_windows")),
    )
