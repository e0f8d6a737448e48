"""The Ed25519 check that travels in packets, against RFC 8032's vectors and against `cryptography`."""

import importlib.resources
import importlib.util

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

# RFC 8032, 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.fixture(scope="module")
def ed25519():
    path = importlib.resources.files("haechi.adapters.packets").joinpath("verify", "verify.py")
    spec = importlib.util.spec_from_file_location("packet_verify_ed25519", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ed25519


def by_library(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold(ed25519, secret, public, message, signature):
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(bytes.fromhex(message)).hex() == signature
    assert ed25519(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))


@given(st.binary(max_size=80), st.integers(0, 95), st.integers(0, 255))
def test_it_agrees_with_the_library_on_keys_and_signatures_with_one_changed_byte(ed25519, message, at, byte):
    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    both = bytearray(secret.public_key().public_bytes_raw() + secret.sign(message))
    both[at] = byte
    public, signature = bytes(both[:32]), bytes(both[32:])
    assert ed25519(public, signature, message) == by_library(public, signature, message)


def test_a_signature_cannot_be_written_a_second_way(ed25519):
    public, signature = bytes.fromhex(VECTORS[0][1]), bytes.fromhex(VECTORS[0][3])
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519(public, signature[:32] + scalar.to_bytes(32, "little"), b"")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_or_signature_of_another_length_is_refused(ed25519, length):
    public, signature = bytes.fromhex(VECTORS[0][1]), bytes.fromhex(VECTORS[0][3])
    assert not ed25519((public * 2)[:length], signature, b"")
    assert not ed25519(public, (signature * 2)[: length * 2], b"")
