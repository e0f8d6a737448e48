"""The question to a time-stamping authority: TimeStampReq (RFC 3161, 2.4.1), always SHA-256, a nonce, and certReq."""

from dataclasses import dataclass

from haechi.domain import der
from haechi.ports.randomness import Randomness

SHA256 = "2.16.840.1.101.3.4.2.1"
NONCE_BYTES = 16
_IMPRINT_BYTES = 32
_PARTS = (4, 5)  # version, imprint, policy if one is wanted, nonce, certReq


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: the SHA-256 of the bytes, a number that no earlier question had, and the policy, if one is wanted."""

    imprint: bytes
    nonce: int
    policy: str | None

    def encoded(self) -> bytes:
        """Return the question in DER."""
        algorithm = der.write(der.SEQUENCE, der.write_oid(SHA256), der.write(der.NULL))
        return der.write(
            der.SEQUENCE,
            der.write_integer(1),
            der.write(der.SEQUENCE, algorithm, der.write(der.OCTET_STRING, self.imprint)),
            b"" if self.policy is None else der.write_oid(self.policy),
            der.write_integer(self.nonce),
            der.write(der.BOOLEAN, b"\xff"),
        )

    @classmethod
    def parse(cls, encoded: bytes) -> "Query":
        """Return the question that these bytes are. Raises `DerError` when it is not one that haechi asks."""
        parts = der.read_strictly(encoded).inside(der.SEQUENCE)
        imprint = parts[1].inside(der.SEQUENCE) if len(parts) in _PARTS else ()
        if len(imprint) != 2:  # noqa: PLR2004 -- algorithm and digest
            raise der.DerError(0)
        digest, policy = imprint[1].expect(der.OCTET_STRING), parts[2] if len(parts) == max(_PARTS) else None
        query = cls(digest, parts[-2].integer(), None if policy is None else policy.oid())
        if query.nonce < 0 or len(digest) != _IMPRINT_BYTES or query.encoded() != encoded:
            raise der.DerError(0)
        return query


def new_query(imprint: bytes, policy: str | None, randomness: Randomness) -> Query:
    """Return a question about this SHA-256 with a fresh nonce of 128 bits, of which the first is set."""
    nonce = int.from_bytes(randomness(NONCE_BYTES), "big") | 1 << (8 * NONCE_BYTES - 1)
    return Query(imprint, nonce, policy)
