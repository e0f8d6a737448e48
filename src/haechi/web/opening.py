"""Puts a server together: the matcher in its folder, what hashes and fetches files, and the application."""

from collections.abc import Callable, Collection
from pathlib import Path

from starlette.applications import Starlette

from haechi.bootstrap.match_serving import fetcher, file_hasher, warm_index
from haechi.bootstrap.matcher import Matcher
from haechi.bootstrap.matcher_fetching import ExchangeFetching
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Signal, SignalType
from haechi.domain.lookup import Query
from haechi.web.application import make_app
from haechi.web.openapi import openapi_text
from haechi.web.service import Service, Settings
from haechi.web.table import OPERATIONS


def open_app(
    folder: Path,
    settings: Settings,
    *,
    catalogue_url: str | None = None,
    trusted: Collection[str] = (),
    hash_workers: int | None = None,
    matcher: Matcher | None = None,
    lists: Path | None = None,
    fetch_every_s: float | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> Starlette:
    """Return the application that serves the matcher in `folder`. Raises as `open_matcher` does.

    `trusted` are hosts of files that may have private addresses; `lists` is the folder out of which exchanges read files. With `fetch_every_s` exchanges
    are read by themselves, without it only when somebody asks. The application is alive at once and ready when the kernels are compiled: then
    `on_ready` is called, in a thread. Its lifespan closes everything.
    """
    fetching = fetcher(trusted)
    hashing = file_hasher(hash_workers)
    try:
        matcher = matcher or open_matcher(folder, catalogue_url=catalogue_url, lists=lists)
    except BaseException:
        hashing.close()
        fetching.close()
        raise

    def warm() -> None:
        warm_index()
        # The lookup's own way, too: it may lead to other processes.
        matcher.look_up([Query.of(Signal(SignalType.PDQ, bytes(SignalType.PDQ.size)))], depicted=settings.depicted)
        hashing.warm()

    return make_app(
        Service(
            matcher,
            hash_file=hashing.hash_file,
            fetcher=fetching,
            settings=settings,
            openapi=openapi_text(OPERATIONS),
            paths=sorted({one.path for one in OPERATIONS}),
            closing=(hashing.close, fetching.close),
            warm=warm,
            on_ready=on_ready,
            exchanges=None if fetch_every_s is None else ExchangeFetching(matcher, every_s=fetch_every_s),
        )
    )
