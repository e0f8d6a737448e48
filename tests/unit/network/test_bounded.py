"""What comes over a bounded connection ends at the deadline, and with so many bytes."""

import socket
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.network import bounded
from haechi.network.bounded import BoundedConnection
from haechi.network.deadline import deadline_in


class TooLongError(Exception):
    """More came than is read."""


class StoppedError(Exception):
    """The program ends."""


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        yield ours, theirs


def of(connection, most_bytes, **more):
    return BoundedConnection(connection, **{"deadline": deadline_in(20), "most_bytes": most_bytes} | more)


@given(sent=st.binary(max_size=100), most_bytes=st.integers(0, 100), buffer_bytes=st.integers(1, 120))
def test_what_is_no_longer_than_allowed_comes_whole_and_all_else_raises(sent, most_bytes, buffer_bytes):
    ours, theirs = socket.socketpair()
    with closing(ours):
        with closing(theirs):
            theirs.sendall(sent)
        stream = of(ours, most_bytes, buffer_bytes=buffer_bytes, too_long=TooLongError).makefile("rb")
        if len(sent) <= most_bytes:
            assert stream.read() == sent
        else:
            for _ in range(2):
                with pytest.raises(TooLongError):
                    stream.read()


def test_without_an_error_to_raise_the_stream_ends_and_it_is_told(pair):
    ours, theirs = pair
    theirs.sendall(b"x" * 11)
    connection = of(ours, 10, buffer_bytes=1)
    stream = connection.makefile("rb")
    assert stream.read(10) == b"x" * 10
    assert not connection.is_long
    assert stream.read() == b"x"  # the other side is still there: without an end this would wait
    assert connection.is_long


def test_nothing_is_waited_for_after_the_deadline(pair):
    ours, theirs = pair
    theirs.sendall(b"there")
    with pytest.raises(TimeoutError):
        of(ours, 10, deadline=deadline_in(0)).makefile("rb").read(1)


@pytest.mark.parametrize("go_on", [None, lambda: None])
def test_who_sends_nothing_is_waited_for_until_the_deadline(pair, go_on):
    with pytest.raises(TimeoutError):
        of(pair[0], 10, deadline=deadline_in(0.02), go_on=go_on).makefile("rb").read(1)


def test_a_wait_ends_when_it_is_not_to_go_on(pair, monkeypatch):
    monkeypatch.setattr(bounded, "_TURN_S", 0.001)
    asked = []

    def go_on():
        asked.append(1)
        if len(asked) > 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        of(pair[0], 10, go_on=go_on).makefile("rb").read(1)
    assert len(asked) == 4


def test_what_comes_between_two_turns_is_read(pair, monkeypatch):
    monkeypatch.setattr(bounded, "_TURN_S", 0.001)
    ours, theirs = pair
    asked = []

    def go_on():
        asked.append(1)
        if len(asked) == 3:
            theirs.sendall(b"late")

    assert of(ours, 10, go_on=go_on).makefile("rb").read(4) == b"late"


def test_a_response_is_read_through_the_bound(pair):
    ours, theirs = pair
    theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
    with of(ours, 100, too_long=TooLongError).response("GET") as response:
        response.begin()
        assert (response.status, response.read()) == (200, b"body")
    theirs.sendall(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100 + b"\r\n\r\n")
    with of(ours, 100, too_long=TooLongError).response("GET") as response, pytest.raises(TooLongError):
        response.begin()
