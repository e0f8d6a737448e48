"""A file is fetched from the address that was judged, and from no place that only this machine reaches."""

import socket
import threading
from contextlib import contextmanager

import pytest

from haechi.adapters.fetching import GuardedFetcher
from haechi.adapters.fetching.addresses import is_public
from haechi.domain.errors import AddressRefusedError, FileTooLargeError
from served_files import serving

PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",  # noqa: S104
    "224.0.0.1", "240.0.0.1", "192.88.99.1", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808", "2002:7f00:1::", "2002:808:808::", "2001:0:808:808::1", "100::1", "5f00::1", "3fff::1", "not an address", "",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_the_internet_does_not_reach_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_that_the_internet_reaches_is_public(address):
    assert is_public(address)


def fetched(fetcher, url, **limits):
    kept = bytearray()
    return fetcher.fetch(url, kept.extend, **limits), bytes(kept)


def refusal(fetcher, url, **limits):
    with pytest.raises(AddressRefusedError) as raised:
        fetched(fetcher, url, **limits)
    return raised.value.facts["problem"]


def trusting(address, **options):
    return GuardedFetcher(trusted=[address.removeprefix("http://")], **options)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ],
)
def test_this_machine_is_not_asked_however_it_is_written(host):
    assert refusal(GuardedFetcher(), f"http://{host}/x") in ("private", "connect")


def test_a_name_with_one_private_address_among_public_ones_is_refused():
    fetcher = GuardedFetcher(resolve=lambda _host, _port: ("8.8.8.8", "10.0.0.1"))
    assert refusal(fetcher, "http://two.example/") == "private"


def test_the_name_is_looked_up_once_and_the_connection_goes_where_that_led(monkeypatch):
    asked, connected = [], []

    def resolve(host, _port):
        asked.append(host)
        return ("8.8.8.8",) if len(asked) == 1 else ("127.0.0.1",)

    def connect(address, **_options):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert refusal(GuardedFetcher(resolve=resolve), "http://rebinding.example/") == "connect"
    assert (asked, connected) == (["rebinding.example"], [("8.8.8.8", 80)])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.example/", "ftp://a.example:80/", "gopher://a.example/", "http://", "http://user@a.example/", "http://a b/", "//a.example/",
        "http://a.example:99999/", "http://a.example/\r\nX: y", "http://" + "a" * 9000 + "/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url):
    assert refusal(GuardedFetcher(), url) == "url"


def test_a_port_that_is_not_the_webs_is_refused():
    assert refusal(GuardedFetcher(resolve=lambda *_: ("8.8.8.8",)), "http://a.example:6379/") == "private"


def test_a_host_that_the_operator_named_is_asked_and_its_file_comes_with_its_claimed_type():
    with serving({"/a.jpg": ("image/jpeg", b"x" * 300_000)}) as address:
        assert fetched(trusting(address), f"{address}/a.jpg") == ("image/jpeg", b"x" * 300_000)
        assert refusal(trusting(address), f"{address}/missing") == "status"
        assert refusal(GuardedFetcher(), f"{address}/a.jpg") == "private"


def test_a_redirect_is_judged_like_the_first_address():
    with (
        serving({"/here": ("text/plain", b"secret")}) as inside,
        serving(
            {
                "/in": (302, f"{inside}/here".encode()),
                "/file": (302, b"file:///etc/passwd"),
                "/to": (302, b"/here"),
                "/here": ("image/png", b"p"),
                "/round": (302, b"/round"),
                "/no": (302, b""),
            }
        ) as outside,
    ):
        fetcher = trusting(outside)
        assert refusal(fetcher, f"{outside}/in") == "private"
        assert refusal(fetcher, f"{outside}/file") == "url"
        assert refusal(fetcher, f"{outside}/round") == "redirect"
        assert refusal(fetcher, f"{outside}/no") == "redirect"
        assert fetched(fetcher, f"{outside}/to") == ("image/png", b"p")


def test_a_file_longer_than_allowed_is_refused_whether_it_says_so_or_not():
    with serving({"/a": ("image/jpeg", b"x" * 1_000)}) as address, pytest.raises(FileTooLargeError):
        fetched(trusting(address), f"{address}/a", most_bytes=999)
    with answering(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100_000) as address, pytest.raises(FileTooLargeError):
        fetched(trusting(address), f"{address}/", most_bytes=999)


def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for():
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx", is_holding=True) as address:
        assert refusal(trusting(address, deadline_s=0.3), f"{address}/") == "slow"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx", "cut"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "encoded"),
        (b"not http\r\n\r\n", "cut"),
        (b"", "cut"),
    ],
)
def test_an_answer_that_is_not_a_whole_file_is_refused(answer, problem):
    with answering(answer) as address:
        assert refusal(trusting(address), f"{address}/") in (problem, "connect")


@contextmanager
def answering(octets, *, is_holding=False):
    """Answer every connection with these bytes, and hold it open or close it."""
    held = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.recv(65_536)
                connection.sendall(octets)
                if is_holding:
                    held.append(connection)
                else:
                    connection.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()
