"""Say whether the newest anchor has the cosignatures that the vault's trust policy asks for."""

from collections.abc import Iterable

from haechi.domain.anchor import Cosignature
from haechi.domain.cosignature import witness_key
from haechi.domain.errors import PolicyUnreadableError
from haechi.domain.note import NoteError
from haechi.flows.manage_witnesses import policy
from haechi.flows.open_vault import OpenVault


def is_quorum_reached(vault: OpenVault, held: Iterable[Cosignature]) -> bool | None:
    """Say whether these cosignatures, all found to hold, are enough; None when the vault has no policy.

    A policy that cannot be read is not reached.
    """
    try:
        known = policy(vault)
    except PolicyUnreadableError:
        return False
    if known is None:
        return None
    keys = set()
    for one in held:
        try:
            keys.add(witness_key(one.vkey))
        except NoteError:
            continue  # no witness of any policy
    return known.is_reached(one.name for one in known.witnesses if one.key in keys)
