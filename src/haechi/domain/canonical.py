"""Canonical JSON (RFC 8785), for what haechi itself writes: text, whole numbers, truth values, lists and objects.

Fractions are refused: nothing that is sealed needs one, and their canonical
form is the one part of RFC 8785 that two implementations get wrong.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

SAFE_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: what every JSON reader keeps exactly

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


class NotCanonicalError(ValueError):
    """The bytes are not the RFC 8785 form of any value."""


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 bytes of `value`.

    Raises `ValueError` for a whole number beyond 2^53 - 1 or a lone surrogate, `TypeError` for any other type.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def canonical_parsed(value: Json) -> bytes:
    """Return the RFC 8785 bytes of what a JSON reader returned: dictionaries, lists, text, whole numbers, truth values.

    The same as `canonical`, ten times as fast, for checking a million records: it does not look for what only a
    program can have put there. Raises `ValueError` for a lone surrogate.
    """
    text = _encode(value)
    if 2 * len(text) == len(text.encode("utf-16-le")):
        # Nothing past U+FFFF: the order by code points, which `sort_keys` gives, is that by UTF-16 code units.
        return text.encode()
    return canonical(value)


def read_canonical(raw: bytes) -> Json:
    """Return the value whose RFC 8785 bytes `raw` are. Raises `NotCanonicalError` when they are those of no value."""
    try:
        value: Json = _decode(raw.decode())
        again = canonical_parsed(value)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(len(raw)) from error
    if again != raw:
        raise NotCanonicalError(len(raw))
    return value


def _whole(digits: str) -> int:
    # Longer ones are not even converted: that takes time that grows with the square of their length.
    if len(digits) > _MOST_DIGITS or abs(value := int(digits)) > SAFE_INTEGER:
        raise ValueError(digits[:_MOST_DIGITS])
    return value


def _refused(text: str) -> NoReturn:
    raise ValueError(text[:_MOST_DIGITS])


_MOST_DIGITS = 17  # of 2^53 - 1, with a sign
_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False, check_circular=False
).encode
_decode = json.JSONDecoder(parse_int=_whole, parse_float=_refused, parse_constant=_refused).decode


def _ordered(value: Json) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise ValueError(value)
        return value
    if isinstance(value, Mapping):
        # RFC 8785 section 3.2.3 orders members by UTF-16 code units, which differs from Python's order past U+FFFF.
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(member) for member in value]
    raise TypeError(type(value).__name__)
