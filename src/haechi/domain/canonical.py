"""Canonical JSON (RFC 8785), for what haechi itself writes: text, whole numbers, truth values, lists and objects.

Fractions are refused: nothing that is sealed needs one, and their canonical
form is the one part of RFC 8785 that two implementations get wrong.
"""

import json
from collections.abc import Mapping, Sequence

SAFE_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: what every JSON reader keeps exactly

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 bytes of `value`.

    Raises `ValueError` for a whole number beyond 2^53 - 1 or a lone surrogate, `TypeError` for any other type.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


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
