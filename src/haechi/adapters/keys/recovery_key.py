"""Recovery keys as people copy them from paper: forgiving about how they are written, strict about what they say.

160 random bits and a 20-bit check, as 36 characters of Crockford's base 32
(https://www.crockford.com/base32.html) in nine groups of four. Case, spaces and hyphens do not
matter; O is read as 0, I and L as 1. The check is the beginning of a SHA-256, so a
mistyped key passes for a right one once in a million.
"""

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 20
_CHECK_BITS = 20
_CHARACTERS = (SECRET_BYTES * 8 + _CHECK_BITS) // 5
_GROUP = 4
_ALIKE = str.maketrans("OIL", "011")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad_."


class RecoveryKeyTypoError(ValueError):
    """The text has the length of a recovery key, and its check does not fit."""


def write_recovery_key(secret: bytes) -> str:
    """Return the key for printing, `7QF3-0KZM-…`."""
    if len(secret) != SECRET_BYTES:
        raise ValueError(len(secret))
    number = int.from_bytes(secret) << _CHECK_BITS | _check(secret)
    text = "".join(ALPHABET[number >> 5 * (_CHARACTERS - 1 - at) & 31] for at in range(_CHARACTERS))
    return "-".join(text[at : at + _GROUP] for at in range(0, _CHARACTERS, _GROUP))


def read_recovery_key(text: str) -> bytes | None:
    """Return the secret, or None when the text does not look like a recovery key at all.

    Raises `RecoveryKeyTypoError` when it looks like one and its check does not fit, or when one
    character is missing or too many.
    """
    plain = "".join(character for character in text if not character.isspace() and character not in _DASHES)
    plain = plain.upper().translate(_ALIKE)
    strange = sum(character not in ALPHABET for character in plain)
    if abs(len(plain) - _CHARACTERS) > 1 or strange > 1:
        return None
    if strange or len(plain) != _CHARACTERS:
        raise RecoveryKeyTypoError(len(plain))
    number = 0
    for character in plain:
        number = number << 5 | ALPHABET.index(character)
    secret = (number >> _CHECK_BITS).to_bytes(SECRET_BYTES)
    if number & (1 << _CHECK_BITS) - 1 != _check(secret):
        raise RecoveryKeyTypoError(len(plain))
    return secret


def _check(secret: bytes) -> int:
    digest = hashlib.sha256(b"haechi recovery key v1\n" + secret).digest()
    return int.from_bytes(digest[:4]) >> 32 - _CHECK_BITS
