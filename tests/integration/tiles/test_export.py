"""The log of a real vault as tiles in a folder."""

import pytest

from haechi.adapters.tiles.folder import TileFolder
from haechi.bootstrap.tiles import export_tiles
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.errors import PathMissingError, TilesOtherError
from haechi.domain.merkle import Frontier
from integration.imports.vaults import VaultAt, quiet


@pytest.fixture
def vault(tmp_path):
    return VaultAt(tmp_path / "vault")


def exported(vault: VaultAt, target):
    with vault.opened() as opened:
        return export_tiles(opened, target)


def content(folder):
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_the_tiles_are_the_log_and_its_checkpoint(vault, tmp_path):
    told = exported(vault, tmp_path / "log")
    with vault.opened() as opened:
        leaves = [entry.leaf for entry in opened.unlocked.ledger.entries(0, told.entries)]
    held = Checkpoint.parse((tmp_path / "log/checkpoint").read_text().partition("\n\n")[0] + "\n")
    assert (held.size, held.root) == (told.entries, Frontier().append(leaves).root())
    assert (tmp_path / f"log/tile/0/000.p/{told.entries}").read_bytes() == b"".join(leaves)
    assert told.added == 2


def test_exporting_again_only_adds(vault, tmp_path):
    exported(vault, tmp_path / "log")
    before = content(tmp_path / "log")
    assert exported(vault, tmp_path / "log").added == 0
    assert content(tmp_path / "log") == before
    with vault.opened() as opened:
        opened.match(opened.cases()[0], progress=quiet)
    exported(vault, tmp_path / "log")
    after = content(tmp_path / "log")
    assert len(after) == len(before) + 2
    assert {path: one for path, one in after.items() if path in before and path != "checkpoint"} == {
        path: one for path, one in before.items() if path != "checkpoint"
    }


def test_tiles_of_another_log_are_not_touched(vault, tmp_path):
    exported(VaultAt(tmp_path / "other"), tmp_path / "log")
    before = content(tmp_path / "log")
    with pytest.raises(TilesOtherError):
        exported(vault, tmp_path / "log")
    assert content(tmp_path / "log") == before


def test_a_folder_that_holds_something_else_is_not_touched(vault, tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log/mine.txt").write_text("mine")
    with pytest.raises(TilesOtherError):
        exported(vault, tmp_path / "log")
    assert content(tmp_path / "log") == {"mine.txt": b"mine"}


def test_a_log_that_parts_from_the_exported_one_is_refused(vault, tmp_path):
    exported(vault, tmp_path / "log")
    place = tmp_path / "log/checkpoint"
    lines = place.read_text().split("\n")
    place.write_text("\n".join([*lines[:2], "A" * 43 + "=", *lines[3:]]))
    with pytest.raises(TilesOtherError):
        exported(vault, tmp_path / "log")


def test_a_log_shorter_than_the_exported_one_is_refused(vault, tmp_path):
    exported(vault, tmp_path / "log")
    place = tmp_path / "log/checkpoint"
    lines = place.read_text().split("\n")
    place.write_text("\n".join([lines[0], "900", *lines[2:]]))
    with pytest.raises(TilesOtherError):
        exported(vault, tmp_path / "log")


def test_a_changed_tile_is_noticed_and_left(vault, tmp_path):
    told = exported(vault, tmp_path / "log")
    tile = tmp_path / f"log/tile/0/000.p/{told.entries}"
    tile.write_bytes(bytes(32))
    with pytest.raises(TilesOtherError):
        exported(vault, tmp_path / "log")
    assert tile.read_bytes() == bytes(32)


def test_an_export_that_ends_early_leaves_nothing(tmp_path):
    def broken():
        yield "tile/0/000", b"x"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        TileFolder(tmp_path / "log").write(broken(), lambda: b"")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_no_place_is_refused(vault, tmp_path):
    with pytest.raises(PathMissingError):
        exported(vault, tmp_path / "nowhere/log")
