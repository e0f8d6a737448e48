"""The ports that haechi answers at, each with what it allows."""

import uvicorn
from starlette.applications import Starlette

from haechi.adapters.http_server import Bounds, bind, make_server

__all__ = ["bind", "make_match_server", "make_witness_server"]

_MATCH = Bounds(connections=1_000, keep_alive_s=75, grace_s=30)
_WITNESS = Bounds(connections=100, keep_alive_s=30, grace_s=5)


def make_match_server(app: Starlette) -> uvicorn.Server:
    """Return what serves the match server's application: programs ask it all day, on connections that they keep."""
    return make_server(app, _MATCH)


def make_witness_server(app: Starlette) -> uvicorn.Server:
    """Return what serves a witness's application: a log asks it once in a while."""
    return make_server(app, _WITNESS)
