"""Particles follow the last sound of the word before them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.language import Language, _, fill, use
from haechi.language.josa import final_sound, with_particle

PAIRS = ["을/를", "이/가", "은/는", "과/와", "으로/로", "이라/라"]


@pytest.mark.parametrize(
    ("word", "with_object", "with_direction"),
    [
        ("금고", "금고를", "금고로"),
        ("방", "방을", "방으로"),
        ("서울", "서울을", "서울로"),
        ("값", "값을", "값으로"),
        ("3", "3을", "3으로"),
        ("7", "7을", "7로"),
        ("2", "2를", "2로"),
        ("10", "10을", "10으로"),
        ("1,000", "1,000을", "1,000으로"),
        ("100000000", "100000000을", "100000000으로"),
        ("3000000000000", "3000000000000를", "3000000000000로"),
        ("URL", "URL을", "URL로"),
        ("PDF", "PDF를", "PDF로"),
        ("Telegram", "Telegram을", "Telegram으로"),
        ("WhatsApp", "WhatsApp을", "WhatsApp으로"),
        ("Discord", "Discord를", "Discord로"),
        ("file", "file을", "file로"),
        ("“방”", "“방”을", "“방”으로"),
        ("日本", "日本을(를)", "日本(으)로"),
        ("", "을(를)", "(으)로"),
    ],
)
def test_the_particle_fits_the_last_sound(word, with_object, with_direction):
    assert with_particle(word, "을/를") == with_object
    assert with_particle(word, "으로/로") == with_direction


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
def test_a_syllable_with_a_final_consonant_is_one_that_decomposes_into_three(syllable):
    import unicodedata

    assert bool(final_sound(syllable)) == (len(unicodedata.normalize("NFD", syllable)) == 3)


@given(st.text(), st.sampled_from(PAIRS))
def test_a_word_is_never_changed_and_always_gets_a_particle(word, pair):
    result = with_particle(word, pair)
    assert result.startswith(word)
    assert set(result[len(word) :]) - set("()") <= set(pair)
    assert len(result) > len(word)


def test_a_sentence_asks_for_a_particle_beside_a_fact():
    assert fill("{name:을/를} 찾았습니다.", {"name": "방"}) == "방을 찾았습니다."
    assert fill("{count:으로/로} 나눕니다.", {"count": 1000}) == "1,000으로 나눕니다."


def test_a_fact_that_is_missing_leaves_a_question_mark_instead_of_an_error():
    assert fill("{path}: {place}", {"path": "a"}) == "a: ?"


@given(st.text())
def test_a_fact_can_neither_move_the_cursor_nor_turn_the_line(fact):
    import unicodedata

    use(Language.KO)
    told = _("여기에는 아무것도 없습니다: {path}", path=fact)
    assert all(unicodedata.category(c) not in ("Cc", "Zl", "Zp", "Cs") for c in told)
    assert not set(told) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def test_braces_in_a_fact_are_not_fields():
    assert fill("{path}", {"path": "{place}", "place": "secret"}) == "{place}"
