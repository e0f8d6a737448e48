"""One limited child process that runs one task for its caller, request after request, and is replaced when it fails."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from types import TracebackType
from typing import Any, Self

from haechi.domain.errors import WorkerCrashedError, WorkerRefusedError, WorkerTimeoutError
from haechi.isolation import frames
from haechi.isolation.limits import Limits

# One thread each: there are as many workers as cores, and a decoder's thread is another way to hang.
_ENVIRONMENT = {
    "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath,
}  # fmt: skip
_GRACE_S = 5.0


class Worker:
    """A child process that runs `task` (`package.module:function`), started at the first request.

    `paths` are further folders to import the task from. One request at a time. On Linux the child dies with the
    thread that started it, so a worker belongs to a thread that outlives it.
    """

    def __init__(self, task: str, limits: Limits, *, paths: Sequence[str] = ()) -> None:
        self._task = task
        self._limits = limits
        self._paths = tuple(paths)
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._is_stopped = False
        self._channel: socket.socket | None = None
        self._reader: frames.Reader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The running child's process number, or None."""
        return self._process.pid if self._process else None

    def run(
        self, request: Mapping[str, Any], fd: int | None = None, *, timeout_s: float
    ) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Send `request` and yield the frames of the answer as they come; the child waits while they are not taken.

        `fd` is handed to the child, which gets its own copy. `timeout_s` is how long the child may stay silent before
        each frame: time the caller spends between frames is not counted. A frame longer than the limits, or no frame
        at all, counts as a crash. Whenever the answer is not taken to its end the child is killed; the next request
        starts a new one. Raises `WorkerCrashedError`, `WorkerTimeoutError`, `WorkerRefusedError`.
        """
        done = False
        try:
            reader = self._send(request, fd)
            while True:
                frame = reader.read(within_s=timeout_s)
                if frame is None:
                    raise self._crash()
                header, blob = frame
                if "end" in header:
                    done = True
                    return
                if "error" in header:
                    raise _refusal(header["error"])
                row = header.get("row")
                if not isinstance(row, dict):
                    raise WorkerCrashedError(reason="frame")
                yield row, blob
        except TimeoutError as error:
            raise WorkerTimeoutError(seconds=timeout_s) from error
        except frames.BrokenFrameError as error:
            raise self._crash(reason="frame") from error
        except OSError as error:
            raise self._crash() from error
        finally:
            if not done:
                self._end()

    def stop(self) -> None:
        """End the child at once and start none any more, from any thread.

        A request under way, or one that was about to begin, ends with `WorkerCrashedError`.
        """
        with self._starting:  # a child that is being started now would otherwise outlive this
            self._is_stopped = True
            process = self._process
        if process is not None:
            _kill(process)

    def close(self) -> None:
        """Let the child end by itself: it does when nobody is at the other end. One that does not is killed."""
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            try:
                self._process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self._end()
        self._forget()

    def _send(self, request: Mapping[str, Any], fd: int | None) -> frames.Reader:
        if self._process is not None and self._process.poll() is not None:
            self._forget()  # it ended while idle
        if self._channel is None or self._reader is None:
            self._channel, self._reader = self._start()
        self._channel.settimeout(_GRACE_S)
        frames.write(self._channel, request, fd=fd)
        return self._reader

    def _start(self) -> tuple[socket.socket, frames.Reader]:
        ours, theirs = socket.socketpair()
        command = [
            sys.executable, "-I", "-B", "-X", "utf8", "-m", "haechi.isolation.child",
            str(theirs.fileno()), str(os.getpid()), self._task, json.dumps(astuple(self._limits)), json.dumps(self._paths),
        ]  # fmt: skip
        with theirs, self._starting:
            if self._is_stopped:
                ours.close()
                raise WorkerCrashedError(reason="stopped")
            try:
                self._process = subprocess.Popen(  # noqa: S603 -- this Python and our own module
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,  # decoders print parts of what they read
                    pass_fds=(theirs.fileno(),),
                    env=_ENVIRONMENT,
                    start_new_session=True,  # Ctrl-C reaches the caller, who then ends the worker
                )
            except OSError:
                ours.close()
                raise
        return ours, frames.Reader(ours, blob_limit=self._limits.blob)

    def _crash(self, reason: str = "ended") -> WorkerCrashedError | WorkerTimeoutError:
        """Say how the child ended; one that used up its processor time was too slow rather than broken."""
        status: int | None = None
        if self._process is not None:
            try:
                status = self._process.wait(0.5)  # the socket closes a moment before the process has ended
            except subprocess.TimeoutExpired:
                status = None
        if status == -signal.SIGXCPU:
            return WorkerTimeoutError(seconds=self._limits.cpu_s)
        return WorkerCrashedError(reason=reason if status is None else "ended", status=status)

    def _end(self) -> None:
        if self._process is not None:
            _kill(self._process)
            self._process.wait()
        self._forget()

    def _forget(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = self._reader = None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child and what it may have started. It leads its own session, so nobody else is hit."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)


def _refusal(claimed: object) -> WorkerRefusedError:
    """Build the error from what the child says of itself, which is only words."""
    facts = claimed if isinstance(claimed, dict) else {}
    return WorkerRefusedError(**{key: str(facts.get(key, ""))[:200] for key in ("error", "at", "refusal")})
