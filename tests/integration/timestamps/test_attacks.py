"""Authorities that misbehave, and what lies between: none of it becomes a stamp."""

import hashlib
import os
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from drawn.authority import Fault, drawn_identity, drawn_key, serving
from haechi.adapters.timestamps import Rfc3161Client
from haechi.adapters.timestamps.checking import StampError
from haechi.adapters.timestamps.query import Query
from haechi.domain.errors import AuthorityUnreachableError, StampRefusedError
from integration.timestamps.stamping import AT, IDENTITY, NOTE, checked, drawn, query, trusted

REFUSED = {
    Fault.ROGUE_ROOT: "certificate",
    Fault.WRONG_IMPRINT: "imprint",
    Fault.WRONG_HASH: "imprint",
    Fault.WRONG_NONCE: "nonce",
    Fault.NO_NONCE: "nonce",
    Fault.BEFORE_ITS_TIME: "time",
    Fault.AFTER_ITS_TIME: "time",
    Fault.NO_CERTIFICATE: "certificate",
    Fault.NO_ESS: "signature",
    Fault.WRONG_ESS: "signature",
    Fault.WRONG_DIGEST: "signature",
    Fault.WRONG_SIGNATURE: "signature",
    Fault.TWO_SIGNERS: "form",
    Fault.REJECTION: "rejected",
    Fault.WITH_MODS: "modified",
    Fault.BARE: "form",
    Fault.TRUNCATED: "form",
    Fault.TRAILING: "form",
    Fault.EMPTY: "form",
    Fault.NOISE: "form",
}
UNREACHABLE = {
    Fault.BUSY: "busy",
    Fault.HTML: "type",
    Fault.COMPRESSED: "type",
    Fault.HUGE_LENGTH: "long",
    Fault.ENDLESS: "long",
    Fault.CHUNKED_FLOOD: "long",
    Fault.DRIP: "slow",
    Fault.DRIP_HEADERS: "slow",
    Fault.SILENT: "slow",
    Fault.CUT: "cut",
    Fault.NO_HTTP: "cut",
    Fault.REDIRECT: "redirect",
    Fault.ERROR_500: "status",
}


@pytest.fixture(scope="module")
def client():
    with Rfc3161Client(os.urandom, deadline_s=0.4) as one:
        yield one


@pytest.fixture(scope="module")
def authority():
    return drawn()


@pytest.fixture(scope="module")
def url(authority):
    with serving(authority) as address:
        yield address


@pytest.mark.parametrize(("fault", "reason"), REFUSED.items())
def test_an_answer_that_is_not_the_stamp_asked_for_is_refused(client, authority, url, fault, reason):
    authority.faults = {fault}
    with pytest.raises(StampRefusedError) as caught:
        client.stamp(trusted(url=url), NOTE)
    assert caught.value.facts == {"authority": "first", "reason": reason}


@pytest.mark.parametrize(("fault", "reason"), UNREACHABLE.items())
def test_what_is_no_answer_is_asked_for_again_later(client, authority, url, fault, reason):
    authority.faults = {fault}
    with pytest.raises(AuthorityUnreachableError) as caught:
        client.stamp(trusted(url=url), NOTE)
    assert caught.value.facts == {"authority": "first", "reason": reason}


def test_every_fault_is_tried_or_harmless():
    assert set(Fault) == {*REFUSED, *UNREACHABLE, Fault.WRONG_POLICY, Fault.UNSORTED}


def test_a_good_stamp_is_accepted_after_all_that(client, authority, url):
    authority.faults = set()
    stamp = client.stamp(trusted(url=url), NOTE)
    assert stamp.at == int(AT.timestamp()) * 1_000_000
    assert stamp.certificate == IDENTITY.pin
    assert stamp.expires_at == int(IDENTITY.certificates[0].not_valid_after_utc.timestamp())
    client.check(stamp, NOTE)


def test_only_a_digest_and_a_number_are_sent(client, authority, url):
    authority.faults = set()
    client.stamp(trusted(url=url), NOTE)
    sent = Query.parse(authority.asked[-1])
    assert sent.imprint == hashlib.sha256(NOTE).digest()
    assert sent.policy is None
    assert sent.nonce.bit_length() == 128


def test_a_policy_that_was_asked_for_has_to_be_answered(client, authority, url):
    authority.faults = {Fault.WRONG_POLICY}
    with pytest.raises(StampRefusedError) as caught:
        client.stamp(trusted(url=url, policy="1.2.3.4"), NOTE)
    assert caught.value.facts["reason"] == "policy"
    assert client.stamp(trusted(url=url), NOTE).serial


def test_a_stamp_by_another_good_authority_is_refused():
    asked = query()
    with pytest.raises(StampError, match="certificate"):
        checked(asked, drawn(identity=drawn_identity("second")).reply(asked))


def test_a_new_certificate_of_the_same_root_is_refused_until_it_is_trusted():
    """The pin is the one certificate, not whatever its root vouches for."""
    renewed = drawn_identity("first", key=drawn_identity("renewed").key)
    asked = query()
    reply = drawn(identity=renewed).reply(asked)
    with pytest.raises(StampError, match=r"certificate|signature"):
        checked(asked, reply)
    assert checked(asked, reply, authority=trusted(renewed))


def test_a_stamp_of_one_note_is_none_of_another():
    asked = query()
    with pytest.raises(StampError, match="imprint"):
        checked(asked, drawn().reply(asked), note=NOTE + b" ")


def test_a_reply_to_an_earlier_question_is_refused():
    with pytest.raises(StampError, match="nonce"):
        checked(query(), drawn().reply(query()))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1]:1/", "http://haechi.invalid/"])
def test_a_dead_authority_is_unreachable(client, url):
    with pytest.raises(AuthorityUnreachableError) as caught:
        client.stamp(trusted(url=url), NOTE)
    assert caught.value.facts["reason"] == "connect"


@pytest.fixture(scope="module")
def shielded(tmp_path_factory):
    """An authority behind TLS, and the file with the certificate that vouches for it."""
    key, name = drawn_key("server"), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    authority = drawn()
    with serving(authority, tls=context):
        yield authority, pem


def test_a_server_that_cannot_show_who_it_is_is_sent_nothing(client, shielded):
    authority, _ = shielded
    with pytest.raises(AuthorityUnreachableError) as caught:
        client.stamp(trusted(url=authority.url), NOTE)
    assert caught.value.facts["reason"] == "tls"
    assert not authority.asked


def test_a_server_that_shows_who_it_is_is_asked(client, shielded, monkeypatch):
    authority, pem = shielded
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert client.stamp(trusted(url=authority.url), NOTE).serial


def test_a_place_that_speaks_no_tls_is_not_asked_without_it(client, authority, url):
    before = len(authority.asked)
    with pytest.raises(AuthorityUnreachableError):
        client.stamp(trusted(url=url.replace("http:", "https:")), NOTE)
    assert len(authority.asked) == before


def test_a_kept_stamp_whose_time_was_changed_is_noticed(client, authority, url):
    authority.faults = set()
    stamp = client.stamp(trusted(url=url), NOTE)
    for changed in ({"at": stamp.at + 1}, {"serial": "1"}, {"expires_at": 0}, {"reply": stamp.reply[:-1]}):
        with pytest.raises(StampRefusedError):
            client.check(replace(stamp, **changed), NOTE)


def test_a_certificate_that_bears_a_trusted_name_beside_the_real_ones_is_refused():
    """OpenSSL could take it for the issuer, and then refuse what was accepted here."""
    rogue = drawn_identity("rogue", names="first")
    mixed = replace(IDENTITY, certificates=(*IDENTITY.certificates, rogue.certificates[1]))
    asked = query()
    with pytest.raises(StampError, match="certificate"):
        checked(asked, drawn(identity=mixed).reply(asked))


def test_another_authority_s_certificate_beside_the_real_ones_is_passed_over():
    mixed = replace(IDENTITY, certificates=(*IDENTITY.certificates, *drawn_identity("second").certificates))
    asked = query()
    assert checked(asked, drawn(identity=mixed).reply(asked))
