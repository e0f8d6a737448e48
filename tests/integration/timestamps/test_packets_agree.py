"""What is accepted when it comes is accepted in a packet: by haechi, and by the verifier that travels with the packet."""

import importlib.util
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from drawn.authority import Fault, drawn_identity
from haechi.adapters import packets
from haechi.adapters.packets.stamp_check import read_stamp, stamp_fault
from integration.timestamps.stamping import IDENTITY, NOTE, checked, drawn, query, trusted

TRAVELLING = Path(packets.__file__).parent / "verify" / "verify.py"


@pytest.fixture(scope="module")
def travelling():
    """The verifier of a packet, as a module."""
    spec = importlib.util.spec_from_file_location("travelling_verify", TRAVELLING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("policy", [None, "1.3.6.1.4.1.13762.3"])
@pytest.mark.parametrize("fault", [None, Fault.UNSORTED])
@pytest.mark.parametrize(
    "identity",
    [
        IDENTITY,
        drawn_identity("short", with_intermediate=False),
        drawn_identity("p384", key=ec.derive_private_key(11, ec.SECP384R1())),
        drawn_identity("rsa", key=rsa.generate_private_key(65537, 2048)),
    ],
    ids=["p256", "without intermediate", "p384", "rsa"],
)
def test_an_accepted_stamp_is_accepted_in_packets(travelling, identity, fault, policy):
    authority, asked = trusted(identity, policy=policy), query(policy=policy)
    reply = drawn(*filter(None, [fault]), identity=identity).reply(asked)
    assert checked(asked, reply, authority=authority)
    pem = authority.chain.encode()
    assert stamp_fault(read_stamp(asked, reply, pem), NOTE) is None
    assert travelling.stamp_problem(travelling.read_stamp(asked, reply, pem), NOTE) == ""
