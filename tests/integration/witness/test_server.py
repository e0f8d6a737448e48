"""A witness over HTTP: what each answer looks like on the wire, and what hostile requests get."""

import asyncio
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import tracemalloc
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn_witness import VERIFIERS, DrawnLog, app_of, make_witness, served, tools_of
from haechi.adapters.http_server import server as http_server
from haechi.adapters.witness import server
from haechi.domain.cosignature import cosignatures
from haechi.domain.errors import DiskFullError
from haechi.domain.merkle import Tree
from haechi.domain.note import split_note
from haechi.ports.witness import MOST_BODY_BYTES

LOG = DrawnLog()
FORK = DrawnLog(salt=b"fork")
TESTS = Path(__file__).parents[2]
ORIGIN_HASH = hashlib.sha256(b"log.example").hexdigest()


@pytest.fixture
def folder(tmp_path):
    return make_witness(tmp_path / "witness", LOG)


@pytest.fixture
def witness(folder):
    with served(folder) as witness:
        yield witness


def ask(witness, method: str, path: str, body: bytes | None = None, connection=None):
    own = connection or HTTPConnection(urlsplit(witness.url).netloc, timeout=20)
    own.request(method, path, body)
    reply = own.getresponse()
    content = reply.read()
    if connection is None:
        own.close()
    return reply.status, reply.getheader("Content-Type"), content


def post(witness, body: bytes, connection=None):
    return ask(witness, "POST", "/add-checkpoint", body, connection)


def asgi(app, body: bytes, *, path: str = "/add-checkpoint", method: str = "POST", parts: int = 1):
    """Return status and body of the application's answer, without a socket between."""
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "http_version": "1.1", "scheme": "http", "server": ("witness", 80), "root_path": "",
    }  # fmt: skip
    step = max(1, -(-len(body) // parts))
    waiting = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    sent = []

    async def receive():
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_a_cosigned_checkpoint_is_served_by_the_hash_of_its_origin(witness, folder):
    status, _kind, lines = post(witness, LOG.request(0, 5))
    assert status == 200
    assert ask(witness, "GET", f"/{ORIGIN_HASH}/checkpoint") == (
        200, "text/plain; charset=utf-8", LOG.note(5).encode() + lines,
    )  # fmt: skip
    text, found = split_note((LOG.note(5).encode() + lines).decode())
    assert len(cosignatures(text, found, [key for key, _sign in tools_of(folder).signers], VERIFIERS)) == 2


def test_another_size_is_told_in_the_form_of_the_specification(witness):
    post(witness, LOG.request(0, 5))
    assert post(witness, LOG.request(3, 7)) == (409, "text/x.tlog.size", b"5\n")


def test_each_refusal_has_its_status(witness):
    assert post(witness, LOG.request(0, 5))[0] == 200
    assert post(witness, DrawnLog("other.example").request(0, 5))[0] == 404
    assert post(witness, DrawnLog(seed=2).request(5, 7))[0] == 403
    assert post(witness, b"old 9\n\n" + LOG.note(7).encode())[0] == 400
    assert post(witness, b"nonsense")[0] == 400
    assert post(witness, FORK.request(5, 7))[0] == 422
    assert ask(witness, "GET", "/add-checkpoint")[0] == 405


def test_a_log_that_was_never_cosigned_is_not_found(witness):
    for name in ("0" * 64, ORIGIN_HASH, ORIGIN_HASH.upper(), "x", "..", "%00", "0" * 63):
        assert ask(witness, "GET", f"/{name}/checkpoint")[0] == 404


def test_a_connection_is_kept_open(witness):
    connection = HTTPConnection(urlsplit(witness.url).netloc, timeout=20)
    connection.connect()
    own = connection.sock
    for old, size in ((0, 2), (2, 3), (2, 4), (3, 9)):
        assert post(witness, LOG.request(old, size), connection)[0] == (200 if old != 2 or size == 3 else 409)
        assert connection.sock is own
    connection.close()


@pytest.mark.parametrize("headers", [{"Content-Length": str(10**12)}, {"Transfer-Encoding": "chunked"}])
def test_a_body_without_end_is_cut_off_at_the_limit(witness, headers):
    address = urlsplit(witness.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as stream:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        stream.sendall(f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n{lines}\r\n".encode())
        part = b"10000\r\n" + b"a" * 65_536 + b"\r\n" if "Transfer-Encoding" in headers else b"a" * 65_536
        try:
            for _part in range(64):
                stream.sendall(part)
        except OSError:
            pass  # the witness hung up, which is as good
        try:
            answer = stream.recv(12)
        except OSError:
            answer = b""
        assert answer in (b"HTTP/1.1 413", b"")
    assert post(witness, LOG.request(0, 5))[0] == 200


def test_a_body_that_does_not_come_is_given_up(witness, monkeypatch):
    monkeypatch.setattr(server, "BODY_SECONDS", 0.05)
    address = urlsplit(witness.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as stream:
        stream.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold")
        assert stream.recv(12) == b"HTTP/1.1 408"


def test_a_connection_that_asks_for_nothing_is_closed(folder, monkeypatch):
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.05)
    with served(folder) as witness:
        address = urlsplit(witness.url)
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: w\r\nA: ", b"GET / HTTP/1.1\r\nHost: w\r\n\r\nGET / HT"):
            with socket.create_connection((address.hostname, address.port), timeout=20) as stream:
                stream.sendall(sent)
                while stream.recv(4096):
                    pass
        assert post(witness, LOG.request(0, 5))[0] == 200


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(folder):
    app = app_of(tools_of(folder))
    assert asgi(app, b"a" * MOST_BODY_BYTES, parts=7)[0] == 400
    assert asgi(app, b"a" * (MOST_BODY_BYTES + 1), parts=7)[0] == 413


def test_a_store_that_fails_is_told_without_a_word_of_why():
    def full(*_anything):
        raise DiskFullError(path="/secret/place")

    app = server.make_app(full, full)
    assert asgi(app, LOG.request(0, 5)) == (503, b"")
    assert asgi(app, b"", path=f"/{ORIGIN_HASH}/checkpoint", method="GET") == (503, b"")


HEADS = st.one_of(
    st.binary(max_size=40),
    st.integers(-3, 2**70).map(lambda number: b"old %d" % number),
    st.sampled_from([b"old 0", b"old 5", b"old 00", b"old \xd9\xa1", b"old 1e3", b"Old 0", b"subtree 0 5"]),
)
HASHES = st.lists(st.one_of(st.binary(max_size=50), st.just(b"A" * 43 + b"="), st.just(b"=" * 44)), max_size=66)
NOTES = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(
        lambda note, at, put: note[:at] + put + note[at + len(put) :],
        st.sampled_from([LOG.note(0).encode(), LOG.note(5).encode(), FORK.note(7).encode()]),
        st.integers(0, 250),
        st.binary(max_size=3),
    ),
)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(head=HEADS, hashes=HASHES, note=NOTES, parts=st.integers(1, 5))
def test_no_request_body_makes_the_server_fail(folder, head, hashes, note, parts):
    app = app_of(tools_of(folder))
    status, content = asgi(app, b"\n".join([head, *hashes]) + b"\n\n" + note, parts=parts)
    assert status in {200, 400, 403, 404, 409, 422}
    assert b"Traceback" not in content
    kept = tools_of(folder).store.latest("log.example")
    assert kept is None or kept.root in (LOG_ROOTS[kept.size], FORK_ROOTS[kept.size])


LOG_ROOTS = [Tree(LOG.hashes[:size]).root() for size in range(80)]
FORK_ROOTS = [Tree(FORK.hashes[:size]).root() for size in range(80)]


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=30)
@given(
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=90),
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS"]),
)
def test_no_path_makes_the_server_fail(folder, path, method):
    assert asgi(app_of(tools_of(folder)), b"x", path=f"/{path}", method=method)[0] < 500


def test_many_large_requests_hold_no_more_than_one(folder):
    app = app_of(tools_of(folder))
    body = b"old 0\n\n" + b"a" * (MOST_BODY_BYTES - 7)
    asgi(app, body)
    tracemalloc.start()
    for _request in range(30):
        asgi(app, body)
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2 * MOST_BODY_BYTES


def test_many_at_once_never_roll_the_log_back(witness, folder):
    """Each of eight threads submits every size it can; whatever was answered with 200 stays a beginning of what is kept."""
    cosigned: list[tuple[int, int]] = []
    statuses: set[int] = set()

    def submit(first: int) -> None:
        known = 0
        for size in range(first, 60, 5):
            status = 409
            while status == 409 and known <= size:
                status, _kind, content = post(witness, LOG.request(known, size))
                statuses.add(status)
                known = int(content) if status == 409 else size
                if status == 200:
                    cosigned.append((size, tools_of(folder).store.latest("log.example").size))

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses <= {200, 409}
    assert all(size <= kept for size, kept in cosigned)
    assert tools_of(folder).store.latest("log.example").size == max(size for size, _kept in cosigned) == 59


def test_two_processes_on_one_folder_never_both_cosign_two_forks(folder):
    """Two witnesses' servers on one folder, and a log that shows each of them another tree of the same size."""
    lines = (
        "import sys, pathlib\nfrom drawn_witness import *\n"
        "tools = tools_of(pathlib.Path(sys.argv[1]))\nlog = DrawnLog(salt=sys.argv[2].encode())\n"
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        "print(bool(witness_checkpoint(log.request(0, 5), tools).lines))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", lines, str(folder), salt], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for salt in ("", "fork")
    ]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    signed = [process.communicate()[0] == "True\n" for process in processes]
    assert sum(signed) == 1
    roots = [LOG_ROOTS[5], FORK_ROOTS[5]]
    assert tools_of(folder).store.latest("log.example").root == roots[signed.index(True)]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_witness_that_is_killed_has_kept_what_it_answered_and_nothing_that_it_did_not(folder, moment):
    """SIGKILL between keeping and answering, and between signing and keeping; then a new process on the same folder."""
    lines = (
        "import os, pathlib, signal, sys\nfrom dataclasses import replace\nfrom drawn_witness import *\n"
        "tools = tools_of(pathlib.Path(sys.argv[1]))\n"
        "class Dying:\n"
        "    def __getattr__(self, name): return getattr(tools.store, name)\n"
        "    def swap(self, seen, *, instead_of):\n"
        "        if sys.argv[2] == 'after': tools.store.swap(seen, instead_of=instead_of)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "listening = bind('127.0.0.1', 0)\nprint(listening.getsockname()[1], flush=True)\n"
        "make_witness_server(app_of(replace(tools, store=Dying()))).run(sockets=[listening])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", lines, str(folder), moment],
        env={**os.environ, "PYTHONPATH": str(TESTS)}, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        connection = HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=20)
        with pytest.raises(OSError):  # noqa: PT011 - reset or closed, as the kernel likes
            post(None, LOG.request(0, 5), connection)
        assert process.wait(20) == -signal.SIGKILL
    with served(folder) as again:
        if moment == "before":
            assert ask(again, "GET", f"/{ORIGIN_HASH}/checkpoint")[0] == 404
            assert post(again, FORK.request(0, 5))[0] == 200  # nobody has a cosignature of the other tree
        else:
            assert ask(again, "GET", f"/{ORIGIN_HASH}/checkpoint")[0] == 200
            assert post(again, FORK.request(5, 5))[0] == 422
            assert post(again, LOG.request(5, 7))[0] == 200


def test_the_server_tells_nothing_of_what_it_was_asked(folder, capfd):
    with served(folder) as witness:
        post(witness, LOG.request(0, 5))
        post(witness, b"canary-7f3a in a request")
        ask(witness, "GET", "/canary-7f3a/checkpoint")
    told = capfd.readouterr()
    assert "canary" not in told.out + told.err
    assert "log.example" not in told.out + told.err
    assert json.dumps(told.out) == '""'
