"""Time-stamping authorities (RFC 3161): asked about bytes they do not see, and held to the certificate they are known by."""

from typing import Protocol

from haechi.domain.anchor import Authority, Stamp


class TimestampClient(Protocol):
    """Asks, and checks what is answered."""

    def authority(self, name: str, url: str, *, certificate: bytes, chain: bytes, policy: str | None) -> Authority:
        """Return the authority that PEM files describe. `certificate` is the one that signs, `chain` leads to a root.

        Raises `AuthorityUnusableError`: its `reason` is `name`, `url`, `policy`, `pem`, `key`, `purpose`, `chain` or `time`.
        """

    def expires_at(self, authority: Authority) -> int:
        """Return when the first certificate of the authority's chain dies, in unix seconds."""

    def stamp(self, authority: Authority, note: bytes) -> Stamp:
        """Send the SHA-256 of `note` and a random number, nothing else, and return the stamp once it holds.

        Raises `AuthorityUnreachableError` when asking again may help, `StampRefusedError` when it was answered and the
        answer is a refusal or not the stamp that was asked for.
        """

    def check(self, stamp: Stamp, note: bytes) -> None:
        """Check a stamp that is kept, at its own time. Raises `StampRefusedError`."""
