"""What a packet is made of: selections and exhibit numbers."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.packet import Selection, exhibit_number


def test_only_a_selection_of_nothing_is_the_whole_case():
    assert Selection().is_whole
    assert not Selection(rooms=frozenset({"channel1"})).is_whole
    assert not Selection(messages=frozenset({("channel1", "1")})).is_whole
    assert not Selection(items=frozenset({"1"})).is_whole


@given(st.integers(1, 99_999), st.integers(1, 99_999))
def test_every_exhibit_has_its_own_number(one, other):
    assert (exhibit_number(one) == exhibit_number(other)) is (one == other)


def test_exhibit_numbers_have_four_digits_and_more_when_there_are_more():
    assert [exhibit_number(position) for position in (1, 9_999, 10_000)] == ["E-0001", "E-9999", "E-10000"]
