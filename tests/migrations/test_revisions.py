"""The ledger's revisions: the newest is what the code writes, and an older ledger is brought up to it whole or not at all."""

import re
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from drawn_vault import check, make, message, opened, sealed_case, take
from haechi.adapters.ledger import migrate, place
from haechi.adapters.ledger.schema import metadata
from haechi.domain.errors import CustodyBrokenError, VaultNewerError, VaultOlderError
from haechi.domain.vault import Operation

AFTER = f"{int(migrate.HEAD) + 1:04d}"
NEXT = '''"""Drawn for a test."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change a table that holds something."""
    op.add_column("rooms", sa.Column("drawn", sa.Text()))
    op.execute("UPDATE rooms SET drawn = 'x'")
    {more}
'''


@pytest.fixture
def path(tmp_path):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        take(vault, sealed_case(vault), [message(number, "글") for number in range(9)], files=[("a", b"b")])
    return tmp_path / "v"


@pytest.fixture
def newer(tmp_path, monkeypatch):
    """Return a function that makes this haechi one revision newer."""

    def add(more: str = "pass") -> None:
        shutil.copytree(migrate.SCRIPTS, tmp_path / "migrations")
        script = NEXT.format(more=more, number=AFTER, before=migrate.HEAD)
        (tmp_path / "migrations" / "versions" / f"{AFTER}_drawn.py").write_text(script)
        monkeypatch.setattr(migrate, "SCRIPTS", tmp_path / "migrations")
        monkeypatch.setattr(place, "HEAD", AFTER)

    return add


def tables(engine):
    """Return each table's and index's words, in any order: the order of constraints means nothing."""
    query = text("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL")
    with engine.connect() as connection:
        return sorted((name, sorted(re.split(r"[\s,()]+", sql))) for name, sql in connection.execute(query))


def test_the_newest_revision_is_what_the_code_writes():
    migrated, made = create_engine("sqlite://"), create_engine("sqlite://")
    with migrated.begin() as connection:
        migrate.upgrade(connection)
    metadata.create_all(made)
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == migrate.HEAD
        assert compare_metadata(context, metadata) == []
    assert tables(migrated) == tables(made)


def test_every_table_can_be_made_in_postgresql():
    for table in metadata.sorted_tables:
        statement = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert "ROWID" not in statement
        for index in table.indexes:
            assert table.name in str(CreateIndex(index).compile(dialect=postgresql.dialect()))


def test_a_ledger_that_is_behind_is_brought_up_to_date_with_a_copy_kept_until_the_next_opening(path, newer):
    before = (path / "ledger.db").read_bytes()
    newer()
    copy = path / "ledger.db.before-migration"
    with opened(path) as vault:
        assert vault.ledger.message_count() == 9
        assert copy.read_bytes() == before
        assert copy.stat().st_mode & 0o777 == 0o600
    assert check(path).messages == 9
    with opened(path):
        assert not copy.exists()


def test_a_ledger_that_is_behind_is_not_changed_by_reading(path, newer):
    before = (path / "ledger.db").read_bytes()
    newer()
    with pytest.raises(VaultOlderError), opened(path, operation=Operation.READ):
        pass
    assert (path / "ledger.db").read_bytes() == before


@pytest.mark.parametrize(
    "harm",
    ["op.execute(\"UPDATE entries SET raw = '{{}}' WHERE number = 2\")", "op.execute('UPDATE head SET size = 1')"],
)
def test_a_migration_that_harms_the_log_is_undone(path, newer, harm):
    newer(harm.replace("{{}}", "{}"))
    with pytest.raises(CustodyBrokenError), opened(path):
        pass
    place.HEAD, migrate_head = migrate.HEAD, place.HEAD
    assert migrate_head == AFTER
    assert check(path).messages == 9


def test_a_ledger_of_a_newer_haechi_is_refused_by_its_revision(path, newer, monkeypatch):
    newer()
    with opened(path):
        pass
    monkeypatch.undo()
    for operation in Operation:
        with pytest.raises(VaultNewerError) as caught, opened(path, operation=operation):
            pass
        assert caught.value.facts["features"] == f"ledger revision {AFTER}"


def test_revisions_are_numbered_without_a_gap():
    files = sorted(Path(migrate.SCRIPTS, "versions").glob("[0-9]*.py"))
    assert [file.name[:4] for file in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    assert files[-1].name[:4] == migrate.HEAD
