"""Partners whose lists are taken into a matcher's banks: which there are, what they know this machine by, and reading them."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from haechi.bootstrap.matcher_lists import put_aside, told
from haechi.domain.bank import Tier
from haechi.domain.errors import CredentialsUnreadableError, ExchangeCannotError, ExchangeMissingError
from haechi.domain.fetch_schedule import LEAST_EVERY_S, MOST_EVERY_S
from haechi.domain.hash_list import ImportReport
from haechi.flows.exchange_hashes import fetch_exchange
from haechi.flows.hold_exchange import HeldExchange, held_exchange
from haechi.flows.matcher_tools import MatcherTools, find_exchange, need_bank
from haechi.ports.catalogue import AuditLine, Exchange
from haechi.ports.exchange import ExchangeClient

_CREDENTIALS = "exchange-credentials.json"
_LOOK_EVERY_S = 5.0
"""While nothing is written, how often a reading looks whether it is still wanted, and says that it goes on: a commit each time."""


def exchange_apis() -> Sequence[str]:
    """Return the partners that can be asked."""
    from haechi.adapters.exchanges import clients

    return sorted(clients())


class MatcherExchanges:
    """The exchanges of one matcher. Partners are read one at a time, whoever asks for it; `lists` is the folder out of which `local_file` reads."""

    def __init__(self, tools: MatcherTools, folder: Path, lists: Path | None) -> None:
        self._tools = tools
        self._folder = folder
        self._lists = None if lists is None else lists.resolve()
        self._turn = threading.Lock()
        self._keeping = threading.Lock()
        self._stopping = threading.Event()
        self._running: tuple[str, str] | None = None

    def all(self) -> Sequence[Exchange]:
        """Return the exchanges by name."""
        return self._tools.catalogue.exchanges()

    def get(self, name: str) -> Exchange:
        """Return one. Raises `ExchangeMissingError`."""
        found = find_exchange(self._tools, name)
        if found is None:
            raise ExchangeMissingError(exchange=name)
        return found

    def set(
        self, name: str, *, bank: str, api: str, settings: Mapping[str, object], is_enabled: bool = True, by: str
    ) -> Exchange:
        """Return an exchange, made or changed; where its reading stands is kept, unless its list is another one.

        Raises `BankMissingError`, `ExchangeCannotError` for an `api` that is none of `exchange_apis()`, and for a `tier` or `fetch_every_s` that cannot be.
        """
        into = need_bank(self._tools, bank)
        if api not in exchange_apis():
            raise ExchangeCannotError(exchange=name, problem="api")
        every = settings.get("fetch_every_s", LEAST_EVERY_S)
        if not isinstance(every, int) or not LEAST_EVERY_S <= every <= MOST_EVERY_S:
            raise ExchangeCannotError(exchange=name, problem="fetch-every")
        if settings.get("tier", Tier.WORKER_VERIFIED) not in tuple(Tier):
            raise ExchangeCannotError(exchange=name, problem="tier")
        fresh = Exchange(name, into.name, api, dict(settings), is_enabled)
        with self._tools.catalogue.begin() as writer:
            # Read within: a reading that goes on keeps its place meanwhile.
            kept = find_exchange(self._tools, name)
            if kept is not None and kept.is_same_list(fresh):
                fresh = replace(kept, settings=fresh.settings, is_enabled=is_enabled)
            writer.set_exchange(fresh)
            facts = {"exchange": name, "bank": into.name, "api": api, "enabled": is_enabled}
            writer.tell(AuditLine(self._tools.now().at, by, "set-exchange", facts))
        return fresh

    def remove(self, name: str, *, by: str) -> None:
        """Forget an exchange; what it brought stays in its bank. Raises `ExchangeMissingError`."""
        with self._tools.catalogue.begin() as writer:
            writer.remove_exchange(name)
            writer.tell(AuditLine(self._tools.now().at, by, "remove-exchange", {"exchange": name}))

    def fetch(self, name: str, *, tier: Tier | None = None, by: str) -> ImportReport:
        """Read a partner's list over the network, from where the last reading ended; wait while another one is read.

        Only what a person started calls this. `tier` is whose word the list is, if not what the exchange says. Raises `ExchangeMissingError`,
        `ExchangeInUseError` when another server reads it, `ExchangeFailedError`, `ExchangeStoppedError` after `stop`, and `ExchangeEndedError` when it
        is switched off, removed or changed to another list meanwhile.
        """
        from haechi.adapters.exchanges import Asking

        with self._turn, held_exchange(self._tools, name) as held:
            exchange = held.exchange
            asking = Asking(name, sleep=self._stopping.wait, is_stopping=self._watch(held))
            word = tier or Tier(str(exchange.settings.get("tier", Tier.WORKER_VERIFIED)))
            self._running = name, self._tools.now().at
            try:
                asking.go_on()
                with put_aside(self._tools, self._folder, f"exchange-{name}") as refuse:
                    make_client = partial(self._client, exchange, asking)
                    report = fetch_exchange(self._tools, held, make_client, tier=word, by=by, refuse=refuse)
                    return replace(report, quarantine=told(refuse))
            finally:
                self._running = None

    def fetching_since(self, name: str) -> str | None:
        """Return when the reading of this partner began that goes on now."""
        running = self._running
        return running[1] if running is not None and running[0] == name else None

    def stop(self) -> None:
        """End the reading that goes on, and return when it has; there is no other one afterwards."""
        self._stopping.set()
        with self._turn:
            pass

    def set_credentials(self, api: str, credentials: Mapping[str, str], *, by: str) -> None:
        """Keep what a partner knows this machine by, in a file of its own that only this account reads; they are in no answer and no audit.

        Raises `CredentialsUnreadableError` for a file that is there and cannot be read: writing it anew would lose the others'.
        """
        with self._keeping:
            kept = self._kept_credentials()
            kept.pop(api, None)
            if credentials:
                kept[api] = dict(credentials)
            place = self._folder / _CREDENTIALS
            part = place.with_name(place.name + ".part")
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(json.dumps(kept).encode())
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(place)
        with self._tools.catalogue.begin() as writer:
            writer.tell(AuditLine(self._tools.now().at, by, "set-credentials", {"api": api}))

    def has_credentials(self, api: str) -> bool:
        """Say whether something is kept for this partner."""
        return bool(self._credentials(api))

    def _client(self, exchange: Exchange, asking: Callable[..., object]) -> ExchangeClient:
        from haechi.adapters.exchanges import clients

        make = clients(self._lists)[exchange.api]
        return make(asking, exchange.settings, self._credentials(exchange.api), now=self._tools.now)

    def _watch(self, held: HeldExchange) -> Callable[[], bool]:
        """Return what a reading asks again and again: it says whether the program ends, and raises when the exchange is no longer to be read."""
        looked_at = time.monotonic()

        def is_stopping() -> bool:
            nonlocal looked_at
            if self._stopping.is_set():
                return True
            if time.monotonic() - looked_at >= _LOOK_EVERY_S:
                held.go_on()
                looked_at = time.monotonic()
            return False

        return is_stopping

    def _credentials(self, api: str) -> Mapping[str, str]:
        found = self._kept_credentials().get(api)
        return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}

    def _kept_credentials(self) -> dict[str, object]:
        place = self._folder / _CREDENTIALS
        try:
            found = json.loads(place.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise CredentialsUnreadableError(path=str(place), problem="unreadable") from error
        except (ValueError, RecursionError) as error:
            raise CredentialsUnreadableError(path=str(place), problem="damaged") from error
        if not isinstance(found, dict):
            raise CredentialsUnreadableError(path=str(place), problem="damaged")
        return found
