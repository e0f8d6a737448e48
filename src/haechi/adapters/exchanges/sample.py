"""A list for trying things out, as python-threatexchange's `sample`: the same few hashes each time, of no picture that there is."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from haechi.adapters.exchanges.asking import Asking
from haechi.domain.bank import Signal, SignalType
from haechi.domain.errors import ExchangeCannotError
from haechi.domain.hash_list import ListedRow
from haechi.ports.exchange import Feedback, Page
from haechi.ports.now import Now

_EACH = 3  # rows of each type
_FRAMES = 5


class SampleClient:
    """The sample. There are no settings and no credentials, and nobody is asked."""

    def __init__(
        self,
        asking: Asking,
        _settings: Mapping[str, object],
        _credentials: Mapping[str, str],
        *,
        now: Now,  # noqa: ARG002 - as of every client
    ) -> None:
        self._exchange = asking.exchange

    def pages(self, cursor: str | None) -> Iterator[Page]:  # noqa: ARG002 - it is the same from anywhere
        """Yield all rows."""
        yield Page([_row(kind, number) for kind in SignalType for number in range(1, _EACH + 1)], "read")

    def submit(self, rows: Sequence[ListedRow]) -> None:  # noqa: ARG002 - see the port
        """Raise `ExchangeCannotError`."""
        raise ExchangeCannotError(exchange=self._exchange, problem="submit")

    def tell(self, feedback: Sequence[Feedback]) -> None:  # noqa: ARG002 - see the port
        """Raise `ExchangeCannotError`."""
        raise ExchangeCannotError(exchange=self._exchange, problem="feedback")


def _row(kind: SignalType, number: int) -> ListedRow:
    name = f"{kind.value}-{number}"
    if kind is SignalType.VPDQ:
        signals = tuple(Signal(kind, _value(kind, f"{name}-{at}"), 100, float(at)) for at in range(_FRAMES))
    else:
        signals = (Signal(kind, _value(kind, name)),)
    return ListedRow(name, signals, facts={"tags": "sample"}, place=name)


def _value(kind: SignalType, name: str) -> bytes:
    """Return a value that anybody can compute, and that no file has."""
    return hashlib.sha256(f"haechi sample {name}".encode()).digest()[: kind.size]
