"""Split recovery keys: any two of three sheets give the key, one gives nothing, and a wrong word is refused."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic import combine_mnemonics
from shamir_mnemonic.share import Share

from haechi.adapters.keys.recovery_key import SECRET_BYTES, write_recovery_key
from haechi.adapters.keys.split import Slip39Splitter
from haechi.domain.errors import SheetsRefusedError

SPLITTER = Slip39Splitter()
KEY = write_recovery_key(bytes(range(SECRET_BYTES)))


def texts(needed=2, total=3):
    return [" ".join(sheet.words) for sheet in SPLITTER.split(KEY, needed=needed, total=total)]


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES), st.integers(2, 5), st.integers(0, 2))
def test_any_choice_of_enough_sheets_gives_the_key(secret, needed, more):
    key = write_recovery_key(secret)
    sheets = [" ".join(one.words) for one in SPLITTER.split(key, needed=needed, total=needed + more)]
    for chosen in combinations(sheets, needed):
        assert SPLITTER.join(chosen) == key
    assert SPLITTER.join(sheets) == key


def test_words_are_read_however_they_are_written():
    first, second, _ = texts()
    assert SPLITTER.join([f"  {first.upper()}\n", second.replace(" ", "\t")]) == KEY


def test_too_few_sheets_are_refused():
    one = texts()[0]
    with pytest.raises(SheetsRefusedError) as caught:
        SPLITTER.join([one, one])
    assert caught.value.facts == {"reason": "few", "needed": 2, "given": 1}


def test_sheets_of_two_splittings_do_not_mix():
    with pytest.raises(SheetsRefusedError):
        SPLITTER.join([texts()[0], texts()[1]])


def test_a_wrong_word_is_refused():
    first, second, _ = texts()
    words = first.split()
    words[5] = "academic" if words[5] != "academic" else "acid"
    with pytest.raises(SheetsRefusedError) as caught:
        SPLITTER.join([second, " ".join(words)])
    assert caught.value.facts == {"reason": "sheet", "number": 2}


def test_a_sheet_that_would_take_minutes_to_join_is_none_of_ours():
    slow = [replace(Share.from_mnemonic(text), iteration_exponent=15).mnemonic() for text in texts()]
    with pytest.raises(SheetsRefusedError):
        SPLITTER.join(slow)


@pytest.mark.parametrize(("needed", "total"), [(1, 3), (0, 0), (3, 2), (2, 17)])
def test_numbers_that_make_no_sense_are_refused(needed, total):
    with pytest.raises(SheetsRefusedError):
        SPLITTER.split(KEY, needed=needed, total=total)


def test_another_program_of_the_standard_gives_the_same_secret():
    assert combine_mnemonics(texts()[1:]) == bytes(range(SECRET_BYTES))
