"""The real task, but for the third drawn picture (42 pixels wide), where it fails in the way its name says."""

import os
import time

from haechi.adapters.media.look import look


def _unless_third(request, fd, fail):
    rows = list(look(request, fd))
    yield from fail(rows) if rows[0][0]["width"] == 42 else rows


def crash(request, fd):
    return _unless_third(request, fd, lambda _: os._exit(1))


def hang(request, fd):
    return _unless_third(request, fd, lambda _: time.sleep(600))


def lie(request, fd):
    """Answer with what a hash is not, and with names that no finding has."""
    lies = [({"width": 42, "prints": [["00", 10, "upright", "whole", None]], "findings": [["<script>", {}]]}, b"")]
    return _unless_third(request, fd, lambda _: lies)


def silence(request, fd):
    return _unless_third(request, fd, lambda _: [])
