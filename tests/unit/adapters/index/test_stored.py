"""What becomes of an index whose files are damaged, cut short, or opened twice."""

import subprocess
import sys
from random import Random

import pytest

from haechi.adapters.index.engine import open_index
from haechi.adapters.index.following import FollowingIndex
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.stored import StoredIndex
from haechi.domain.errors import IndexClosedError, IndexInUseError, IndexMissingError
from haechi.ports.index import Row

BY_HAND = IndexSettings(seal_rows=100, merges=False)
RANDOM = Random(6)
ROWS = [Row(RANDOM.randbytes(32), content, 0) for content in range(300)]


def found(index, rows=ROWS):
    return {answer.rows[0].content for answer in index.search([row.value for row in rows], {0: 0}) if answer.rows}


@pytest.fixture
def folder(tmp_path):
    """Return an index of one segment with 200 rows, 50 of them withdrawn since, and 100 rows in the log."""
    folder = tmp_path / "index"
    index = StoredIndex(folder, BY_HAND)
    index.add(ROWS[:200])
    index.settle()
    index.withdraw(range(50))
    index.add(ROWS[200:250])
    index.add(ROWS[250:])
    index.close()
    return folder


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("place", [3, 20, 200, 4100, 0.3, 0.5, 0.7])
def test_a_damaged_segment_is_named_and_left_out_and_rebuilding_mends_it(folder, place):
    (segment,) = folder.glob("segment-*")
    size = segment.stat().st_size
    flip(segment, place if isinstance(place, int) else int(place * size) // 4096 * 4096)
    with StoredIndexOf(folder) as index:
        assert index.status().damaged == (segment.name,)
        assert found(index) == set(range(200, 300))
        index.settle()
    with StoredIndexOf(folder) as index:
        assert index.status().damaged == (segment.name,)
        index.rebuild(ROWS)
        assert index.status().damaged == ()
        assert found(index) == set(range(300))
    assert not segment.exists()


def test_a_segment_that_is_missing_or_cut_short_is_named(folder):
    (segment,) = folder.glob("segment-*")
    content = segment.read_bytes()
    for left in (0, 100, 4096, len(content) - 4096):
        segment.write_bytes(content[:left])
        with StoredIndexOf(folder) as index:
            assert index.status().damaged == (segment.name,)
    segment.unlink()
    with StoredIndexOf(folder) as index:
        assert index.status().damaged == (segment.name,)


@pytest.mark.parametrize("name", ["manifest-0.json", "manifest-1.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\n\n", b"null\n" + b"0" * 64])
def test_one_copy_of_the_manifest_is_enough(folder, name, content):
    (folder / name).write_bytes(content)
    with StoredIndexOf(folder) as index:
        assert found(index) == set(range(50, 300))
        assert index.status().damaged == ()
        index.settle()
        assert found(index) == set(range(50, 300))
    with StoredIndexOf(folder) as index:
        assert found(index) == set(range(50, 300))


def test_without_a_manifest_what_lies_there_is_named_as_damaged(folder):
    for name in ("manifest-0.json", "manifest-1.json"):
        (folder / name).write_bytes(b"")
    with StoredIndexOf(folder) as index:
        assert {"manifest-0.json", "manifest-1.json"} < set(index.status().damaged)
        index.rebuild(ROWS[:3])
        assert index.status().damaged == ()
        assert found(index) == {0, 1, 2}


@pytest.mark.parametrize("cut", [1, 40, 2000, 2424 - 1])
def test_the_torn_end_of_a_log_is_dropped_and_what_was_written_before_it_stays(folder, cut):
    path = max(folder.glob("log-*"))
    path.write_bytes(path.read_bytes()[:-cut])
    with StoredIndexOf(folder) as index:
        assert found(index) == set(range(50, 250))
        assert index.status().damaged == ()
        index.add(ROWS[250:])
    with StoredIndexOf(folder) as index:
        assert found(index) == set(range(50, 300))


def test_a_log_that_rotted_before_something_synced_later_is_named(folder):
    path = max(folder.glob("log-*"))
    flip(path, 60)
    with StoredIndexOf(folder) as index:
        assert index.status().damaged == (path.name,)
        assert found(index) <= set(range(200))


def test_withdrawals_that_cannot_be_read_hide_what_is_older_rather_than_show_what_was_withdrawn(folder):
    with StoredIndexOf(folder) as index:
        index.settle()  # merges nothing away: the larger segment is far larger
        index.withdraw([60])
        index.settle()
    for path in folder.glob("withdrawn-*"):
        flip(path, 30)
        with StoredIndexOf(folder) as index:
            assert path.name in index.status().damaged
            assert not found(index) & {*range(50), 60}


def test_only_one_process_writes_and_its_number_is_told(folder):
    with StoredIndexOf(folder), pytest.raises(IndexInUseError):
        StoredIndex(folder)
    code = "import sys; from haechi.adapters.index.stored import *; i = StoredIndex(Path(sys.argv[1])); print('open'); input()"
    command = [sys.executable, "-u", "-c", code, folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(IndexInUseError) as refused:
            StoredIndex(folder)
        assert refused.value.facts["pid"] == other.pid
        other.stdin.close()


def test_following_needs_an_index_and_opening_makes_one(tmp_path):
    with pytest.raises(IndexMissingError):
        open_index(tmp_path / "index", read_only=True)
    open_index(tmp_path / "index").close()
    assert isinstance(open_index(tmp_path / "index", read_only=True), FollowingIndex)


def test_a_closed_index_takes_nothing(tmp_path):
    index = StoredIndex(tmp_path / "index")
    index.close()
    index.close()
    with pytest.raises(IndexClosedError):
        index.add(ROWS[:1])


def test_an_index_in_memory_of_large_pages_answers_the_same(folder):
    with StoredIndexOf(folder, IndexSettings(in_memory=True, merges=False)) as index:
        assert found(index) == set(range(50, 300))


class StoredIndexOf:
    """Opens an index for a `with`."""

    def __init__(self, folder, settings=BY_HAND):
        self._index = StoredIndex(folder, settings)

    def __enter__(self):
        return self._index

    def __exit__(self, *_):
        self._index.close()
