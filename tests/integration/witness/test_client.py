"""What a vault believes of what comes back from a witness's address, and how long it waits."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_witness import VERIFIERS, DrawnLog, make_witness, served
from haechi.adapters.signing import Ed25519Signer
from haechi.adapters.witness import HttpWitnesses
from haechi.adapters.witness.client import MOST_ANSWER_BYTES
from haechi.domain.anchor import Witness
from haechi.domain.cosignature import cosign
from haechi.domain.errors import HaechiError, WitnessConflictError, WitnessUnreachableError
from haechi.domain.note import COSIGNATURE_ED25519, NoteKey

LOG = DrawnLog()
SIGNER = Ed25519Signer(bytes([3]) * 32)
KEY = NoteKey("partner.example", SIGNER.public, COSIGNATURE_ED25519)
TEXT = LOG.note(5).partition("\n\n")[0] + "\n"
LINE = cosign(TEXT, KEY, SIGNER.sign, at=7)
CLIENT = HttpWitnesses(VERIFIERS, seconds=20)


@contextmanager
def answering(*parts: bytes, pause: float = 0.0, vkeys=(KEY.vkey,)):
    """Answer each connection with these bytes, whatever was asked."""
    listening = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        while True:
            try:
                stream, _address = listening.accept()
            except OSError:
                return
            with stream:
                stream.recv(65_536)
                try:
                    for part in parts:
                        stream.sendall(part)
                        if pause and closing.wait(pause):
                            break
                    stream.shutdown(socket.SHUT_WR)
                    while stream.recv(65_536):
                        pass  # closing before all of the request was read would take the answer back
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield Witness("partner", f"http://127.0.0.1:{listening.getsockname()[1]}/a/", tuple(vkeys))
    finally:
        closing.set()
        listening.close()


def reply(status: int, content: bytes, kind: str = "text/plain") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return head.encode() + content


def add(witness, client=CLIENT, *, old=0, size=5, log=LOG):
    return client.add_checkpoint(witness, old_size=old, proof=log.proof(old, size), note=log.note(size))


def test_a_real_witness_cosigns_and_shows_what_it_cosigned(tmp_path):
    with served(make_witness(tmp_path / "w", LOG)) as witness:
        assert CLIENT.latest(witness, "log.example") is None
        found = add(witness)
        assert [(one.witness, one.vkey) for one in found] == [("partner", vkey) for vkey in witness.vkeys]
        assert add(witness, old=5, size=9)
        assert CLIENT.latest(witness, "log.example").startswith("log.example\n9\n")


def test_each_refusal_has_its_reason(tmp_path):
    with served(make_witness(tmp_path / "w", LOG)) as witness:
        add(witness)
        for old, size, log, reason, told in (
            (0, 9, LOG, "size", 5),
            (3, 4, LOG, "size", 5),
            (5, 9, DrawnLog(salt=b"fork"), "fork", 9),
            (5, 5, DrawnLog(salt=b"fork"), "fork", 5),
            (0, 9, DrawnLog("other.example"), "unknown", 9),
            (5, 9, DrawnLog(seed=2), "refused", 9),
        ):
            with pytest.raises(WitnessConflictError) as refused:
                add(witness, old=old, size=size, log=log)
            assert refused.value.facts == {"witness": "partner", "size": told, "reason": reason}


def test_lines_of_other_keys_in_an_answer_are_passed_over():
    stranger = NoteKey("stranger.example", Ed25519Signer(bytes([4]) * 32).public, COSIGNATURE_ED25519)
    other = cosign(TEXT, stranger, SIGNER.sign, at=7)
    with answering(reply(200, (other + LINE).encode())) as witness:
        assert [one.line for one in add(witness)] == [LINE]


def test_of_several_lines_by_one_key_the_newest_counts():
    later = cosign(TEXT, KEY, SIGNER.sign, at=9)
    with answering(reply(200, (later + LINE + LINE + later).encode())) as witness:
        assert [(one.line, one.at) for one in add(witness)] == [(later, 9)]


OTHER = cosign(LOG.note(6).partition("\n\n")[0] + "\n", KEY, SIGNER.sign, at=7)


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, b""), reply(200, b"\n"), reply(200, b"<html>signed in</html>"), reply(200, LINE.encode()[:-1]),
        reply(200, OTHER.encode()), reply(200, (LINE + OTHER).encode()), reply(200, b"\xff" + LINE.encode()),
        reply(200, cosign(TEXT, KEY, SIGNER.sign, at=0).encode()), reply(200, (LINE * 65).encode()),
        reply(200, LINE.replace("partner", "partnes").encode()), reply(200, b"a" * (MOST_ANSWER_BYTES + 1)),
        reply(409, b"5\n"), reply(409, b"5", "text/x.tlog.size"), reply(409, b"05\n", "text/x.tlog.size"),
        reply(409, b"-5\n", "text/x.tlog.size"), reply(409, b"9" * 20 + b"\n", "text/x.tlog.size"),
        reply(409, b"5\n<html>", "text/x.tlog.size"), reply(500, b""), reply(503, b""), reply(301, b""), reply(204, b""),
        b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", reply(413, b""), reply(429, b""),
        reply(200, cosign(TEXT, KEY, SIGNER.sign, at=2**62).encode()),
    ],
    ids=range(25),
)  # fmt: skip
def test_what_is_no_witnesss_answer_is_not_believed(answer):
    with answering(answer) as witness, pytest.raises(WitnessUnreachableError) as refused:
        add(witness)
    assert (refused.value.facts["witness"], refused.value.facts["reason"]) == ("partner", "answer")


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nshort", b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_http_is_no_connection(answer):
    with answering(answer) as witness, pytest.raises(WitnessUnreachableError) as refused:
        add(witness)
    assert refused.value.facts["reason"] == "connection"


@pytest.mark.parametrize(
    "parts",
    [
        [bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 90],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", *[b"a"] * 2000],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 2000,
    ],
    ids=["slow head", "slow body", "continue for ever"],
)
def test_an_answer_that_drips_is_given_up_at_the_deadline(parts):
    began = time.monotonic()
    with answering(*parts, pause=0.02) as witness, pytest.raises(WitnessUnreachableError) as refused:
        add(witness, HttpWitnesses(VERIFIERS, seconds=0.3))
    assert refused.value.facts["reason"] == "timeout"
    assert time.monotonic() - began < 30  # the whole of it would take longer


def test_nobody_there_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}", "http://no-such-name.invalid", f"https://127.0.0.1:{port}", "http://a..b/"):
        with pytest.raises(WitnessUnreachableError):
            add(Witness("partner", url, (KEY.vkey,)))


def test_a_server_without_tls_is_not_taken_for_one_with_tls():
    with answering(reply(200, LINE.encode())) as witness, pytest.raises(WitnessUnreachableError):
        add(Witness("partner", witness.url.replace("http:", "https:"), witness.vkeys))


@pytest.mark.parametrize(
    "answer", [reply(500, b""), reply(200, b"\xff\xfe"), reply(200, b"a" * (MOST_ANSWER_BYTES + 1))], ids=range(3)
)
def test_a_latest_checkpoint_that_is_no_text_is_no_answer(answer):
    with answering(answer) as witness, pytest.raises(WitnessUnreachableError):
        CLIENT.latest(witness, "log.example")


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_no_answer_is_anything_but_an_error_with_a_name(content):
    with answering(reply(200, content)) as witness, pytest.raises(HaechiError):
        add(witness)
