"""Hold an exchange while its list is read: no other server of the catalogue reads it meanwhile, and switching it off ends the reading."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from haechi.domain.errors import ExchangeEndedError, ExchangeInUseError, ExchangeMissingError, HaechiError
from haechi.flows.matcher_tools import MatcherTools, find_exchange
from haechi.ports.catalogue import CatalogueWriter, Exchange

LEASE_S = 300
"""How long an exchange stays held by a server that is silent. The longest silence of one that reads is a wait of 120 s that a partner asked for, and a connection."""


class HeldExchange:
    """An exchange, as it was when its reading began."""

    def __init__(self, tools: MatcherTools, exchange: Exchange, holder: str) -> None:
        self._tools = tools
        self._holder = holder
        self.exchange = exchange

    def check(self, writer: CatalogueWriter) -> Exchange:
        """Go on holding it, in the transaction in which something is written for it; return it as it is kept now. Raises `ExchangeEndedError`."""
        kept = self.kept()
        if kept is None:
            raise self._ended(problem="removed")
        if not kept.is_same_list(self.exchange):
            raise self._ended(problem="changed")
        if self.exchange.is_enabled and not kept.is_enabled:
            raise self._ended(problem="off")  # one that was off before is read because a person asked for it
        if not writer.hold_lease(self.exchange.name, self._holder, lasts_s=LEASE_S):
            raise self._ended(problem="taken")
        return kept

    def go_on(self) -> None:
        """Go on holding it where nothing is to be written. Raises `ExchangeEndedError`."""
        with self._tools.catalogue.begin() as writer:
            self.check(writer)

    def kept(self) -> Exchange | None:
        """Return the exchange as it is kept now: somebody may have changed it meanwhile, or removed it."""
        return find_exchange(self._tools, self.exchange.name)

    def _ended(self, *, problem: str) -> ExchangeEndedError:
        return ExchangeEndedError(exchange=self.exchange.name, problem=problem)


@contextmanager
def held_exchange(tools: MatcherTools, name: str) -> Iterator[HeldExchange]:
    """Hold an exchange until the block ends. Raises `ExchangeInUseError` when another one does, `ExchangeMissingError`."""
    holder = tools.randomness(16).hex()
    with tools.catalogue.begin() as writer:
        exchange = find_exchange(tools, name)
        if exchange is None:
            raise ExchangeMissingError(exchange=name)
        if not writer.take_lease(name, holder, lasts_s=LEASE_S):
            raise ExchangeInUseError(exchange=name)
    try:
        yield HeldExchange(tools, exchange, holder)
    finally:
        with suppress(HaechiError), tools.catalogue.begin() as writer:  # it ends by itself otherwise
            writer.drop_lease(name, holder)
