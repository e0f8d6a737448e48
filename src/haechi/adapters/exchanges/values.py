"""Hashes and other values in a stranger's list: read strictly, written one way."""

import json

from haechi.domain.bank import Signal, SignalType
from haechi.domain.hash_list import MOST_FACT, RefusedRow

MOST_ROW_BYTES = 1 << 20  # a film's frames in one line; other rows have a few hundred
_MOST_EXCERPT = 200
_MOST_SOURCE = 300
_HEX = frozenset("0123456789abcdefABCDEF")


class RowError(ValueError):
    """A row cannot be taken; `problem` as in `RefusedRow`."""

    def __init__(self, *, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_hash(kind: SignalType, text: object) -> Signal:
    """Return the hash that hexadecimal digits stand for. Raises `RowError`."""
    if not isinstance(text, str) or len(text) != 2 * kind.size or not _HEX.issuperset(text):
        raise RowError(problem="hash")
    return Signal(kind, bytes.fromhex(text))


def read_frames(text: str) -> tuple[Signal, ...]:
    """Return a film's frames from vPDQ's form: a JSON list of "hex,quality,second". Raises `RowError`."""
    try:
        frames = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RowError(problem="form") from error
    if not isinstance(frames, list) or not frames:
        raise RowError(problem="hash")
    return tuple(map(_frame, frames))


def write_frames(signals: tuple[Signal, ...]) -> str:
    """Return what `read_frames` reads."""
    return json.dumps(
        [f"{one.value.hex()},{one.quality},{(one.at_s or 0.0)!r}" for one in signals], separators=(",", ":")
    )


def read_name(value: object) -> str:
    """Return a list's own name of a row. Raises `RowError`."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RowError(problem="id")
    try:
        name = str(value)
    except ValueError as error:  # a number of thousands of digits
        raise RowError(problem="id") from error
    if not name or len(name) > _MOST_SOURCE or not name.isprintable():
        raise RowError(problem="id")
    return name


def fact(value: object) -> str | int | None:
    """Return a claimed value that is text or a whole number, cut to what is kept; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else None
    return value[:MOST_FACT]


def facts(**given: object) -> dict[str, str | int]:
    """Return those that are text or whole numbers and not empty."""
    return {name: kept for name, value in given.items() if (kept := fact(value)) is not None and kept != ""}


def refused(place: str, problem: str, raw: bytes | str) -> RefusedRow:
    """Return a refused row with its first characters."""
    text = raw[: 4 * _MOST_EXCERPT].decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    shown = "".join(one if one.isprintable() else " " for one in text[:_MOST_EXCERPT])
    return RefusedRow(place, problem, shown)


def _frame(text: object) -> Signal:
    if not isinstance(text, str):
        raise RowError(problem="hash")
    value, _, rest = text.partition(",")
    quality, _, at = rest.partition(",")
    try:
        at_s = float(at)
        score = int(quality)
    except ValueError as error:
        raise RowError(problem="hash") from error
    if not 0 <= score <= 100 or not 0 <= at_s < 1e9:  # noqa: PLR2004 - a percentage; seconds
        raise RowError(problem="hash")
    found = read_hash(SignalType.VPDQ, value)
    return Signal(found.type, found.value, score, at_s)
