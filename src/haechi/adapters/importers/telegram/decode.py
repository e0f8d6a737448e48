r"""One message's bytes to one object: as they are, then repaired on a copy, then by a patient reader, or not at all.

tdesktop's own string writer produces bytes that no JSON reader takes; what is repaired here, and nothing else, is
what it is known to write. The bytes themselves are never changed: repairs are made on a copy and named as flags.
"""

import json
import re
from typing import Any

from haechi.domain.canonical import SAFE_INTEGER

DEEPEST = 64
"""Levels of nesting in one message; tdesktop's own go to about ten, rich messages to about twenty."""

NOT_AN_OBJECT = "not-an-object"
NOT_JSON = "not-json"
NESTED_TOO_DEEP = "nested-too-deep"

# An even number of backslashes before it: a backslash that somebody typed stands doubled in the file.
_CONTROL = re.compile(rb"(?<!\\)((?:\\\\)*)\\x([0-9A-F]{2})")
_SEPARATOR = re.compile(rb"(?<!\\)((?:\\\\)*)(\\u2028(?=\x80\xa8)|\\u2029(?=\x80\xa9))..", re.DOTALL)
# Raw line ends never stand in a string, so a bare value ends with its line.
_BARE_ID = re.compile(rb'(\n +"document_id": )(?!["{\[]|-?[0-9]+,?\n)([^\n]*?)(,?)(?=\n)')
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


class UnreadableError(ValueError):
    """No reader makes an object of these bytes; `args[0]` is the warning code."""


def decoded(span: bytes) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    """Return the object in `span`, the flags of what was done to read it, and the earlier values of repeated keys.

    Used after `orjson` refused the span or where it would lose something: numbers past 64 bits, fractions (which come back
    as text, as written), repeated keys. Raises `UnreadableError`.
    """
    copy, flags = repaired(span)
    text = copy.decode("utf-8", "surrogateescape")
    is_invalid = _SURROGATE.search(text) is not None
    repeated: dict[str, Any] = {}

    def keep_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            last: dict[str, Any] = {}
            for key, value in pairs:
                if key in last:
                    repeated.setdefault(key, []).append(last[key])
                last[key] = value
        return members

    value = _patiently(text, keep_repeated, flags)
    if not isinstance(value, dict):
        raise UnreadableError(NOT_AN_OBJECT)
    if is_invalid:
        flags.append("invalid_utf8")
    if is_invalid or _SURROGATE_ESCAPE.search(copy):
        before = len(flags)
        value, repeated = _without_surrogates(value, flags), _without_surrogates(repeated, flags)
        if is_invalid:
            del flags[before:]
    if repeated:
        flags.append("duplicate_keys")
    return value, list(dict.fromkeys(flags)), repeated


def repaired(span: bytes) -> tuple[bytes, list[str]]:
    """Return a copy of `span` without the known mistakes of tdesktop's writer, and the flags of what was repaired."""
    copy, flags = span, []
    if b'"document_id"' in copy:
        copy, count = _BARE_ID.subn(_quoted, copy)
        if count:
            flags.append("repaired_document_id")
    if b"\\x" in copy:
        copy, count = _CONTROL.subn(rb"\1\\u00\2", copy)
        if count:
            flags.append("repaired_control_bytes")
    if b"\\u202" in copy:
        copy, count = _SEPARATOR.subn(rb"\1\2", copy)
        if count:
            flags.append("repaired_line_separators")
    return copy, flags


def safe(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value that canonical JSON takes: whole numbers past 2^53 as text. A fraction raises `FractionError`."""
    if type(value) is str or value is None:
        return value
    if isinstance(value, int):
        return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else str(value)
    if isinstance(value, float):
        raise FractionError
    if depth > DEEPEST:
        raise UnreadableError(NESTED_TOO_DEEP)
    if isinstance(value, dict):
        # Most members are text: not calling for each of them saves a third of the time.
        return {key: member if type(member) is str else safe(member, depth + 1) for key, member in value.items()}
    return [safe(member, depth + 1) for member in value]


class FractionError(ValueError):
    """The fast reader rounded a number; the span has to be read again with numbers kept as written."""


def _quoted(match: re.Match[bytes]) -> bytes:
    bare = match[2].replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return match[1] + b'"' + bare + b'"' + match[3]


def _patiently(text: str, keep_repeated: Any, flags: list[str]) -> Any:  # noqa: ANN401 - any JSON value
    options: dict[str, Any] = {"object_pairs_hook": keep_repeated, "parse_float": str, "parse_constant": str}
    try:
        try:
            return json.JSONDecoder(**options).decode(text)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
            value = json.JSONDecoder(strict=False, **options).decode(text)
            flags.append("raw_control_characters")
            return value
    except RecursionError as error:
        raise UnreadableError(NESTED_TOO_DEEP) from error
    except ValueError as error:
        raise UnreadableError(NOT_JSON) from error


def _without_surrogates(value: Any, flags: list[str], depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
    """Replace what is no character by U+FFFD: neither UTF-8 nor canonical JSON can hold it. The span still does."""
    if depth > DEEPEST:
        raise UnreadableError(NESTED_TOO_DEEP)
    if isinstance(value, str):
        if _SURROGATE.search(value):
            flags.append("lone_surrogates")
            return _SURROGATE.sub("\ufffd", value)
        return value
    if isinstance(value, dict):
        return {
            _without_surrogates(key, flags, depth + 1): _without_surrogates(member, flags, depth + 1)
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [_without_surrogates(member, flags, depth + 1) for member in value]
    return value
