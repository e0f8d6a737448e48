"""Canonical JSON against RFC 8785's own example and, on anything at all, against the `rfc8785` package."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.canonical import SAFE_INTEGER, NotCanonicalError, canonical, canonical_parsed, read_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE_INTEGER, SAFE_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)


@given(JSON)
def test_the_bytes_are_those_of_the_reference_package(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(JSON)
def test_reading_gives_back_what_was_written(value):
    assert json.loads(canonical(value)) == value


@given(JSON)
def test_the_fast_way_for_what_was_parsed_gives_the_same_bytes(value):
    assert canonical_parsed(json.loads(json.dumps(value))) == canonical(value)


@given(JSON)
def test_reading_canonical_bytes_gives_their_value(value):
    assert read_canonical(canonical(value)) == value


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_the_same_value_written_in_another_way_is_refused(value, ascii_only, indent):
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    if raw != canonical(value):
        with pytest.raises(NotCanonicalError):
            read_canonical(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}', b'{"b":1,"a":1}', b"1.5", b"1.0", b"1e3", b"-0", b"9007199254740992", b"9" * 5_000, b"NaN",
        b"Infinity", b'"\\ud83d"', b'"\\u0041"', b'"\xff"', b" 1", b"1\n", b"", b"[" * 100_000, b'{"\\ud800":1}',
        b"[1,]", b"\xef\xbb\xbf1",
    ],
)  # fmt: skip
def test_bytes_that_no_value_has_are_refused(raw):
    with pytest.raises(NotCanonicalError):
        read_canonical(raw)


def test_order_past_the_basic_plane_is_that_of_utf_16():
    by_utf_16, by_code_points = '{"😀":1,"דּ":1}', '{"דּ":1,"😀":1}'
    assert read_canonical(by_utf_16.encode()) == {"😀": 1, "דּ": 1}
    with pytest.raises(NotCanonicalError):
        read_canonical(by_code_points.encode())


def test_members_are_ordered_by_utf_16_as_in_section_3_2_3():
    given_order = {
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis",
    }  # fmt: skip
    assert list(json.loads(canonical(given_order)).values()) == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]  # fmt: skip


def test_strings_and_literals_are_written_as_in_section_3_2_2():
    value = {"string": '\u20ac$\u000f\nA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical(value) == b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


def test_order_of_insertion_does_not_show():
    assert canonical({"b": 1, "a": {"d": 2, "c": 3}}) == canonical({"a": {"c": 3, "d": 2}, "b": 1})


@pytest.mark.parametrize("number", [SAFE_INTEGER + 1, -SAFE_INTEGER - 1, 10**400])
def test_a_number_that_other_readers_would_round_is_refused(number):
    with pytest.raises(ValueError, match=str(number)[:10]):
        canonical([number])


@pytest.mark.parametrize("text", [chr(0xD800), chr(0xDFFF), "a" + chr(0xD83D)])
def test_half_a_character_is_refused(text):
    with pytest.raises(ValueError, match="surrogates"):
        canonical([text])


@pytest.mark.parametrize("value", [1.0, float("nan"), b"bytes", bytearray(2), {1, 2}, object()])
def test_what_is_no_json_of_ours_is_refused(value):
    with pytest.raises(TypeError):
        canonical([value])
