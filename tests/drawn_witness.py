"""A witness in a folder, a log it serves, and requests to it: drawn, signed with keys that mean nothing."""

import base64
import threading
from contextlib import contextmanager
from pathlib import Path

from haechi.adapters.signing import Ed25519Signer, MlDsa44Signer, verify_ed25519, verify_mldsa44
from haechi.adapters.witness.folder import make_folder, open_folder
from haechi.adapters.witness.server import make_app
from haechi.bootstrap.http_serving import bind, make_witness_server
from haechi.domain.anchor import Witness
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.merkle import Tree, leaf_hash
from haechi.domain.note import COSIGNATURE_ED25519, COSIGNATURE_MLDSA44, ED25519, NoteKey, sign_note
from haechi.flows.witness_checkpoint import WitnessTools, witness_checkpoint

VERIFIERS = {ED25519: verify_ed25519, COSIGNATURE_ED25519: verify_ed25519, COSIGNATURE_MLDSA44: verify_mldsa44}
SIGNERS = {COSIGNATURE_ED25519: Ed25519Signer, COSIGNATURE_MLDSA44: MlDsa44Signer}
NAME = "witness.example/w1"
AT = 1_790_000_000


class DrawnLog:
    """A log of numbered leaves; two with the same key and another `salt` are forks of each other."""

    def __init__(self, name: str = "log.example", *, seed: int = 1, salt: bytes = b"") -> None:
        self.signer = Ed25519Signer(bytes([seed]) * 32)
        self.key = NoteKey(name, self.signer.public)
        self.hashes = [leaf_hash(salt + bytes([number])) for number in range(80)]

    def note(self, size: int, *, root: bytes | None = None, extra: str = "") -> str:
        text = Checkpoint(self.key.name, size, Tree(self.hashes[:size]).root() if root is None else root).text()
        return sign_note(text + extra, self.key, self.signer.sign)

    def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        return Tree(self.hashes[:size]).consistency(old) if 0 < old <= size else ()

    def request(self, old: int, size: int, **more) -> bytes:
        return request(old, self.proof(old, size), self.note(size, **more))


def request(old: int, proof, note: str) -> bytes:
    hashes = "".join(base64.b64encode(value).decode() + "\n" for value in proof)
    return f"old {old}\n{hashes}\n{note}".encode()


def make_witness(path: Path, *logs: DrawnLog, name: str = NAME) -> Path:
    seeds = [bytes([200 + kind]) * 32 for kind in SIGNERS]
    keys = [NoteKey(name, made(seed).public, kind) for (kind, made), seed in zip(SIGNERS.items(), seeds, strict=True)]
    make_folder(path, keys, seeds)
    for log in logs:
        open_folder(path, SIGNERS).store.trust(log.key)
    return path


def tools_of(path: Path) -> WitnessTools:
    folder = open_folder(path, SIGNERS)
    signers = [(key, signer.sign) for key, signer in folder.keys]
    return WitnessTools(store=folder.store, signers=signers, verifiers=VERIFIERS, now=lambda: AT)


def vkeys_of(path: Path) -> tuple[str, ...]:
    return tuple(key.vkey for key, _signer in open_folder(path, SIGNERS).keys)


def app_of(tools: WitnessTools):
    return make_app(lambda body: witness_checkpoint(body, tools), tools.store.latest_of)


@contextmanager
def served(path: Path, name: str = "partner"):
    """Serve the witness at `path` over a real socket, and yield how a vault knows it."""
    listening = bind("127.0.0.1", 0)
    server = make_witness_server(app_of(tools_of(path)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Witness(name, f"http://127.0.0.1:{listening.getsockname()[1]}", vkeys_of(path))
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
