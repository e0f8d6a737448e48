"""What the operations work with: the matcher, what hashes and fetches files, who may come in, and the limits."""

import asyncio
import contextlib
import contextvars
import ipaddress
import itertools
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request

from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import ContentNumber, Depicted, SignalType
from haechi.domain.errors import (
    BankMissingError,
    ContentMissingError,
    HaechiError,
    RequestRefusedError,
    UnavailableError,
)
from haechi.domain.fingerprint import Expansion
from haechi.domain.lookup import Answer, Query
from haechi.ports.fetching import Fetcher
from haechi.ports.index import IndexStatus
from haechi.web.gate import Gate
from haechi.web.lookups import Lookups, Scope
from haechi.web.metrics import ExchangeCounts, ExchangeState, IndexCounts, Metrics

if TYPE_CHECKING:
    from haechi.bootstrap.matcher import Matcher
    from haechi.bootstrap.matcher_fetching import ExchangeFetching, Fetched

UPLOADS_AT_ONCE = 8  # of up to 100 MB each, in memory
UPLOADS_WAITING = 64
_THREADS = 16
_FETCHES = 4  # at once, all but one of them waiting: each holds a thread, for an hour perhaps
_LOOPBACK_NAMES = ("localhost",)
_KEYLESS_LOOKUPS = 1_000_000_000

_log = logging.getLogger("haechi.web")
Result = TypeVar("Result")
HashFile = Callable[[int, str, Expansion], Query]
"""descriptor, `photo` or `video`, how many: returns the file's hashes, its own first. Raises errors of ours."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server answers.

    `depicted` is the kind of list that requests in HMA's form mean: they cannot say it. `keyless` is the role of a request
    without a key. `hosts` are the names under which a keyless server may be called, beside this machine's own: otherwise any web page
    could have a browser on this machine ask it under a name of its own (DNS rebinding). `expansion` is how many hashes are made of a file
    that is looked up.
    """

    depicted: Depicted = Depicted.ADULT
    keyless: ApiRole | None = None
    hosts: tuple[str, ...] = ()
    expansion: Expansion = Expansion.RECTANGLES
    most_batch: int = 10_000
    lookup_threads: int = max(1, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class State:
    """How far the index is. `built_to` is Unix seconds up to which it holds everything, -1 when there is none."""

    is_ready: bool
    is_current: bool
    built_to: int
    hashes: int
    contents: int

    def size(self, kind: SignalType) -> int:
        """Return how many hashes are held: those that are near or far lie in one index, exact ones at their contents."""
        return self.contents if kind.is_exact else self.hashes


class Service:
    """One server's parts, closed together."""

    def __init__(
        self,
        matcher: "Matcher",
        *,
        hash_file: HashFile,
        fetcher: Fetcher,
        settings: Settings,
        openapi: str = "",
        paths: Sequence[str] = (),
        closing: Sequence[Callable[[], None]] = (),
        warm: Callable[[], None] | None = None,
        on_ready: Callable[[], None] = lambda: None,
        exchanges: "ExchangeFetching | None" = None,
    ) -> None:
        self.matcher = matcher
        self.exchanges = exchanges
        self.hash_file = hash_file
        self.fetcher = fetcher
        self.settings = settings
        self.openapi = openapi
        self.paths = tuple(paths)
        self.nobody = ApiKey("", "", ApiRole.HASHER, 0, "")
        keyless = None
        if settings.keyless is not None:
            keyless = ApiKey("keyless", "", settings.keyless, _KEYLESS_LOOKUPS, "")
        self.threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="web")
        self.gate = Gate(matcher.key, self._tell, self._tell_soon, keyless=keyless)
        self._lookups = Lookups(self._ask, threads=settings.lookup_threads)
        self.metrics = Metrics()
        self.metrics.watch(IndexCounts(self.index_status))
        self.metrics.watch(ExchangeCounts(self._exchange_states))
        if exchanges is not None:
            exchanges.on_fetched = self._count_fetched
        self._closing = tuple(closing)
        self._uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._fetches = threading.BoundedSemaphore(_FETCHES)
        self._waiting = 0
        self._is_warm = warm is None
        self._is_closing = False
        self._on_ready = on_ready
        self._warming = threading.Thread(target=self._warm, args=(warm,), name="haechi-warming", daemon=True)

    async def look_up(self, by: ApiKey, queries: Sequence[Query], scope: Scope) -> list[Answer]:
        """Ask for a key: count it, limit it, and watch what it finds. Raises `UnavailableError` before the server is ready."""
        if not self._is_warm:
            raise UnavailableError
        self.gate.take(by, len(queries))
        answers = await self._lookups.ask(queries, scope)
        for probed in self.gate.watch(by, answers):
            self._tell_soon(by.name, "lookups-probing", {"content": probed})
        self.metrics.lookups.labels(by.name).inc(len(queries))
        self.metrics.found.labels(by.name).inc(sum(bool(answer.hits) for answer in answers))
        return answers

    def banks_of(self, contents: Iterable[ContentNumber]) -> dict[int, str]:
        """Return which negative banks hold these contents."""
        found: dict[int, str] = {}
        for number, bank in itertools.product(contents, self.matcher.banks()):
            if bank.is_negative and number not in found:
                with contextlib.suppress(ContentMissingError, BankMissingError):
                    found[number] = self.matcher.content(bank.name, number).bank
        return found

    async def in_thread(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Do work that waits for a disk or a lock in a thread, in the language in use."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.threads, context.run, work, *arguments)

    def state(self) -> "State":
        """Return how far the index is."""
        status = self.index_status()
        if status is None or not self._is_warm:
            return State(is_ready=False, is_current=False, built_to=-1, hashes=0, contents=0)
        is_current = self.matcher.is_current()
        built_to = int(time.time()) if is_current else 0
        return State(
            is_ready=True,
            is_current=is_current,
            built_to=built_to,
            hashes=status.rows,
            contents=sum(self.matcher.sizes().values()),
        )

    def index_status(self) -> IndexStatus | None:
        """Return the index's status, or None while it is not ready."""
        try:
            return self.matcher.index_status()
        except HaechiError:
            return None

    def metrics_text(self) -> bytes:
        """Return everything that is counted, without exchanges that were removed."""
        with contextlib.suppress(HaechiError):
            self.metrics.keep_exchanges([one.name for one in self.matcher.exchanges.all()])
        return self.metrics.text()

    def follow(self) -> None:
        """Bring the index up to the catalogue if others have written there."""
        if not self.matcher.is_current():
            self.matcher.follow()

    def is_ready(self) -> bool:
        """Say whether lookups are answered: all is compiled, the index is at hand and the catalogue answers."""
        try:
            self.matcher.banks()
        except HaechiError:
            return False
        return self._is_warm and self.index_status() is not None

    def start(self) -> None:
        """Begin what goes on in the background: getting ready, and then reading partners where that was asked for. Once is enough."""
        if self._warming.ident is None:
            self._warming.start()

    def wait_until_ready(self) -> None:
        """Return when everything is compiled."""
        self._warming.join()

    @asynccontextmanager
    async def uploading(self) -> AsyncIterator[None]:
        """Hold a place for one file in memory. Raises `UnavailableError` when too many wait already."""
        if self._waiting >= UPLOADS_WAITING:
            raise UnavailableError
        self._waiting += 1
        try:
            async with self._uploads:
                self.metrics.uploads.inc()
                try:
                    yield
                finally:
                    self.metrics.uploads.dec()
        finally:
            self._waiting -= 1

    @contextlib.contextmanager
    def fetching(self) -> Iterator[None]:
        """Hold a thread for reading a partner. Raises `UnavailableError` when too many wait already: others need threads, too."""
        if not self._fetches.acquire(blocking=False):
            raise UnavailableError
        try:
            yield
        finally:
            self._fetches.release()

    def check_host(self, request: Request) -> None:
        """Raise `RequestRefusedError` when a server without keys is called by a name that is not its own."""
        if self.settings.keyless is None:
            return
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        if name not in (*_LOOPBACK_NAMES, *self.settings.hosts) and not _is_number(name):
            raise RequestRefusedError(place="header.host", problem="host")

    def check_origin(self, request: Request) -> None:
        """Raise `RequestRefusedError` for a change that another site's page makes a browser send with its stored key."""
        if request.method in ("GET", "HEAD"):
            return
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        own = request.headers.get("host", "").lower()
        is_foreign = site in ("cross-site", "same-site") or (
            site is None and origin is not None and urlsplit(origin).netloc.lower() != own
        )
        if is_foreign:
            raise RequestRefusedError(place="header.origin", problem="other-site")

    def _ask(self, queries: Sequence[Query], scope: Scope) -> list[Answer]:
        return self.matcher.look_up(
            queries,
            banks=scope.banks,
            depicted=scope.depicted,
            least=scope.least,
            most=scope.most,
            seed=scope.seed,
            every=scope.every,
        )

    def _warm(self, warm: Callable[[], None] | None) -> None:
        try:
            if warm is not None:
                warm()
        except Exception as error:  # noqa: BLE001 - a machine where it fails answers the first lookups late, but answers
            _log.error("getting ready: %s", type(error).__name__)
        self._is_warm = True
        if self.exchanges is not None and not self._is_closing:
            self.exchanges.start()
        self._on_ready()  # last: telling it may fail, where nobody reads any more

    def _exchange_states(self) -> list[ExchangeState]:
        try:
            kept = self.matcher.exchanges.all()
        except HaechiError:
            return []
        return [
            ExchangeState(
                one.name,
                is_enabled=one.is_enabled,
                is_running=self.matcher.exchanges.fetching_since(one.name) is not None,
                is_up_to_date=bool(one.succeeded),
                fetched_at=one.fetched_at,
                failures=self.exchanges.failures(one.name) if self.exchanges is not None else 0,
            )
            for one in kept
        ]

    def _count_fetched(self, fetched: "Fetched") -> None:
        report = fetched.report
        result = "failed" if report is None else "whole" if report.is_whole else "cut"
        self.metrics.fetches.labels(fetched.exchange, result).inc()
        self.metrics.fetch_seconds.labels(fetched.exchange).inc(fetched.seconds)
        for change in ("added", "replaced", "withdrawn", "refused", "held"):
            count = 0 if report is None else getattr(report, change)
            self.metrics.fetched_rows.labels(fetched.exchange, change).inc(count)

    def _tell_soon(self, by: str, action: str, facts: Mapping[str, object]) -> None:
        self.threads.submit(self._tell, by, action, facts)

    def _tell(self, by: str, action: str, facts: Mapping[str, object]) -> None:
        self.matcher.tell(action, facts, by=by)

    def close(self) -> None:
        """Tell what is still to be told, end the threads and close the matcher."""
        self._is_closing = True
        if self._warming.is_alive():
            self.wait_until_ready()  # compiling cannot be broken off
        if self.exchanges is not None:
            self.exchanges.close()
        self.matcher.exchanges.stop()  # what a request began
        self.threads.shutdown(wait=True, cancel_futures=True)
        self._lookups.close()
        self.gate.close()
        for close in self._closing:
            close()
        self.matcher.close()


def _is_number(name: str) -> bool:
    """Say whether a host is an address, which no page's name can be made to point to."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
