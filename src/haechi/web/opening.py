"""Puts a server together: the matcher in its folder, what hashes and fetches files, and the application."""

from collections.abc import Collection
from pathlib import Path

from starlette.applications import Starlette

from haechi.bootstrap.match_serving import fetcher, file_hasher
from haechi.bootstrap.matcher import Matcher, open_matcher
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
) -> Starlette:
    """Return the application that serves the matcher in `folder`. Raises as `open_matcher` does.

    `trusted` are hosts of files that may have private addresses. The application's lifespan closes everything.
    """
    fetching = fetcher(trusted)
    hashing = file_hasher(hash_workers)
    try:
        matcher = matcher or open_matcher(folder, catalogue_url=catalogue_url)
        # The first search loads the compiled kernels, some seconds at an installation's first: nobody should wait for that.
        matcher.look_up([Query.of(Signal(SignalType.PDQ, bytes(SignalType.PDQ.size)))], depicted=settings.depicted)
    except BaseException:
        hashing.close()
        fetching.close()
        raise
    return make_app(
        Service(
            matcher,
            hash_file=hashing.hash_file,
            fetcher=fetching,
            settings=settings,
            openapi=openapi_text(OPERATIONS),
            paths=sorted({one.path for one in OPERATIONS}),
            closing=(hashing.close, fetching.close),
        )
    )
