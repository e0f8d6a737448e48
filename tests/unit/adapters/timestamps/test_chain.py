"""Only certificates are trusted that every verifier of a packet can check, and that are for time stamping alone."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from drawn.authority import drawn_identity
from haechi.adapters.timestamps.chain import ChainError, build_chain, read_certificates, read_chain

GOOD = drawn_identity("good")
OTHER = drawn_identity("other")
BOTH = (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)


def reason(call, *arguments):
    with pytest.raises(ChainError) as caught:
        call(*arguments)
    return caught.value.reason


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 2, 1, 0)])
def test_a_chain_is_put_in_order_whatever_else_lies_beside_it(order):
    others = tuple(GOOD.certificates[number] for number in order) + OTHER.certificates
    chain = build_chain(GOOD.certificates[0], others)
    assert chain.certificates == GOOD.certificates
    assert read_chain(chain.pem) == chain


def test_a_chain_that_does_not_reach_a_root_is_refused():
    assert reason(build_chain, GOOD.certificates[0], GOOD.certificates[1:2]) == "chain"
    assert reason(build_chain, GOOD.certificates[0], OTHER.certificates) == "chain"


def test_a_root_of_the_same_name_with_another_key_is_refused():
    rogue = drawn_identity("rogue", names="good")
    assert reason(build_chain, GOOD.certificates[0], rogue.certificates[1:]) == "chain"


def test_a_root_cannot_be_the_signing_certificate():
    assert reason(build_chain, GOOD.certificates[-1], ()) == "chain"


def test_a_chain_in_another_order_is_not_read():
    pem = GOOD.chain_pem + GOOD.certificate_pem
    assert reason(read_chain, pem.decode()) == "chain"


@pytest.mark.parametrize(
    "more",
    [
        {"usages": BOTH},
        {"usages": (ExtendedKeyUsageOID.SERVER_AUTH,)},
        {"usages": ()},
        {"is_critical": False},
    ],
)
def test_a_certificate_that_is_not_for_time_stamping_alone_is_refused(more):
    identity = drawn_identity("broad", **more)
    assert reason(build_chain, identity.certificates[0], identity.certificates[1:]) == "purpose"


@pytest.mark.parametrize(
    "key", [ec.derive_private_key(7, ec.SECP256K1()), ec.derive_private_key(7, ec.SECP521R1()), None]
)
def test_a_key_that_not_every_verifier_knows_is_refused(key):
    key = key or rsa.generate_private_key(65537, 1024)  # noqa: S505 -- what is refused
    identity = drawn_identity("odd", key=key)
    assert reason(build_chain, identity.certificates[0], identity.certificates[1:]) == "key"


def test_a_leaf_that_issued_a_certificate_is_no_authority():
    below = drawn_identity("below")
    pretended = (below.certificates[0], GOOD.certificates[0], *GOOD.certificates[1:])
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in pretended)
    assert reason(read_chain, pem.decode()) == "chain"


def test_a_chain_dies_with_its_first_certificate():
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    identity = drawn_identity("short", valid=year)
    chain = build_chain(identity.certificates[0], identity.certificates[1:])
    assert chain.expires_at == int(year[1].timestamp())
    chain.require_valid_at(year[0])
    chain.require_valid_at(year[1])
    assert reason(chain.require_valid_at, datetime(2025, 12, 31, tzinfo=UTC)) == "time"
    assert reason(chain.require_valid_at, datetime(2027, 1, 2, tzinfo=UTC)) == "time"


@pytest.mark.parametrize(
    "pem", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"x" * 70_000,
            GOOD.certificate_pem * 9],
)  # fmt: skip
def test_a_file_without_certificates_is_refused(pem):
    assert reason(read_certificates, pem) == "pem"
