"""What the server counts, in Prometheus' format: requests, lookups, the index. No key's secret, no hash, no address."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from haechi.ports.index import IndexStatus

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.seconds = Histogram(
            "haechi_request_seconds", "Time to answer", ["operation"], registry=self._registry, buckets=_SECONDS
        )
        self.answers = Counter("haechi_answers", "Answers by status", ["operation", "status"], registry=self._registry)
        self.lookups = Counter("haechi_lookups", "Hashes and files asked for", ["key"], registry=self._registry)
        self.found = Counter("haechi_found", "Lookups that found something", ["key"], registry=self._registry)
        self.uploads = Gauge("haechi_uploads", "Files being read or hashed", registry=self._registry)
        self.fetches = Counter(
            "haechi_exchange_fetches",
            "Readings of a partner that ended",
            ["exchange", "result"],
            registry=self._registry,
        )
        self.fetched_rows = Counter(
            "haechi_exchange_rows", "What readings changed", ["exchange", "change"], registry=self._registry
        )
        self.fetch_seconds = Counter(
            "haechi_exchange_fetch_seconds", "Time spent reading a partner", ["exchange"], registry=self._registry
        )

    def watch(self, counts: Collector) -> None:
        """Tell of the index or the exchanges at each reading."""
        self._registry.register(counts)

    def keep_exchanges(self, names: Collection[str]) -> None:
        """Forget what was counted of exchanges that are not among these: they were removed."""
        for counter in (self.fetches, self.fetched_rows, self.fetch_seconds):
            told = {sample.labels["exchange"] for family in counter.collect() for sample in family.samples}
            for gone in told.difference(names):
                counter.remove_by_labels({"exchange": gone})

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return generate_latest(self._registry)


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """One exchange as it stands: `failures` are those in a row."""

    name: str
    is_enabled: bool
    is_running: bool
    is_up_to_date: bool
    fetched_at: str | None
    failures: int


class ExchangeCounts(Collector):
    """How far partners were read, asked when somebody reads it."""

    def __init__(self, states: Callable[[], Sequence[ExchangeState]]) -> None:
        self._states = states

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name nothing in advance."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each exchange's figures."""
        states = self._states()
        for name, told, value in (
            ("haechi_exchange_enabled", "Whether it is read by itself", lambda one: one.is_enabled),
            ("haechi_exchange_running", "Whether it is being read", lambda one: one.is_running),
            ("haechi_exchange_up_to_date", "Whether the last reading came to its end", lambda one: one.is_up_to_date),
            (
                "haechi_exchange_fetched_seconds",
                "When it was last tried, Unix time",
                lambda one: _seconds(one.fetched_at),
            ),
            ("haechi_exchange_failures", "Readings in a row that failed", lambda one: one.failures),
        ):
            family = GaugeMetricFamily(name, told, labels=["exchange"])
            for one in states:
                family.add_metric([one.name], float(value(one)))
            yield family


def _seconds(at: str | None) -> float:
    return datetime.fromisoformat(at).timestamp() if at else 0.0


class IndexCounts(Collector):
    """The index's own figures, asked when somebody reads them."""

    def __init__(self, status: Callable[[], IndexStatus | None]) -> None:
        self._status = status

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name nothing in advance: the index may not be ready."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the index's figures."""
        status = self._status()
        if status is None:
            return
        for name, told, value in (
            ("haechi_index_hashes", "Hashes that can be found", status.rows),
            ("haechi_index_segments", "Segment files", status.segments),
            ("haechi_index_memory_bytes", "Memory", status.in_memory),
            ("haechi_index_disk_bytes", "Disk", status.bytes_on_disk),
            ("haechi_index_merging", "Whether a merge runs", int(status.is_merging)),
            ("haechi_index_damaged_segments", "Damaged segments", len(status.damaged)),
        ):
            yield GaugeMetricFamily(name, told, value)
