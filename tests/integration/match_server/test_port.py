"""The open port: connections that ask for nothing, heads without an end, bodies that drip."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from haechi.adapters.http_server import server as http_server
from haechi.bootstrap.http_serving import bind, make_match_server
from haechi.domain.api_key import ApiRole
from haechi.web import reading
from haechi.web.service import Settings


@pytest.fixture
def port(make_server):
    app = make_server(settings=Settings(keyless=ApiRole.ADMIN)).app
    with listening(app) as port:
        yield port


@contextmanager
def listening(app):
    """Serve without the lifespan, which the test's own client holds already."""
    server = make_match_server(app)
    server.config.lifespan = "off"
    with bind("127.0.0.1", 0) as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join(30)


def answer(port, *parts, pause_s=0.0):
    """Return what comes back, until the other side hangs up or is silent for some seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        got = b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause_s)
            while octets := connection.recv(65_536):
                got += octets
        except ConnectionError:
            return got
        return got


def test_a_request_is_answered_and_says_little_of_the_server(port):
    got = answer(port, b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert got.endswith(b"I-AM-ALIVE")
    assert b"server:" not in got.lower()


def test_a_connection_that_asks_nothing_is_hung_up_on(monkeypatch, make_server):
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.2)
    with listening(make_server().app) as port:
        assert answer(port) == b""
        assert answer(port, b"GET /status HTTP/1.1\r\nHost: local") == b""


def test_a_head_without_an_end_is_not_gathered(port):
    assert answer(port, b"GET / HTTP/1.1\r\nX: ", *[b"x" * 262_144] * 8) == b""


def test_a_body_that_drips_is_not_waited_for(monkeypatch, port):
    monkeypatch.setattr(reading, "SLOW_S", 0.2)
    head = b"POST /v1/lookups HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    got = answer(port, head, b"{")
    assert got.startswith(b"HTTP/1.1 400")
    assert b"slow" in got


def test_a_refused_body_is_not_taken_for_the_next_request(port):
    head = b"POST /h/hash HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\n"
    got = answer(port, head + b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert got.count(b"HTTP/1.1") == 1
    assert b"connection: close" in got.lower()


def test_a_server_is_alive_before_it_is_ready_and_answers_no_lookup_until_then(make_server):
    go_on = threading.Event()
    server = make_server(settings=Settings(keyless=ApiRole.ADMIN), warm=lambda: go_on.wait(10))
    asked = "/m/lookup?signal_type=pdq&signal=" + "0" * 64
    places = ("/health/live", "/status/live", "/health/ready", "/status", asked)

    def statuses():
        return [server.bare.get(place, headers={"Host": "localhost"}).status_code for place in places]

    before = statuses()
    go_on.set()
    server.service.wait_until_ready()
    assert before == [200, 200, 503, 503, 503]
    assert statuses() == [200] * 5
