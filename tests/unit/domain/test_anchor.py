"""How much of a log nobody outside has answered for is counted in one way."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.anchor import Anchor, Cosignature, answered_size, unanchored

ANSWERED = Anchor(1, 5, "note", cosignatures=(Cosignature("w", "vkey", "line\n", 1),))


@given(st.data())
def test_what_stands_behind_is_all_but_the_entries_that_tell_of_answers(data):
    is_answer = data.draw(st.lists(st.booleans(), max_size=30))
    covered = data.draw(st.integers(0, len(is_answer)))
    answers = [place for place, one in enumerate(is_answer) if one]
    assert unanchored(covered, len(is_answer), answers) == is_answer[covered:].count(False)


def test_an_anchor_that_nobody_answered_covers_nothing():
    unanswered = replace(ANSWERED, number=2, size=9, cosignatures=())
    assert answered_size([ANSWERED, unanswered]) == 5
    assert answered_size([unanswered]) == answered_size([]) == 0
