"""The file `haechi.vault`: format, vault id, features and key slots, as JSON. docs/formats/vault.md."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from haechi.domain.canonical import Json, canonical
from haechi.domain.errors import VaultDamagedError, VaultNewerError
from haechi.domain.vault import FORMAT, KNOWN_FEATURES, Operation, require_known
from haechi.ports.vault import Header, Slot

NAME = "haechi.vault"
VERSION = 1
MOST_BYTES = 2**16


def write_header(vault_id: str, slots: Sequence[Slot]) -> bytes:
    """Return the header's bytes: indented for a person's eye, with the sum over its canonical form."""
    members: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "vault_id": vault_id,
        "features": {operation.value: sorted(KNOWN_FEATURES[operation]) for operation in Operation},
        "slots": [dict(slot) for slot in slots],
    }
    return (json.dumps({**members, "sum": _sum(members)}, indent=2) + "\n").encode()


def read_header(content: bytes, operation: Operation) -> Header:
    """Return the header. Raises `VaultDamagedError`, or `VaultNewerError` for what this haechi does not know."""
    try:
        members = json.loads(content)
        kept = members.pop("sum", None)
        is_intact = isinstance(kept, str) and kept == _sum(members)
        form, version, vault_id = members["format"], members["version"], members["vault_id"]
        features = {one: tuple(map(str, members["features"].get(one.value, ()))) for one in Operation}
        slots = tuple(_slot(slot) for slot in members["slots"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise VaultDamagedError(part=NAME) from error
    if form != FORMAT or not isinstance(version, int) or not isinstance(vault_id, str) or not slots:
        raise VaultDamagedError(part=NAME)
    if not is_intact and (version != VERSION or any(set(features[one]) != KNOWN_FEATURES[one] for one in Operation)):
        # A newer haechi writes a sum that fits: this is damage, not progress.
        raise VaultDamagedError(part=NAME)
    if version != VERSION:
        raise VaultNewerError(operation=operation.value, features=f"version {version}")
    require_known(operation, features[operation])
    return Header(vault_id, features, slots, is_intact)


def _sum(members: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical(members)).hexdigest()


def _slot(slot: Any) -> Slot:  # noqa: ANN401 - what a file said
    if not isinstance(slot, dict) or not isinstance(slot.get("kind"), str):
        raise TypeError
    return slot
