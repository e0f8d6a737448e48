"""What a vault declares of itself, so that an older haechi refuses it by name instead of misreading it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.errors import VaultNewerError

FORMAT = "haechi-vault"


class Operation(StrEnum):
    """What one wants to do with a vault; a feature may be needed for one and not for another."""

    READ = "read"
    WRITE = "write"
    CHECK = "check"


KNOWN_FEATURES: dict[Operation, frozenset[str]] = {
    Operation.READ: frozenset({"sqlcipher4", "age-per-item", "tlog-rfc6962", "windows-zlib"}),
    Operation.WRITE: frozenset({"sqlcipher4", "age-per-item", "tlog-rfc6962", "windows-zlib"}),
    Operation.CHECK: frozenset({"tlog-rfc6962", "windows-zlib"}),
}


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """What `status` tells: no name of a person, no content. Sizes are bytes, `last_entry_at` is UTC, RFC 3339."""

    vault_id: str
    cases: int
    imports: int
    unfinished_imports: int
    messages: int
    items: int
    sealed_items: int
    """Items whose file is kept. Items with the same bytes share one file."""
    sealed_files: int
    """Encrypted files: of items, of exports' own files, of redacted copies."""
    blob_bytes: int
    features: int
    """Own photos whose features are kept, encrypted, for tracing: biometric data."""
    feature_bytes: int
    log_size: int
    log_root: str
    last_entry_at: str
    log_key: str
    packet_key: str
    unanchored_entries: int
    """Entries of the log that nobody outside has answered for; those that only say that an answer came are left out."""
    anchored_at: int | None
    """The time of the newest answer of the newest answered anchor, by the answering party's clock, in unix seconds."""
    waiting_requests: int
    """Who was asked about the newest anchor and has not answered."""
    dying_stamps: int
    """Stamps of the newest stamped anchor under which a certificate dies within 90 days."""
    is_quorum_reached: bool | None
    """Whether the newest anchor has the cosignatures that the vault's policy asks for; None without policy or anchor."""


def require_known(operation: Operation, features: Iterable[str]) -> None:
    """Raise `VaultNewerError` naming each feature that this haechi does not know for `operation`."""
    if unknown := sorted(set(features) - KNOWN_FEATURES[operation]):
        raise VaultNewerError(operation=operation.value, features=", ".join(unknown))
