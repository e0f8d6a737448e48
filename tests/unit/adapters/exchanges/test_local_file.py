"""A list in a file: what is read of it, and that nothing but plain files in the operator's folder is opened."""

import os

import pytest

from haechi.adapters.exchanges import Asking, clients
from haechi.domain.bank import SignalType
from haechi.domain.errors import ExchangeCursorExpiredError, ExchangeFailedError, HaechiError
from haechi.domain.hash_list import ListedRow, RefusedRow
from hashes import md5, pdq


@pytest.fixture
def lists(tmp_path):
    (tmp_path / "lists").mkdir()
    return tmp_path / "lists"


def read(lists, filename, cursor=None, **settings):
    """Return rows and the last cursor."""
    pages = list(made(lists, filename, **settings).pages(cursor))
    return [row for page in pages for row in page.rows], pages[-1].cursor


def write(place, *signals, kind=True):
    lines = [f"{one.type.value} {one.value.hex()}" if kind else one.value.hex() for one in signals]
    place.write_text("\n".join(lines), encoding="ascii")


def made(lists, filename, **settings):
    return clients(lists)["local_file"](Asking("x"), {"filename": str(filename), **settings}, {}, now=None)


def test_a_file_is_read_twice_as_a_whole_and_again_only_when_it_changed(lists):
    write(lists / "one.txt", pdq(1), md5(2))
    rows, once = read(lists, "one.txt")
    assert [row.signals for row in rows] == [(pdq(1),), (md5(2),)]
    client = made(lists, "one.txt")
    with pytest.raises(ExchangeCursorExpiredError):
        list(client.pages(once))
    *_, last = client.pages(None)
    assert read(lists, lists / "one.txt", last.cursor) == ([], last.cursor)
    write(lists / "one.txt", pdq(1))
    rows, changed = read(lists, "one.txt", last.cursor)
    assert (len(rows), changed in (once, last.cursor)) == (1, False)


def test_a_file_that_changes_before_it_is_read_again_confirms_nothing(lists):
    write(lists / "one.txt", pdq(1), pdq(2))
    _, once = read(lists, "one.txt")
    client = made(lists, "one.txt")
    with pytest.raises(ExchangeCursorExpiredError):
        list(client.pages(once))
    write(lists / "one.txt", pdq(1))
    with pytest.raises(ExchangeFailedError) as failed:
        list(client.pages(None))
    assert failed.value.facts["problem"] == "changing"


def test_of_a_file_that_is_written_while_it_is_read_nothing_is_taken(lists):
    write(lists / "one.txt", pdq(1))

    def is_stopping():
        with (lists / "one.txt").open("a", encoding="ascii") as file:
            file.write("\n")
        return False

    client = clients(lists)["local_file"](Asking("x", is_stopping=is_stopping), {"filename": "one.txt"}, {}, now=None)
    with pytest.raises(ExchangeFailedError) as failed:
        next(client.pages(None))
    assert failed.value.facts["problem"] == "changing"


def test_lines_may_hold_hashes_alone_where_the_type_is_set(lists):
    write(lists / "one.txt", pdq(1), pdq(2), kind=False)
    rows, _ = read(lists, "one.txt", signal_type="pdq")
    assert [row.signals[0].type for row in rows] == [SignalType.PDQ] * 2
    with pytest.raises(HaechiError):
        read(lists, "one.txt", signal_type="tmk")


def test_broken_lines_are_put_aside(lists):
    (lists / "one.txt").write_text(f"pdq {pdq(1).value.hex()}\npdq zz\ntmk 00\n", encoding="ascii")
    rows, _ = read(lists, "one.txt")
    assert [type(row) for row in rows] == [ListedRow, RefusedRow, RefusedRow]


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "/etc/hostname",
        "link",
        "below/link",
        "linked/one",
        "pipe",
        "below",
        ".",
        "",
        "none",
        "a\0b",
        "a\ud800b",
        "one.txt/x",
    ],
)
def test_nothing_else_is_opened(lists, name):
    write(lists.parent / "secret", pdq(1))
    write(lists / "one.txt", pdq(1))
    (lists / "below").mkdir()
    (lists / "link").symlink_to("../secret")
    (lists / "below" / "link").symlink_to("../one.txt")
    (lists / "linked").symlink_to(lists.parent)
    os.mkfifo(lists / "pipe")
    with pytest.raises(ExchangeFailedError) as failed:
        read(lists, name)
    assert failed.value.facts == {"exchange": "x", "problem": "file"}


def test_without_a_folder_nothing_is_read(lists):
    with pytest.raises(ExchangeFailedError):
        read(None, lists / "one.txt")


def test_an_empty_file_is_no_list(lists):
    (lists / "one.txt").touch()
    with pytest.raises(ExchangeFailedError) as failed:
        read(lists, "one.txt")
    assert failed.value.facts["problem"] == "answer"
