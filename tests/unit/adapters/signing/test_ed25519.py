"""Ed25519 as RFC 8032 has it."""

from haechi.adapters.signing import Ed25519Signer, verify_ed25519

# RFC 8032, 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_rfcs_vector_is_signed_and_verified():
    signer = Ed25519Signer(SEED)
    assert signer.public == PUBLIC
    assert signer.sign(b"\x72") == SIGNATURE
    assert verify_ed25519(PUBLIC, SIGNATURE, b"\x72")


def test_what_is_no_signature_is_not_right():
    assert not verify_ed25519(PUBLIC, SIGNATURE, b"\x73")
    assert not verify_ed25519(PUBLIC, SIGNATURE[:-1], b"\x72")
    assert not verify_ed25519(PUBLIC[:-1], SIGNATURE, b"\x72")
    assert not verify_ed25519(b"", b"", b"")
