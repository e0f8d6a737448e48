"""A match server over a matcher in a new folder, asked without a port."""

from starlette.testclient import TestClient

from brute_index import BruteIndex
from haechi.bootstrap.match_serving import fetcher
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.api_key import ApiRole
from haechi.web.application import make_app
from haechi.web.openapi import openapi_text
from haechi.web.service import Service, Settings
from haechi.web.table import OPERATIONS


class Server:
    """A matcher, its service, and clients with a key of each role."""

    def __init__(self, folder, stack, hasher, *, settings=None, trusted=(), warm=None):
        self.matcher = open_matcher(folder, index=BruteIndex())
        self.service = Service(
            self.matcher,
            hash_file=hasher.hash_file,
            fetcher=fetcher(trusted),
            settings=settings or Settings(),
            openapi=openapi_text(OPERATIONS),
            paths=sorted({one.path for one in OPERATIONS}),
            warm=warm,
        )
        self.app = make_app(self.service)
        self.bare = stack.enter_context(TestClient(self.app, raise_server_exceptions=False))

    def key(self, role, *, name=None, lookups_per_minute=1_000_000):
        return self.matcher.add_key(name or role.value, role, lookups_per_minute=lookups_per_minute, by="test")

    def client(self, role=ApiRole.CURATOR, **facts):
        client = TestClient(self.app, raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {self.key(role, **facts)}"
        client.portal = self.bare.portal
        return client
