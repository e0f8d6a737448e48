"""Plain lines: `signal_type value`, one hash a line, or one film's frames; where all are of one type, the value alone. What begins with # is for people: who vouches for what follows."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from haechi.adapters.exchanges.values import MOST_ROW_BYTES, RowError, read_frames, read_hash, refused, write_frames
from haechi.domain.bank import Signal, SignalType
from haechi.domain.errors import HashListRefusedError
from haechi.domain.hash_list import ListedRow, RefusedRow

_NONE_BEFORE = 100  # lines without one good among them: this is something else


def read(stream: BinaryIO, only: SignalType | None = None) -> Iterator[ListedRow | RefusedRow]:
    """Yield the rows; with `only`, lines are values of that type. Raises `HashListRefusedError` when the first hundred lines that say something have no hash among them."""
    number, is_list, bad = 0, False, 0
    kept: list[RefusedRow] = []
    while line := stream.readline(MOST_ROW_BYTES + 1):
        number += 1
        place = f"line {number}"
        if len(line) > MOST_ROW_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(MOST_ROW_BYTES)) and not rest.endswith(b"\n"):
                pass
            found: ListedRow | RefusedRow | None = refused(place, "long", line)
        else:
            found = _row(line, place, only)
        if found is None:
            continue
        if is_list:
            yield found
        elif isinstance(found, ListedRow):
            is_list = True
            yield from kept
            yield found
        else:
            kept.append(found)
            bad += 1
            if bad >= _NONE_BEFORE:
                raise HashListRefusedError(path=None, problem="no-hash", place=place)
    if kept and not is_list:
        raise HashListRefusedError(path=None, problem="no-hash", place=f"line {number}")


def write(listed: Iterable[ListedRow], stream: BinaryIO) -> int:
    """Write the hashes of rows that are not withdrawn: the format cannot say that one is. Return how many lines."""
    count, said = 0, ""
    for one in listed:
        if one.is_withdrawn:
            continue
        told = ", ".join(str(one.facts[name]) for name in ("tags", "status") if name in one.facts)
        if told and told != said and told.isprintable():
            stream.write(f"# {told}\n".encode())
            said = told
        frames = tuple(signal for signal in one.signals if signal.type is SignalType.VPDQ)
        lines = [f"{signal.type.value} {signal.value.hex()}" for signal in one.signals if signal not in frames]
        lines += [f"{SignalType.VPDQ.value} {write_frames(frames)}"] if frames else []
        stream.writelines(line.encode() + b"\n" for line in lines)
        count += len(lines)
    return count


def _row(line: bytes, place: str, only: SignalType | None) -> ListedRow | RefusedRow | None:
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return refused(place, "form", line)
    if not text or text.startswith("#"):
        return None
    name, _, value = text.partition(" ") if only is None else (only.value, "", text)
    try:
        kind = SignalType(name.lower())
    except ValueError:
        return refused(place, "type", text)
    try:
        signals = read_frames(value.strip()) if kind is SignalType.VPDQ else (read_hash(kind, value.strip()),)
    except RowError as error:
        return refused(place, error.problem, text)
    return ListedRow(_source(signals), signals, place=place)


def _source(signals: tuple[Signal, ...]) -> str:
    kind = signals[0].type
    if kind is not SignalType.VPDQ:
        return f"{kind.value}:{signals[0].value.hex()}"
    return f"{kind.value}:{hashlib.sha256(write_frames(signals).encode()).hexdigest()}"
