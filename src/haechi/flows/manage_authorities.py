"""Say which time-stamping authorities this vault trusts: each by name, address and the one certificate that may sign.

Each change is an entry of the log: whom the vault trusted, and since when, is something that a court may ask.
"""

from collections.abc import Sequence

from haechi.domain.anchor import Authority
from haechi.domain.canonical import Json
from haechi.domain.custody import SALT_BYTES, Draft, EntryType, open_record
from haechi.domain.errors import AuthorityExistsError, AuthorityMissingError
from haechi.flows.open_vault import OpenVault
from haechi.ports.ledger import LedgerWriter


def add_authority(vault: OpenVault, authority: Authority, *, actor: str) -> None:
    """Ask this authority from now on. Raises `AuthorityExistsError`: whom to trust is never replaced in passing."""
    if any(one.name == authority.name for one in vault.ledger.authorities()):
        raise AuthorityExistsError(authority=authority.name)
    told: Json = {
        "added": authority.name,
        "url": authority.url,
        "certificate": authority.certificate,
        "policy": authority.policy,
    }
    with vault.ledger.begin() as writer:
        writer.set_authority(authority)
        _note(vault, writer, told, actor=actor)
    vault.checkpoint()


def remove_authority(vault: OpenVault, name: str, *, actor: str) -> None:
    """Ask this authority no more; its stamps stay. Raises `AuthorityMissingError`."""
    if all(one.name != name for one in vault.ledger.authorities()):
        raise AuthorityMissingError(authority=name)
    with vault.ledger.begin() as writer:
        writer.remove_authority(name)
        _note(vault, writer, {"removed": name}, actor=actor)
    vault.checkpoint()


def list_authorities(vault: OpenVault) -> Sequence[Authority]:
    """Return the authorities by name."""
    return vault.ledger.authorities()


def _note(vault: OpenVault, writer: LedgerWriter, told: Json, *, actor: str) -> None:
    opening = open_record(vault.tools.randomness(SALT_BYTES), {"authority": told})
    writer.append(Draft(EntryType.KEY, actor, vault.tools.now(), opening=opening))
