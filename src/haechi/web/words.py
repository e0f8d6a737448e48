"""Values that requests and answers of both surfaces hold."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from haechi.domain.bank import Content, Signal, SignalType
from haechi.domain.errors import HashRefusedError
from haechi.web.operation import Lenient

HmaBankName = Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$", max_length=64)]
"""What HMA lets a bank be called."""
BankWord = Annotated[str, StringConstraints(pattern=r"^[^/,\x00-\x1f\x7f]+$", max_length=64)]
"""What a bank can be called here."""
Line = Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Address = Annotated[str, StringConstraints(min_length=8, max_length=8192, pattern=r"^[\x21-\x7e]*$")]
Names = Annotated[str, StringConstraints(max_length=4096)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Flag = Literal["true", "True", "TRUE", "1", "yes", "on", "false", "False", "FALSE", "0", "no", "off"]
"""What pydantic takes for a truth value in a URL, which is what HMA's clients send."""

_TRUE = ("true", "1", "yes", "on")
_HEX = re.compile(r"[0-9a-fA-F]*")
_FRAME_PARTS = 3
FOR_GOOD = "9999-12-31T23:59:59Z"


class BankPath(Lenient):
    """Which bank."""

    name: BankWord


class ContentPath(Lenient):
    """Which content of which bank."""

    name: BankWord
    number: Number


def is_true(flag: str | None, *, otherwise: bool = False) -> bool:
    """Return a flag of a URL as a truth value."""
    return otherwise if flag is None else flag.lower() in _TRUE


def listed(names: str | None) -> tuple[str, ...] | None:
    """Return the parts of a comma list, or None when there is none."""
    if names is None:
        return None
    return tuple(dict.fromkeys(part.strip() for part in names.split(",") if part.strip())) or None


def signal_type(name: str) -> SignalType:
    """Return the type of this name. Raises `HashRefusedError`."""
    try:
        return SignalType(name)
    except ValueError as error:
        raise HashRefusedError(type=name[:40], problem="type", place=None) from error


def read_signals(kind: SignalType, text: str) -> tuple[Signal, ...]:
    """Return what a signal of ThreatExchange's form holds: one hash, or a video's frames. Raises `HashRefusedError`."""
    if kind is SignalType.VPDQ:
        return _frames(text)
    return (Signal(kind, hex_bytes(kind, text.strip())),)


def hex_bytes(kind: SignalType, text: str) -> bytes:
    """Return the bytes of a hash in hexadecimal. Raises `HashRefusedError`."""
    if len(text) != 2 * kind.size:
        raise HashRefusedError(type=kind.value, problem="length", place=None)
    if not _HEX.fullmatch(text):
        raise HashRefusedError(type=kind.value, problem="form", place=None)
    return bytes.fromhex(text)


def written(kind: SignalType, signals: tuple[Signal, ...]) -> str:
    """Return signals of one type in ThreatExchange's form: the first, or all frames of a video."""
    if kind is SignalType.VPDQ:
        return json.dumps([f"{one.value.hex()},{one.quality},{one.at_s or 0:.3f}" for one in signals])
    return signals[0].value.hex()


def by_type(content: Content) -> dict[str, str]:
    """Return a content's signals in ThreatExchange's form."""
    kinds = dict.fromkeys(one.type for one in content.signals)
    return {kind.value: written(kind, tuple(one for one in content.signals if one.type is kind)) for kind in kinds}


def moment_of(unix_s: float) -> str:
    """Return a time as the records have it."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix_of(moment: str | None) -> int:
    """Return a time of the records as Unix seconds, 0 when there is none."""
    return int(datetime.fromisoformat(moment).timestamp()) if moment else 0


def _frames(text: str) -> tuple[Signal, ...]:
    problem = HashRefusedError(type=SignalType.VPDQ.value, problem="form", place=None)
    try:
        frames = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise problem from error
    if not isinstance(frames, list) or not frames or not all(isinstance(frame, str) for frame in frames):
        raise problem
    signals = []
    for frame in frames:
        parts = frame.split(",")
        if len(parts) != _FRAME_PARTS:
            raise problem
        try:
            quality, at_s = int(parts[1]), float(parts[2])
        except ValueError as error:
            raise problem from error
        if not 0 <= at_s < 1e9:  # noqa: PLR2004 -- seconds; also refuses what is not a number
            raise problem
        signals.append(Signal(SignalType.VPDQ, hex_bytes(SignalType.VPDQ, parts[0]), quality, at_s).check())
    return tuple(signals)
