"""Hashes at a chosen distance from each other, and queries of them."""

from haechi.bootstrap.matcher import NewContent, Query
from haechi.domain.bank import Signal, SignalType, Tier


def value(number: int = 0, *, off: int = 0, seed: int = 0) -> bytes:
    """Return hash `number`, with `off` of its bits turned over, from bit `seed` on. Two numbers lie 128 bits apart."""
    base = int.from_bytes(_spread(number))
    for bit in range(off):
        base ^= 1 << ((seed + bit) % 256)
    return base.to_bytes(32)


def pdq(number: int = 0, *, off: int = 0, seed: int = 0, quality: int = 100) -> Signal:
    return Signal(SignalType.PDQ, value(number, off=off, seed=seed), quality)


def frames(*numbers: int, off: int = 0) -> tuple[Signal, ...]:
    return tuple(
        Signal(SignalType.VPDQ, value(number, off=off), 100, float(second)) for second, number in enumerate(numbers)
    )


def md5(number: int = 0) -> Signal:
    return Signal(SignalType.MD5, _spread(number)[:16])


def new(*signals: Signal, tier: Tier = Tier.POLICE, **more) -> NewContent:
    return NewContent(signals or (pdq(),), tier, **more)


def query(*signals: Signal) -> Query:
    return Query.of(*(signals or (pdq(),)))


def numbers(answer) -> list[int]:
    return [hit.content.number for hit in answer.hits]


def _spread(number: int) -> bytes:
    """Return a row of a Hadamard matrix: any two differ in half of their bits. `number` is below 256."""
    bits = "".join(str((number & column).bit_count() & 1) for column in range(256))
    return int(bits, 2).to_bytes(32)
