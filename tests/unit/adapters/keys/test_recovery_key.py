"""Recovery keys survive how people write, and a slip is known for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.keys.recovery_key import (
    ALPHABET,
    SECRET_BYTES,
    RecoveryKeyTypoError,
    read_recovery_key,
    write_recovery_key,
)

secrets = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)


@given(secrets)
def test_what_is_written_can_be_read(secret):
    assert read_recovery_key(write_recovery_key(secret)) == secret


@given(secrets, st.randoms(use_true_random=False))
def test_case_spaces_dashes_and_lookalikes_do_not_matter(secret, rng):
    written = write_recovery_key(secret).replace("-", rng.choice(["", " ", "\n", " - ", "\u2014"]))
    alike = {"0": "0oO", "1": "1iIlL"}
    sloppy = "".join(rng.choice(alike.get(one, one.lower() + one)) for one in written)
    assert read_recovery_key(f"  {sloppy}\n") == secret


@given(secrets, st.integers(0, 35), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_known_for_a_slip(secret, at, other):
    plain = write_recovery_key(secret).replace("-", "")
    mistyped = plain[:at] + other + plain[at + 1 :]
    if mistyped != plain:
        with pytest.raises(RecoveryKeyTypoError):
            read_recovery_key(mistyped)


def test_a_character_too_few_or_too_many_is_a_slip():
    plain = write_recovery_key(bytes(range(SECRET_BYTES))).replace("-", "")
    for mistyped in (plain[1:], plain + "0", plain[:-1] + "!", "U" + plain[1:]):
        with pytest.raises(RecoveryKeyTypoError):
            read_recovery_key(mistyped)


@pytest.mark.parametrize(
    "text", ["", "a passphrase", "서로 상관없는 낱말 서너 개", "correct horse battery staple", "0" * 80]
)
def test_a_passphrase_is_no_recovery_key(text):
    assert read_recovery_key(text) is None


def test_the_form_is_fixed():
    assert write_recovery_key(bytes(range(20))) == "000G-40R4-0M30-E209-185G-R38E-1W81-24GK-507S"
