"""Helpers' sheets typed one after the other, as a person does."""

import pytest

from haechi.adapters.keys.recovery_key import SECRET_BYTES, write_recovery_key
from haechi.adapters.keys.split import Slip39Splitter
from haechi.cli import keys
from haechi.domain.errors import SheetsRefusedError

KEY = write_recovery_key(bytes(range(SECRET_BYTES)))


@pytest.fixture
def typing(monkeypatch):
    """Return a function that types these lines at the prompts; what is left over was not asked for."""

    def types(lines):
        left = list(lines)
        monkeypatch.setattr(keys, "_prompt", lambda _words: left.pop(0))
        return left

    return types


def sheets():
    return [" ".join(one.words) for one in Slip39Splitter().split(KEY, needed=2, total=3)]


def test_a_misread_sheet_is_asked_for_again_and_enough_are_enough(typing, capsys):
    first, second, third = sheets()
    left = typing([first, second.rpartition(" ")[0], second, third])
    assert keys.asked_of_sheets() == KEY
    assert left == [third]
    assert "2번째로 친 종이" in capsys.readouterr().err


def test_an_empty_line_ends_too_few_sheets(typing):
    typing([sheets()[0], ""])
    with pytest.raises(SheetsRefusedError) as caught:
        keys.asked_of_sheets()
    assert caught.value.facts["reason"] == "few"
