"""What a packet, a platform, a partner or an authority hands in."""

import contextlib
import io
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from fuzz.target import Target, packet, scratch, unpacked
from haechi.domain.errors import HaechiError


def _policy(data: bytes) -> None:
    from haechi.domain.policy import PolicyError, parse_policy

    with contextlib.suppress(PolicyError):
        parse_policy(data)


_PARTS = (
    "seal/checkpoint", "seal/entries.jsonl", "seal/openings.json", "seal/log-key.txt", "meta/exhibits.csv",
    "meta/messages.csv", "meta/anchors.csv", "meta/disclosed.csv", "meta/derivatives.csv", "meta/custody.csv",
    "seal/anchors/A-0001.checkpoint", "seal/anchors/A-0001.cosignatures", "seal/anchors/A-0001.1.tsr",
    "seal/anchors/A-0001.1.tsq", "seal/anchors/A-0001.1.pem", "seal/messages/M-0001.tlog-proof",
    "seal/proofs/E-0001.tlog-proof", "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig",
    "allowed_signers", "bag-info.txt", "seal/witnesses.txt",
)  # fmt: skip


def _with_part(data: bytes, check: Callable[[Path], None]) -> None:
    """Put all but the first byte of `data` in the place of the packet's file that the first byte picks."""
    if not data:
        return
    part = _PARTS[data[0] % len(_PARTS)]
    place = unpacked() / part
    place.write_bytes(data[1:])
    try:
        check(unpacked())
    finally:
        place.write_bytes(packet()[part])


def _verify_packet(data: bytes) -> None:
    from haechi import bootstrap

    def check(folder: Path) -> None:
        with contextlib.suppress(HaechiError):
            bootstrap.verify_packet(folder, signer=None)

    _with_part(data, check)


@cache
def _travelling():
    import importlib.util

    from haechi.adapters import packets

    place = Path(packets.__file__).parent / "verify" / "verify.py"
    spec = importlib.util.spec_from_file_location("travelling_verify", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Its arithmetic takes a second a packet, and no fuzzer finds a signature: what lies behind one is read too.
    module.ed25519 = module.rsa = module.ecdsa = lambda *_: True
    return module


def _verify_py(data: bytes) -> None:
    def check(folder: Path) -> None:
        given, sys.argv = sys.argv, ["verify.py", "--json", str(folder)]
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
                _travelling().main()
        finally:
            sys.argv = given

    _with_part(data, check)


def _verify_py_stamp(data: bytes) -> None:
    """Read one of a stamp's three files, picked by the first byte, beside the other two."""
    files = list(_stamp_files())
    files[(data or b"\0")[0] % 3] = data[1:]
    with contextlib.suppress(ValueError):
        stamp = _travelling().read_stamp(*files)
        _travelling().stamp_problem(stamp, packet()["seal/anchors/A-0001.checkpoint"])


def _verify_py_policy(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    _travelling().read_policy(text)
    _travelling().vkey_parts(text)
    _travelling().canonical_object(data)


def _stamp_check(data: bytes) -> None:
    """Read one of a stamp's three files as a packet's verifier does."""
    from haechi.adapters.packets.stamp_check import read_stamp, stamp_fault
    from haechi.domain.der import DerError

    files = list(_stamp_files())
    files[(data or b"\0")[0] % 3] = data[1:]
    with contextlib.suppress(DerError):
        stamp_fault(read_stamp(*files), packet()["seal/anchors/A-0001.checkpoint"])


def _stamp_files() -> tuple[bytes, bytes, bytes]:
    query, reply, pem = (packet()[f"seal/anchors/A-0001.1.{ending}"] for ending in ("tsq", "tsr", "pem"))
    return query, reply, pem


def _drawn_stamps() -> Iterable[bytes]:
    for number, content in enumerate(_stamp_files()):
        yield bytes([number]) + content


def _authority(data: bytes) -> None:
    """Check what an authority answered against what it was asked; and read the certificates of another."""
    from cryptography.hazmat.primitives import hashes

    from haechi.adapters.timestamps.chain import ChainError, read_certificates, read_chain
    from haechi.adapters.timestamps.checking import StampError, check_reply

    query, _reply, pem = _stamp_files()
    leaf = read_certificates(pem)[0].fingerprint(hashes.SHA256()).hex()
    note = packet()["seal/anchors/A-0001.checkpoint"]
    with contextlib.suppress(StampError):
        check_reply(query, data, chain=pem.decode(), certificate=leaf, note=note)
    with contextlib.suppress(ChainError):
        read_certificates(data)
    with contextlib.suppress(ChainError):
        read_chain(data.decode("utf-8", "replace"))


def _witness(data: bytes) -> None:
    """Ask a witness to cosign: the whole of a request's body is a stranger's."""
    from haechi.flows.witness_checkpoint import witness_checkpoint

    answer = witness_checkpoint(data, _witness_tools())
    assert (answer.refusal is None) == bool(answer.lines)


@cache
def _witness_tools():
    from dataclasses import replace

    from drawn_witness import DrawnLog, make_witness, tools_of

    folder = scratch() / "witness"
    make_witness(folder, DrawnLog())
    tools = tools_of(folder)
    keys = {key.name: [key] for key in tools.store.logs()}
    return replace(tools, store=_Forgetful(keys))


class _Forgetful:
    """A store in memory that has seen nothing yet, each time: a fuzzer cannot wait for a disk."""

    def __init__(self, keys) -> None:
        self._keys = keys

    def log_keys(self, origin):
        return self._keys.get(origin, [])

    def latest(self, origin):
        del origin

    def swap(self, seen, *, instead_of) -> bool:
        del seen, instead_of
        return True


def _drawn_requests() -> Iterable[bytes]:
    from drawn_witness import DrawnLog

    log = DrawnLog()
    yield from (log.request(0, 7), log.request(3, 9), log.request(0, 0), log.request(0, 7, extra="more\n"))


def _cosignatures(data: bytes) -> None:
    """Believe a witness's answer: its lines, read against its keys."""
    from drawn_witness import VERIFIERS, DrawnLog
    from haechi.domain.cosignature import cosignatures, witness_key
    from haechi.domain.note import NoteError, signature_lines, split_note

    text, _lines = split_note(DrawnLog().note(7))
    keys = [key for key, _sign in _witness_tools().signers]
    with contextlib.suppress(NoteError):
        cosignatures(text, signature_lines(data.decode("utf-8", "replace")), keys, VERIFIERS)
    with contextlib.suppress(NoteError):
        witness_key(data.decode("utf-8", "replace"))


def _drawn_cosignatures() -> Iterable[bytes]:
    from drawn_witness import DrawnLog
    from haechi.flows.witness_checkpoint import witness_checkpoint

    yield witness_checkpoint(DrawnLog().request(0, 7), _witness_tools()).lines.encode()
    yield from (key.vkey.encode() for key, _sign in _witness_tools().signers)


def _public_key(data: bytes) -> None:
    """Read a recipient's key, as it came by mail."""
    from haechi.adapters.envelopes.public_keys import PublicKeys

    text = data.decode("utf-8", "replace")
    with contextlib.suppress(HaechiError):
        PublicKeys().fingerprint(PublicKeys().ssh(text))
    with contextlib.suppress(HaechiError):
        PublicKeys().age(text)


def _contents(data: bytes) -> None:
    """List what a packet hands over."""
    from haechi.adapters.envelopes.contents import packet_contents

    def check(folder: Path) -> None:
        with contextlib.suppress(HaechiError):
            packet_contents(folder, redacted={})

    _with_part(data, check)


def _stamp(data: bytes) -> None:
    from haechi.adapters.timestamps.reply import RejectedError, parse_reply

    with contextlib.suppress(ValueError, RejectedError):
        parse_reply(data)


def _receipt(data: bytes) -> None:
    from haechi.adapters.envelopes.ssh_signature import verify_receipt
    from haechi.domain.receipt import Receipt

    with contextlib.suppress(HaechiError, ValueError):
        Receipt.parse(data.decode("utf-8", "replace"))
    with contextlib.suppress(HaechiError, ValueError):
        verify_receipt(b"text", data, ssh=_SSH, namespace="receipt@haechi")


_AGE = b"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
_SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def _parts() -> Iterable[bytes]:
    for number, part in enumerate(_PARTS):
        yield bytes([number]) + packet()[part]


TARGETS = (
    Target("policy", _policy, lambda: [packet()["seal/witnesses.txt"], b"witness a b\ngroup g 1 a\nquorum g\n"], 4096),
    Target("stamp", _stamp, lambda: [packet()["seal/anchors/A-0001.1.tsr"]], 16384),
    Target("authority", _authority, lambda: _stamp_files()[1:], 16384),
    Target("stamp-check", _stamp_check, _drawn_stamps, 16384),
    Target("witness", _witness, _drawn_requests, 16384),
    Target("cosignatures", _cosignatures, _drawn_cosignatures, 16384),
    Target("public-key", _public_key, lambda: [f"{_SSH} a@b".encode(), _AGE], 4096),
    Target("receipt", _receipt, lambda: [packet()["tagmanifest-sha256.txt.sig"]], 8192),
    Target("contents", _contents, _parts),
    Target("packet", _verify_packet, _parts),
    Target("verify-py", _verify_py, _parts),
    Target("verify-py-stamp", _verify_py_stamp, _drawn_stamps, 16384),
    Target("verify-py-policy", _verify_py_policy, lambda: [packet()["seal/witnesses.txt"], b'{"a":1}'], 4096),
)
