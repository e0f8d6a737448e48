"""A match server over a matcher in a new folder, asked without a port."""

from contextlib import ExitStack, closing

import pytest

from drawn_match_server import Server
from haechi.bootstrap.match_serving import file_hasher


@pytest.fixture(scope="session")
def hasher():
    """The program's own, with one worker that all tests share."""
    with closing(file_hasher(1)) as hashing:
        yield hashing


@pytest.fixture
def make_server(tmp_path, hasher):
    with ExitStack() as stack:
        yield lambda **facts: Server(tmp_path / "matcher", stack, hasher, **facts)


@pytest.fixture
def server(make_server):
    return make_server()
