"""The DER and signature checks that travel in packets, against `cryptography` and by their definitions."""

import importlib.resources
import importlib.util
import sys

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def verifier():
    path = importlib.resources.files("haechi.adapters.packets").joinpath("verify", "verify.py")
    spec = importlib.util.spec_from_file_location("packet_verify_stamps", str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def key_of(verifier, public):
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return verifier.key_of(verifier.only(spki, 0x30))


@pytest.mark.parametrize(
    ("curve", "name"), [(ec.SECP256R1(), "sha256"), (ec.SECP384R1(), "sha384"), (ec.SECP256R1(), "sha512")]
)
def test_ecdsa_signatures_hold_and_changed_ones_do_not(verifier, curve, name):
    private = ec.generate_private_key(curve)
    key = key_of(verifier, private.public_key())
    signature = private.sign(b"message", ec.ECDSA(getattr(hashes, name.upper())()))
    r, s = decode_dss_signature(signature)
    order = key[1].order
    assert verifier.signature_holds(key, ("ec", name), signature, b"message")
    assert not verifier.signature_holds(key, ("ec", name), signature, b"massage")
    for other in ((0, s), (r, 0), (r + order, s), (r, s + order), (s, r), (order, s)):
        changed = encode_dss_signature(*other)
        assert not verifier.signature_holds(key, ("ec", name), changed, b"message")
    assert not verifier.signature_holds(("ec", key[1], key[2], key[3] ^ 1), ("ec", name), signature, b"message")
    assert not verifier.signature_holds(key, ("rsa", name), signature, b"message")


def test_rsa_signatures_hold_and_changed_ones_do_not(verifier):
    private = rsa.generate_private_key(65537, 2048)
    key = key_of(verifier, private.public_key())
    for name in ("sha256", "sha384", "sha512"):
        signature = private.sign(b"message", padding.PKCS1v15(), getattr(hashes, name.upper())())
        assert verifier.signature_holds(key, ("rsa", name), signature, b"message")
        assert not verifier.signature_holds(key, ("rsa", name), signature, b"massage")
        assert not verifier.signature_holds(key, ("rsa", name), b"\0" + signature, b"message")
        added = (int.from_bytes(signature, "big") + key[1]).to_bytes(257, "big")
        assert not verifier.signature_holds(key, ("rsa", name), added, b"message")
    pss = private.sign(b"message", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    assert not verifier.signature_holds(key, ("rsa", "sha256"), pss, b"message")


def test_the_base_points_lie_on_their_curves_and_have_their_order(verifier):
    for curve in verifier.CURVES.values():
        x, y = curve.base
        assert (y * y - x**3 + 3 * x - curve.b) % curve.prime == 0
        total, point, order = (1, 1, 0), (x, y, 1), curve.order
        while order:
            total = verifier.summed(total, point, curve.prime) if order & 1 else total
            point, order = verifier.doubled(point, curve.prime), order >> 1
        assert total[2] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        "30800201000000",
        "308103020101",
        "30820003020101",
        "300302010100",
        "3004020101",
        "1f810100",
        "30",
        "30850000000003020101",
    ],
)
def test_what_is_no_strict_der_is_refused(verifier, wrong):
    with pytest.raises(ValueError):  # noqa: PT011  # the one error of a form
        verifier.only(bytes.fromhex(wrong), 0x30)


def test_elements_too_deep_are_refused(verifier):
    raw = b""
    for _ in range(40):
        raw = b"\x30" + bytes((len(raw),)) + raw
    with pytest.raises(ValueError, match="0"):
        verifier.elements(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_elements_that_make_them_up_or_refused(verifier, raw):
    try:
        found = verifier.elements(raw)
    except ValueError:
        return
    assert b"".join(one.raw for one in found) == raw


@pytest.mark.parametrize(
    ("text", "seconds"), [(b"19700101000000Z", 0), (b"20280229235959.5Z", 1835481599), (b"21000228000000Z", 4107456000)]
)
def test_times_are_unix_seconds(verifier, text, seconds):
    assert verifier.time_of(text) == seconds


@pytest.mark.parametrize(
    "text", [b"20270229000000Z", b"20270101000060Z", b"20270101000000", b"20270101000000.Z", b"20271301000000Z"]
)
def test_what_is_no_time_is_refused(verifier, text):
    with pytest.raises(ValueError):  # noqa: PT011
        verifier.time_of(text)
