"""The table of withdrawn contents is a dictionary from content to the last record that withdrew it."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.index import plain
from haechi.adapters.index.withdrawn import Withdrawn

# Contents that fall into few places, so that they meet; and the largest and smallest there are.
contents = st.one_of(st.integers(0, 40), st.integers(0, 30).map(lambda n: n << 58), st.just(2**64 - 1))


@given(st.lists(st.lists(contents, max_size=1500 // 50), max_size=80))
def test_it_tells_of_each_content_the_record_that_withdrew_it_last(calls):
    table, expected = Withdrawn(), {}
    for number, call in enumerate(calls, 1):
        table.add(call, number)
        expected |= dict.fromkeys(call, number)
    assert len(table) == len(expected)
    held, numbers = table.entries()
    assert dict(zip(held.tolist(), numbers.tolist(), strict=True)) == expected
    assert all(plain.withdrawn_at(table.table, content) == number for content, number in expected.items())
    later, _ = table.entries(len(calls) // 2)
    assert set(later.tolist()) == {content for content, number in expected.items() if number > len(calls) // 2}
    assert len(Withdrawn(held, numbers)) == len(expected)


def test_thousands_find_room():
    table = Withdrawn()
    for start in range(0, 20_000, 500):
        table.add(range(start, start + 500), start + 1)
    assert len(table) == 20_000
    assert plain.withdrawn_at(table.table, 19_999) == 19_501
    assert plain.withdrawn_at(table.table, 20_000) == 0
