"""ML-DSA-44 keys and signatures, with the sizes that FIPS 204 (table 2) gives them."""

import pytest

from haechi.adapters.signing import MlDsa44Signer, verify_mldsa44

SIGNER = MlDsa44Signer(bytes(range(32)))


def test_keys_and_signatures_have_the_sizes_of_the_standard():
    assert (len(SIGNER.public), len(SIGNER.sign(b"message"))) == (1312, 2420)


def test_the_same_seed_is_the_same_key_and_each_signature_another_one():
    again = MlDsa44Signer(bytes(range(32)))
    one, two = SIGNER.sign(b"message"), again.sign(b"message")
    assert again.public == SIGNER.public
    assert one != two
    assert verify_mldsa44(SIGNER.public, one, b"message")
    assert verify_mldsa44(SIGNER.public, two, b"message")


@pytest.mark.parametrize(
    ("public", "signature", "message"),
    [
        (SIGNER.public, SIGNER.sign(b"message"), b"another"),
        (MlDsa44Signer(bytes(32)).public, SIGNER.sign(b"message"), b"message"),
        (SIGNER.public, b"", b"message"),
        (SIGNER.public, bytes(2420), b"message"),
        (SIGNER.public[:-1], SIGNER.sign(b"message"), b"message"),
        (b"", SIGNER.sign(b"message"), b"message"),
    ],
)
def test_what_is_not_a_signature_of_this_message_by_this_key_is_refused(public, signature, message):
    assert not verify_mldsa44(public, signature, message)
