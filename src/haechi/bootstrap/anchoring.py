"""Joins what anchors the log: the authorities a vault trusts, and asking them and the witnesses."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.bootstrap.witnessing import witness_client
from haechi.domain.anchor import Authority
from haechi.domain.errors import PathMissingError
from haechi.flows.anchor import Anchored, Because, Outcome, Outgoing
from haechi.ports.timestamps import TimestampClient

__all__ = ["Anchored", "Because", "Outcome", "Outgoing"]

_MOST_PEM_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class KnownAuthority:
    """An authority, and when the first certificate of its chain dies, in unix seconds."""

    authority: Authority
    expires_at: int


def authorities(vault: OpenVault) -> tuple[KnownAuthority, ...]:
    """Return the authorities that the vault trusts, by name."""
    from haechi.flows.manage_authorities import list_authorities

    with _timestamps(vault) as stamps:
        return tuple(KnownAuthority(one, stamps.expires_at(one)) for one in list_authorities(vault.unlocked))


def add_authority(
    vault: OpenVault, name: str, url: str, *, certificate: Path, chain: Path, policy: str | None = None
) -> KnownAuthority:
    """Trust the authority whose certificates lie in these PEM files, from now on.

    Raises `PathMissingError`, `AuthorityUnusableError`, `AuthorityExistsError`.
    """
    from haechi.flows.manage_authorities import add_authority

    with _timestamps(vault) as stamps:
        authority = stamps.authority(name, url, certificate=_pem(certificate), chain=_pem(chain), policy=policy)
        add_authority(vault.unlocked, authority, actor=vault.unlocked.actor)
        return KnownAuthority(authority, stamps.expires_at(authority))


def remove_authority(vault: OpenVault, name: str) -> None:
    """Ask this authority no more. Raises `AuthorityMissingError`."""
    from haechi.flows.manage_authorities import remove_authority

    remove_authority(vault.unlocked, name, actor=vault.unlocked.actor)


def prepare_anchor(vault: OpenVault) -> Outgoing:
    """Return what `anchor` would send, and to whom. Raises `NobodyToAskError`."""
    from haechi.flows.anchor import prepare_anchor

    with _timestamps(vault) as stamps:
        return prepare_anchor(vault.unlocked, stamps=stamps)


def anchor(vault: OpenVault, outgoing: Outgoing, *, pause: Callable[[float], None] = time.sleep) -> Anchored:
    """Send it, and keep what is answered. Whoever does not answer stays in the outbox."""
    from haechi.flows.anchor import anchor

    with _timestamps(vault) as stamps:
        return anchor(
            vault.unlocked,
            outgoing,
            stamps=stamps,
            witnesses=witness_client(),
            actor=vault.unlocked.actor,
            pause=pause,
        )


@contextmanager
def _timestamps(vault: OpenVault) -> Iterator[TimestampClient]:
    from haechi.adapters.timestamps import Rfc3161Client

    with Rfc3161Client(vault.unlocked.tools.randomness) as client:
        yield client


def _pem(path: Path) -> bytes:
    """Return what the file holds, up to a length that no certificates reach. Raises `PathMissingError`."""
    try:
        with path.expanduser().open("rb") as stream:
            return stream.read(_MOST_PEM_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise PathMissingError(path=str(path)) from error
