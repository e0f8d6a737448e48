"""Who may ask a matcher for what."""

from dataclasses import dataclass
from enum import StrEnum


class ApiRole(StrEnum):
    """What a key may do. A curator may all that a matcher and a hasher may; an admin may everything."""

    HASHER = "hasher"
    """Send a file, get its hashes."""
    MATCHER = "matcher"
    """Ask whether a hash or file is known."""
    CURATOR = "curator"
    """Change banks and exchanges."""
    ADMIN = "admin"
    """Make and revoke keys, read the audit."""


_MAY = {
    ApiRole.HASHER: {ApiRole.HASHER},
    ApiRole.MATCHER: {ApiRole.HASHER, ApiRole.MATCHER},
    ApiRole.CURATOR: {ApiRole.HASHER, ApiRole.MATCHER, ApiRole.CURATOR},
    ApiRole.ADMIN: set(ApiRole),
}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key: its public name, the SHA-256 of its secret (hex), what it may, and how many lookups a minute."""

    name: str
    secret_digest: str
    role: ApiRole
    lookups_per_minute: int
    created_at: str
    revoked_at: str | None = None

    def may(self, role: ApiRole) -> bool:
        """Say whether the key is in force and allows what `role` may."""
        return self.revoked_at is None and role in _MAY[self.role]
