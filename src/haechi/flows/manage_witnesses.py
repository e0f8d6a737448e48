"""Say which witnesses this vault asks, and how many of them have to answer. Each change is an entry of the log."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from haechi.domain.anchor import Witness
from haechi.domain.canonical import Json
from haechi.domain.cosignature import witness_key
from haechi.domain.custody import SALT_BYTES, Draft, EntryType, open_record
from haechi.domain.errors import PolicyUnreadableError, WitnessAddressError, WitnessKeyError, WitnessMissingError
from haechi.domain.note import NoteError, is_key_name
from haechi.domain.policy import Policy, PolicyError, parse_policy
from haechi.flows.open_vault import OpenVault
from haechi.ports.ledger import LedgerWriter

POLICY = "witness-policy"
_SHOWN = 40  # characters of a text that is no key, for the sentence about it
_NAME = 80


def add_witness(vault: OpenVault, witness: Witness, *, actor: str) -> None:
    """Ask this witness from now on, or change the one of this name.

    Raises `WitnessAddressError`, `WitnessKeyError`.
    """
    if not is_key_name(witness.name) or len(witness.name) > _NAME:
        raise WitnessKeyError(vkey=witness.name[:_SHOWN], reason="name")
    check_address(witness.url)
    others = [key for one in vault.ledger.witnesses() if one.name != witness.name for key in one.vkeys]
    held = {_public(vkey) for vkey in others}
    for vkey in witness.vkeys:
        public = _public(vkey)
        if public in held:
            # One key under two names would be counted as two witnesses.
            raise WitnessKeyError(vkey=vkey[:_SHOWN], reason="twice")
        held.add(public)
    if not witness.vkeys:
        raise WitnessKeyError(vkey="", reason="witness")
    with vault.ledger.begin() as writer:
        writer.set_witness(witness)
        told: Json = {"added": witness.name, "url": witness.url, "vkeys": list(witness.vkeys)}
        _note(vault, writer, told, actor=actor)
    vault.checkpoint()


def remove_witness(vault: OpenVault, name: str, *, actor: str) -> None:
    """Ask this witness no more; its cosignatures stay. Raises `WitnessMissingError`."""
    if name not in {one.name for one in vault.ledger.witnesses()}:
        raise WitnessMissingError(witness=name)
    with vault.ledger.begin() as writer:
        writer.remove_witness(name)
        _note(vault, writer, {"removed": name}, actor=actor)
    vault.checkpoint()


def set_policy(vault: OpenVault, octets: bytes, *, actor: str) -> Policy:
    """Keep a trust policy (C2SP tlog-policy) and return it. Raises `PolicyUnreadableError`; then the old one stays."""
    policy = _parsed(octets)
    with vault.ledger.begin() as writer:
        writer.set_secret(POLICY, octets)
        _note(vault, writer, {"policy": policy_text(octets)}, actor=actor)
    vault.checkpoint()
    return policy


def policy_text(octets: bytes) -> str:
    """Return a policy as it stands in the log's opening."""
    return octets.decode("utf-8", "backslashreplace")


def policy(vault: OpenVault) -> Policy | None:
    """Return the vault's trust policy, None when it has none. Raises `PolicyUnreadableError`."""
    octets = vault.ledger.secret(POLICY)
    return None if octets is None else _parsed(octets)


def witnesses(vault: OpenVault) -> Sequence[Witness]:
    """Return the witnesses that this vault asks, by name."""
    return vault.ledger.witnesses()


def check_address(url: str) -> None:
    """Raise `WitnessAddressError` unless a witness could answer at this address."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise WitnessAddressError(url=url) from error
    extras = parts.username, parts.password, parts.query, parts.fragment
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not fits or not is_plain or any(extras) or "?" in url or "#" in url:
        raise WitnessAddressError(url=url)


def _public(vkey: str) -> bytes:
    try:
        public = witness_key(vkey).public
    except NoteError as error:
        raise WitnessKeyError(vkey=vkey[:_SHOWN], reason="witness") from error
    if not (vkey.isascii() and vkey.isprintable()):
        # Packets list these keys in printable ASCII: docs/formats/packet.md.
        raise WitnessKeyError(vkey=vkey[:_SHOWN], reason="name")
    return public


def _parsed(octets: bytes) -> Policy:
    try:
        return parse_policy(octets)
    except PolicyError as error:
        raise PolicyUnreadableError(line=error.line, reason=error.reason) from error


def _note(vault: OpenVault, writer: LedgerWriter, told: Json, *, actor: str) -> None:
    """Append what was changed: whoever takes a witness away leaves a trace."""
    opening = open_record(vault.tools.randomness(SALT_BYTES), {"witness": told})
    writer.append(Draft(EntryType.KEY, actor, vault.tools.now(), opening=opening))
