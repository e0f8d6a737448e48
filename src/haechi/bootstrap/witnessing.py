"""Joins witnesses: those that this vault asks, and a partner's own witness that answers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.domain.anchor import Witness
from haechi.domain.cosignature import LOG_KINDS, MOST_NAME_BYTES, Verifiers
from haechi.domain.errors import WitnessKeyError
from haechi.domain.note import COSIGNATURE_ED25519, COSIGNATURE_MLDSA44, ED25519, NoteError, NoteKey, is_key_name
from haechi.domain.policy import Policy
from haechi.flows.ask_witnesses import WitnessFinding
from haechi.ports.signer import Signer
from haechi.ports.witness import WitnessClient

_SEED_BYTES = 32
_SHOWN = 40


def verifiers() -> Verifiers:
    """Return how signatures of each type of note key are verified."""
    from haechi.adapters.signing import verify_ed25519, verify_mldsa44

    return {ED25519: verify_ed25519, COSIGNATURE_ED25519: verify_ed25519, COSIGNATURE_MLDSA44: verify_mldsa44}


def witness_client() -> WitnessClient:
    """Return what asks witnesses over the network."""
    from haechi.adapters.witness import HttpWitnesses

    return HttpWitnesses(verifiers())


def log_vkey(vault: OpenVault) -> str:
    """Return the key of this vault's log, to give to a partner who runs a witness."""
    return vault.unlocked.log_key.vkey


def witnesses(vault: OpenVault) -> Sequence[Witness]:
    """Return the witnesses that this vault asks, by name."""
    return vault.unlocked.ledger.witnesses()


def add_witness(vault: OpenVault, witness: Witness) -> None:
    """Ask this witness from now on. Raises `WitnessAddressError`, `WitnessKeyError`."""
    from haechi.flows.manage_witnesses import add_witness

    add_witness(vault.unlocked, witness, actor=vault.unlocked.actor)


def remove_witness(vault: OpenVault, name: str) -> None:
    """Ask this witness no more. Raises `WitnessMissingError`."""
    from haechi.flows.manage_witnesses import remove_witness

    remove_witness(vault.unlocked, name, actor=vault.unlocked.actor)


def set_policy(vault: OpenVault, octets: bytes) -> Policy:
    """Keep a trust policy. Raises `PolicyUnreadableError`."""
    from haechi.flows.manage_witnesses import set_policy

    return set_policy(vault.unlocked, octets, actor=vault.unlocked.actor)


def policy(vault: OpenVault) -> Policy | None:
    """Return the vault's trust policy. Raises `PolicyUnreadableError`."""
    from haechi.flows.manage_witnesses import policy

    return policy(vault.unlocked)


def ask_witnesses(vault: OpenVault) -> Sequence[WitnessFinding]:
    """Ask every witness of the vault what it has seen; the only thing sent is the hash of the log's random name."""
    from haechi.flows.ask_witnesses import ask_witnesses

    return ask_witnesses(vault.unlocked, witness_client())


@dataclass(frozen=True, slots=True)
class Serving:
    """A witness that is about to answer: where, for how many logs, and `run`, which answers until it is stopped.

    `is_open_to_others` says that other accounts of this machine may read its private keys.
    """

    host: str
    port: int
    vkeys: tuple[str, ...]
    logs: int
    is_open_to_others: bool
    run: Callable[[], None]


def make_witness(path: Path, name: str) -> tuple[str, ...]:
    """Make keys and an empty memory for a new witness at `path`, and return its two vkeys, Ed25519 first.

    Raises `WitnessKeyError` for a name that no key can have, `WitnessFolderExistsError`.
    """
    from haechi.adapters.machine import system_randomness
    from haechi.adapters.witness.folder import make_folder

    if not is_key_name(name) or not (name.isascii() and name.isprintable()) or len(name) > MOST_NAME_BYTES:
        raise WitnessKeyError(vkey=name[:_SHOWN], reason="name")
    made = [(kind, signer, system_randomness(_SEED_BYTES)) for kind, signer in _signers().items()]
    keys = [NoteKey(name, signer(seed).public, kind) for kind, signer, seed in made]
    make_folder(path, keys, [seed for _kind, _signer, seed in made])
    return tuple(key.vkey for key in keys)


def trust_log(path: Path, vkey: str) -> tuple[str, ...]:
    """Let the witness at `path` serve the log of this key, and return the names of all logs it serves.

    Raises `WitnessKeyError`, `WitnessFolderMissingError`, `WitnessFolderDamagedError`.
    """
    from haechi.adapters.witness.folder import open_folder

    try:
        key = NoteKey.parse(vkey.strip(), kinds=LOG_KINDS)
    except NoteError as error:
        raise WitnessKeyError(vkey=vkey[:_SHOWN], reason="log") from error
    if len(key.name.encode()) > MOST_NAME_BYTES:
        raise WitnessKeyError(vkey=vkey[:_SHOWN], reason="name")  # the ML-DSA-44 line could not name it
    folder = open_folder(path, _signers())
    folder.store.trust(key)
    return tuple(dict.fromkeys(one.name for one in folder.store.logs()))


def serve_witness(path: Path, *, host: str, port: int) -> Serving:
    """Open the witness at `path` and bind its port; its `run` answers.

    Raises `WitnessFolderMissingError`, `WitnessFolderDamagedError`, `OSError` when the port is taken.
    """
    from haechi.adapters.witness.folder import is_open_to_others, open_folder
    from haechi.adapters.witness.server import make_app
    from haechi.bootstrap.http_serving import bind, make_witness_server
    from haechi.flows.witness_checkpoint import WitnessTools, witness_checkpoint

    folder = open_folder(path, _signers())
    tools = WitnessTools(
        store=folder.store,
        signers=[(key, signer.sign) for key, signer in folder.keys],
        verifiers=verifiers(),
        now=lambda: max(1, int(time.time())),  # a cosignature's time is never zero, whatever the clock says
    )
    app = make_app(partial(witness_checkpoint, tools=tools), folder.store.latest_of)
    listening = bind(host, port)
    return Serving(
        host=host,
        port=listening.getsockname()[1],
        vkeys=tuple(key.vkey for key, _signer in folder.keys),
        logs=len({key.name for key in folder.store.logs()}),
        is_open_to_others=is_open_to_others(path),
        run=partial(make_witness_server(app).run, sockets=[listening]),
    )


def _signers() -> dict[int, Callable[[bytes], Signer]]:
    from haechi.adapters.signing import Ed25519Signer, MlDsa44Signer

    return {COSIGNATURE_ED25519: Ed25519Signer, COSIGNATURE_MLDSA44: MlDsa44Signer}
