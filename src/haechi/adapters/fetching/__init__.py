"""Files from addresses that strangers name, fetched without letting them reach into this machine's own network."""

from haechi.adapters.fetching.fetcher import GuardedFetcher

__all__ = ["GuardedFetcher"]
