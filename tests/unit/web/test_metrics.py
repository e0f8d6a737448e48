"""What is counted for Prometheus."""

from haechi.web.metrics import Metrics


def test_what_was_counted_of_an_exchange_goes_away_with_it():
    metrics = Metrics()
    for name in ("GONE", "KEPT"):
        metrics.fetches.labels(name, "whole").inc()
        metrics.fetched_rows.labels(name, "added").inc(2)
        metrics.fetch_seconds.labels(name).inc(0.5)
    metrics.keep_exchanges(["KEPT"])
    told = metrics.text().decode()
    assert "GONE" not in told
    assert 'haechi_exchange_rows_total{change="added",exchange="KEPT"} 2.0' in told
