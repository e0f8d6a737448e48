"""An open port: bounded in connections, heads and silence, whatever application answers behind it."""

from haechi.adapters.http_server.listening import bind
from haechi.adapters.http_server.server import Bounds, make_server

__all__ = ["Bounds", "bind", "make_server"]
