"""Column types give back what was put in, in a form that any database holds."""

import json

from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.ledger.types import Hex, JsonText, Words, keep, to_json

anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_any_text_is_kept_whole(text):
    kept = keep(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept
    assert Words().process_result_value(kept, None) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.isprintable()))
def test_ordinary_text_is_kept_as_it_is(text):
    assert keep(text) == text


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_json_comes_back(value):
    kept = to_json(value)
    assert kept.encode().decode() == kept
    assert "\0" not in kept
    assert json.loads(kept) == value
    assert JsonText().process_result_value(JsonText().process_bind_param(value, None), None) == value


@given(st.binary())
def test_digits_come_back(content):
    assert Hex().process_result_value(Hex().process_bind_param(content.hex(), None), None) == content.hex()
