"""Reads a matcher's partners again and again while a server runs: each at its interval, one after the other."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from haechi.adapters.machine import SystemClock
from haechi.bootstrap.matcher import Matcher
from haechi.domain.errors import ExchangeInUseError, ExchangeMissingError, ExchangeStoppedError, HaechiError
from haechi.domain.fetch_schedule import EVERY_S, is_due
from haechi.domain.hash_list import ImportReport
from haechi.ports.catalogue import Exchange
from haechi.ports.now import Now

BY = "timer"
LOOK_EVERY_S = 2.0
_log = logging.getLogger("haechi.matcher")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One reading that ended: of which exchange, what it changed (None when it failed), and how long it took."""

    exchange: str
    report: ImportReport | None
    seconds: float


class ExchangeFetching:
    """A thread that reads what is due. An exchange that is switched off is passed over; one that fails is asked less and less often.

    When an exchange was last read stands in the catalogue, so that after a restart it goes on, and another server of the same catalogue waits as long.
    One that another server reads now is passed over until that one has ended, or was silent for too long. How often it failed in a row is known to this process alone. `on_fetched` is told of each reading, in the thread.
    """

    def __init__(
        self,
        matcher: Matcher,
        *,
        every_s: float = EVERY_S,
        now: Now | None = None,
    ) -> None:
        self._matcher = matcher
        self._now = now or SystemClock()
        self._every_s = every_s
        self.on_fetched: Callable[[Fetched], object] = lambda _fetched: None
        self._failures: Counter[str] = Counter()
        self._tried: dict[str, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="haechi-exchanges", daemon=True)

    def start(self) -> None:
        """Begin. What is due is read at once."""
        self._thread.start()

    def close(self) -> None:
        """End the reading that goes on, and return when the thread has ended."""
        self._stopping.set()
        self._matcher.exchanges.stop()
        if self._thread.is_alive():
            self._thread.join()

    def failures(self, name: str) -> int:
        """Return how often in a row this exchange failed."""
        return self._failures[name]

    def every_s(self, exchange: Exchange) -> float:
        """Return the seconds from one reading of this exchange to the next."""
        own = exchange.settings.get("fetch_every_s")
        return float(own) if isinstance(own, int) else self._every_s

    def fetch_due(self) -> int:
        """Read all that is due, one after the other; return how many those were."""
        count = 0
        for name in self._names():
            if self._stopping.is_set():
                break
            try:
                exchange = self._matcher.exchanges.get(name)  # as it is now: the one before it may have taken an hour
            except ExchangeMissingError:
                continue
            if exchange.is_enabled and self._is_due(exchange):
                self._fetch(name)
                count += 1
        return count

    def _names(self) -> list[str]:
        names = [one.name for one in self._matcher.exchanges.all()]
        for gone in self._tried.keys() - set(names):  # one that is made anew under that name begins anew
            del self._tried[gone]
            self._failures.pop(gone, None)
        return names

    def _is_due(self, exchange: Exchange) -> bool:
        if exchange.succeeded and (exchange.fetched_at or "") > self._tried.get(exchange.name, ""):
            self._failures[exchange.name] = 0  # somebody else has read it since
        now, every_s, failures = self._now().at, self.every_s(exchange), self._failures[exchange.name]
        # Each by itself: what the catalogue has may lie ahead, and stay so when a reading cannot be noted there.
        return all(
            is_due(now, last, every_s=every_s, failures=failures)
            for last in (exchange.fetched_at, self._tried.get(exchange.name))
        )

    def _fetch(self, name: str) -> None:
        started = time.monotonic()
        report = None
        try:
            report = self._matcher.exchanges.fetch(name, by=BY)
        except ExchangeInUseError:
            return  # looked at again soon: what a killed server held is read as soon as it may be
        except ExchangeStoppedError:
            self._tried[name] = self._now().at
            return
        except HaechiError as error:
            _log.warning("exchange: %s", error.code)
        except Exception as error:  # noqa: BLE001 - one partner's list must not end the reading of the others
            _log.error("exchange: %s", type(error).__name__)
        is_good = report is not None and report.is_whole
        self._failures[name] = 0 if is_good else self._failures[name] + 1
        self._tried[name] = self._now().at
        self.on_fetched(Fetched(name, report, time.monotonic() - started))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.fetch_due()
            except HaechiError as error:  # the catalogue cannot be read: asked again
                _log.warning("exchanges: %s", error.code)
            except Exception as error:  # noqa: BLE001 - nobody would notice that lists are not read any more
                _log.error("exchanges: %s", type(error).__name__)
            self._stopping.wait(LOOK_EVERY_S)
