"""The connection goes to the addresses that were given, in their order, and TLS asks for the name."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from haechi.network.connecting import connect, look_up
from haechi.network.deadline import deadline_in
from haechi.network.url import Url

PLAIN = Url("http", "a.example", 80, "/")


class Network:
    """Takes down who is asked and for how long; only `open` takes a connection."""

    def __init__(self, *taking):
        self.taking, self.asked, self.waits = taking, [], []

    def __call__(self, address, *, timeout):
        self.asked.append(address[0])
        self.waits.append(timeout)
        if address[0] not in self.taking:
            raise ConnectionRefusedError(address[0])
        return address


@pytest.fixture
def network(monkeypatch):
    def put(*taking):
        made = Network(*taking)
        monkeypatch.setattr(socket, "create_connection", made)
        return made

    return put


def test_addresses_are_tried_in_their_order_until_one_takes_the_connection(network):
    made = network("3", "4")
    assert connect(PLAIN, ["1", "2", "3", "4"], deadline=deadline_in(60)) == ("3", 80)
    assert made.asked == ["1", "2", "3"]


def test_no_more_than_four_are_tried_and_the_last_ones_error_is_told(network):
    made = network("5")
    with pytest.raises(ConnectionRefusedError, match="4"):
        connect(PLAIN, ["1", "2", "3", "4", "5"], deadline=deadline_in(60))
    assert made.asked == ["1", "2", "3", "4"]


def test_one_that_does_not_answer_leaves_half_of_the_time_to_the_others(network):
    made = network("2")
    connect(PLAIN, ["1", "2"], deadline=deadline_in(60))
    assert made.waits[0] <= 30 < made.waits[1] <= 60


def test_the_wait_for_each_can_be_bounded_beside_the_deadline(network):
    made = network("2")
    connect(PLAIN, ["1", "2"], deadline=deadline_in(60), most_s=20)
    assert made.waits == [20, 20]


def test_after_the_deadline_nobody_is_asked(network):
    made = network("1")
    with pytest.raises(TimeoutError):
        connect(PLAIN, ["0", "1"], deadline=deadline_in(0))
    assert made.asked == []


def test_an_address_that_a_name_has_twice_comes_once(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("10.0.0.2", "10.0.0.1", "10.0.0.2")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_host, **_type: found)
    assert look_up("a.example", 80) == ("10.0.0.2", "10.0.0.1")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a file with the key and the certificate of `right.example`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "right.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("right.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@contextmanager
def listening(certificate):
    """Speak TLS on this machine; yields the port and a list of how each conversation went."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    went = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            taken, _ = server.accept()
            taken.settimeout(20)
            try:
                with taken, context.wrap_socket(taken, server_side=True) as shielded:
                    went.append(shielded.recv(1))  # nothing, when the other side has closed
            except OSError as error:
                went.append(error)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1], went
        thread.join(20)


def test_tls_is_spoken_with_who_shows_a_trusted_certificate_of_the_name(certificate):
    with listening(certificate) as (port, went):
        url = Url("https", "right.example", port, "/")
        trusting = ssl.create_default_context(cafile=certificate)
        with connect(url, ["127.0.0.1"], deadline=deadline_in(20), context=trusting) as connection:
            connection.sendall(b"x")
    assert went == [b"x"]


@pytest.mark.parametrize(
    ("host", "is_trusted"), [("other.example", True), ("127.0.0.1", True), ("right.example", False)]
)
def test_a_certificate_of_another_name_or_of_nobody_known_ends_the_connection(certificate, host, is_trusted):
    with listening(certificate) as (port, went):
        trusting = ssl.create_default_context(cafile=certificate) if is_trusted else None
        with pytest.raises(ssl.SSLCertVerificationError):
            connect(Url("https", host, port, "/"), ["127.0.0.1"], deadline=deadline_in(20), context=trusting)
    assert went
    assert not isinstance(went[0], TimeoutError)
