"""OpenSSL agrees: it reads our questions, we accept its stamps, and it verifies every stamp that we accept."""

import subprocess
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from drawn.authority import POLICY, Authority, Fault, drawn_identity
from haechi.adapters.timestamps.checking import StampError, check_reply
from haechi.adapters.timestamps.reply import parse_reply
from integration.timestamps.stamping import IDENTITY, NOTE, checked, drawn, openssl_verifies, query, trusted

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
certs = {folder}/chain.pem
signer_key = {folder}/key.pem
signer_digest = {digest}
default_policy = {policy}
digests = sha256
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = {chain}
ess_cert_id_alg = {ess}
"""


@pytest.fixture
def openssl(program, tmp_path):
    """Return a function that runs `openssl ts` in a folder with the drawn certificates."""
    path = program("openssl")
    write(tmp_path, IDENTITY)

    def run(*words):
        return subprocess.run([path, "ts", *map(str, words)], cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def write(folder, identity):
    folder.joinpath("leaf.pem").write_bytes(identity.certificate_pem)
    folder.joinpath("chain.pem").write_bytes(identity.chain_pem)
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.joinpath("key.pem").write_bytes(key)
    folder.joinpath("serial").write_text("41\n")


def reply_of_openssl(openssl, folder, asked, *, digest="sha256", chain="no", ess="sha256"):
    text = CONFIG.format(folder=folder, digest=digest, policy=POLICY, chain=chain, ess=ess)
    folder.joinpath("tsa.cnf").write_text(text)
    folder.joinpath("q.tsq").write_bytes(asked)
    done = openssl("-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-out", "o.tsr")
    assert done.returncode == 0, done.stderr
    return folder.joinpath("o.tsr").read_bytes()


def test_openssl_reads_our_question(openssl, tmp_path):
    tmp_path.joinpath("q.tsq").write_bytes(query(policy="1.2.840.1"))
    told = openssl("-query", "-in", "q.tsq", "-text").stdout
    assert "Hash Algorithm: sha256" in told
    assert "Policy OID: 1.2.840.1" in told
    assert "Certificate required: yes" in told
    assert "Nonce: 0x" in told


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("chain", ["no", "yes"])
def test_a_stamp_by_openssl_is_accepted(openssl, program, tmp_path, digest, chain):
    asked = query()
    reply = reply_of_openssl(openssl, tmp_path, asked, digest=digest, chain=chain)
    assert checked(asked, reply).serial == str(0x42)
    assert openssl_verifies(program("openssl"), tmp_path, asked, reply, at=None)


def test_a_stamp_that_names_its_certificate_by_sha1_is_accepted(openssl, tmp_path):
    asked = query()
    reply = reply_of_openssl(openssl, tmp_path, asked, ess="sha1")
    assert [one.digest for one in parse_reply(reply).ess] == ["sha1"]
    assert checked(asked, reply)


def test_openssl_writes_certificates_in_an_order_that_der_does_not_allow_and_they_are_accepted(openssl, tmp_path):
    from rfc3161_client import decode_timestamp_response

    asked = query()
    reply = reply_of_openssl(openssl, tmp_path, asked)
    answer = parse_reply(reply)
    if list(answer.certificates) == sorted(answer.certificates):
        pytest.fail("the drawn certificates happen to be in order: the test shows nothing")
    with pytest.raises(ValueError, match=r"[Ss]et"):
        decode_timestamp_response(reply)
    assert decode_timestamp_response(answer.sorted)
    assert sorted(answer.sorted) == sorted(reply)
    assert checked(asked, reply)


@pytest.mark.parametrize("faults", [(), (Fault.UNSORTED,)])
@pytest.mark.parametrize("by", ["query", "data"])
def test_openssl_verifies_a_drawn_stamp_that_is_accepted(program, tmp_path, faults, by):
    asked = query()
    reply = drawn(*faults).reply(asked)
    assert checked(asked, reply)
    assert openssl_verifies(program("openssl"), tmp_path, asked, reply, by=by)


def test_openssl_verifies_a_stamp_by_rsa_that_is_accepted(openssl, program, tmp_path):
    identity = drawn_identity("rsa", key=rsa.generate_private_key(65537, 2048), with_intermediate=False)
    write(tmp_path, identity)
    asked = query()
    reply = drawn(identity=identity).reply(asked)
    assert checked(asked, reply, authority=trusted(identity))
    assert openssl_verifies(program("openssl"), tmp_path, asked, reply, identity=identity)
    own = reply_of_openssl(openssl, tmp_path, asked)
    assert checked(asked, own, authority=trusted(identity))


@pytest.mark.parametrize(
    "fault",
    [
        Fault.ROGUE_ROOT,
        Fault.WRONG_IMPRINT,
        Fault.WRONG_NONCE,
        Fault.WRONG_ESS,
        Fault.WRONG_DIGEST,
        Fault.WRONG_SIGNATURE,
        Fault.REJECTION,
        Fault.TRUNCATED,
    ],
)
def test_openssl_refuses_what_is_refused(program, tmp_path, fault):
    asked = query()
    reply = drawn(fault).reply(asked)
    with pytest.raises(StampError):
        checked(asked, reply)
    assert not openssl_verifies(program("openssl"), tmp_path, asked, reply)


def test_after_its_certificate_died_a_stamp_is_verified_at_its_own_time(program, tmp_path):
    year = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    then = datetime(2020, 6, 1, tzinfo=UTC)
    dead = drawn_identity("dead", valid=year)
    asked = query()
    reply = Authority(dead, now=lambda: then).reply(asked)
    assert not openssl_verifies(program("openssl"), tmp_path, asked, reply, at=None, identity=dead)
    assert openssl_verifies(program("openssl"), tmp_path, asked, reply, at=then, identity=dead)
    # An authority whose certificate is dead cannot be added any more, but what it stamped is still checked.
    kept = "".join(one.public_bytes(Encoding.PEM).decode() for one in dead.certificates)
    found = check_reply(asked, reply, chain=kept, certificate=dead.pin, note=NOTE)
    assert found.at_us == int(then.timestamp()) * 1_000_000
    assert found.expires_at == int(year[1].timestamp())
