"""Hands a member's bytes to a worker through a pipe, digesting them on the way.

The digest is made here, of the bytes that the worker was given: what a worker says of them is only its word.
"""

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from haechi.domain.evidence import Sha256
from haechi.isolation.limits import Limits
from haechi.isolation.worker import Worker

Frames = Iterator[tuple[Mapping[str, Any], bytes]]
Run = Callable[[Mapping[str, Any], int], Frames]
"""Runs one request on a descriptor and yields its frames."""

_BLOCK = 1 << 20
_LIMITS = Limits(memory=768 << 20, cpu_s=6 * 3600, files=32, blob=48 << 20)
_SILENCE_S = 300.0
"""Longest wait for a frame: a worker sends one at least every 64 MiB."""


def in_worker(task: str) -> Run:
    """Return a function that runs `task` (`module:function`) in a limited process of its own, ended after the request."""

    def run(request: Mapping[str, Any], fd: int) -> Frames:
        with Worker(task, _LIMITS) as worker:
            yield from worker.run(request, fd, timeout_s=_SILENCE_S)

    return run


class Feed:
    """A pipe that a thread fills from `stream`. `size` and `digest` are of the bytes read, once all frames are taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._read_end, self._write_end = os.pipe()
        if fcntl is not None and hasattr(fcntl, "F_SETPIPE_SZ"):  # 64 KiB otherwise: sixteen times as many wake-ups
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._write_end, fcntl.F_SETPIPE_SZ, _BLOCK)
        self._digest = hashlib.sha256()
        self._error: Exception | None = None
        self._is_left = False
        self._thread = threading.Thread(target=self._fill, name="haechi-feed", daemon=True)
        self.size = 0

    def frames(self, run: Run, request: Mapping[str, Any]) -> Frames:
        """Yield the worker's frames. Raises what the worker raises, and what reading the member raises."""
        self._thread.start()
        answer = run(request, self._read_end)
        try:
            for header, blob in answer:
                self._close_read_end()  # the worker has its own; ours would keep the pipe open after its death
                yield header, blob
        except GeneratorExit:
            self._is_left = True
            raise
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
            self._close_read_end()
            self._thread.join()
            self._stream.close()
        if self._error is not None:
            raise self._error

    @property
    def digest(self) -> Sha256:
        """SHA-256 of the bytes read so far."""
        return Sha256(self._digest.hexdigest())

    def _fill(self) -> None:
        try:
            is_read = True
            while not self._is_left and (block := self._stream.read(_BLOCK)):
                self._digest.update(block)
                self.size += len(block)
                is_read = is_read and self._write(block)
        except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
        finally:
            os.close(self._write_end)

    def _write(self, block: bytes) -> bool:
        """Say whether the worker still reads. Where it does not, the rest is digested all the same."""
        written = memoryview(block)
        try:
            while written:
                written = written[os.write(self._write_end, written) :]
        except BrokenPipeError:
            return False
        return True

    def _close_read_end(self) -> None:
        if self._read_end >= 0:
            os.close(self._read_end)
            self._read_end = -1
