"""Column types: numbers wide enough everywhere, words that any database keeps whole, and JSON as text."""

import json
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text, TypeDecorator

from haechi.domain.canonical import Json

_ESCAPED = "\ufffe"  # a noncharacter: no text that means anything begins with it

Number = BigInteger().with_variant(Integer, "sqlite")
"""64 bits. SQLite numbers rows by itself only in a column declared INTEGER, which has 64 bits there anyway."""


class Words(TypeDecorator[str]):
    """Text as a stranger's file had it.

    PostgreSQL cannot hold U+0000 and neither database holds half of a surrogate pair; exports
    hold both. Such a text is kept as JSON with escapes after one U+FFFE.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what the database is given."""
        return None if value is None else keep(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what was given to keep."""
        if value is None or not value.startswith(_ESCAPED):
            return value
        return str(json.loads(value[1:]))


class JsonText(TypeDecorator[Any]):
    """A JSON value as text; None stays NULL. `Any` because SQLAlchemy's types are invariant in what they hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what the database is given."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - see the class; SQLAlchemy's signature
        """Return the value that was given to keep."""
        return None if value is None else json.loads(value)


class Hex(TypeDecorator[str]):
    """Lower-case hexadecimal digits, kept as half as many bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what the database is given. Raises `ValueError` for what is not hexadecimal."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the digits."""
        return None if value is None else bytes(value).hex()


def keep(value: str) -> str:
    """Return `value` in a form that any database holds; `Words` turns it back."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return _ESCAPED + json.dumps(value)
    if "\0" in value or value.startswith(_ESCAPED):
        return _ESCAPED + json.dumps(value)
    return value


def to_json(value: Json) -> str:
    """Return compact JSON: readable where the text allows it, with escapes where it holds half a surrogate pair."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=_plain)
    return text


def _plain(value: object) -> object:
    """Return a mapping or sequence that the encoder does not know as one that it does."""
    if hasattr(value, "items"):
        return dict(value.items())
    if isinstance(value, frozenset | set):
        raise TypeError(type(value).__name__)
    return list(value)  # type: ignore[call-overload]  # a sequence, or a TypeError that says what it was
