"""The worker process: binds itself to its limits, imports its task, answers requests until its caller closes.

Started as `python -I -B -m haechi.isolation.child SOCKET CALLER TASK LIMITS PATHS`: the socket's number, the
caller's process number, the task's import string, and two JSON lists.
"""

import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from haechi.domain.errors import HaechiError
from haechi.isolation import frames, limits

Task = Callable[[Mapping[str, Any], int | None], Iterator[tuple[Mapping[str, Any], bytes]]]


def main(arguments: list[str]) -> None:
    """Serve requests on the socket whose number is the first argument."""
    number, caller, name, bounds, paths = arguments
    allowed = limits.Limits(*json.loads(bounds))
    limits.apply(allowed)
    if hasattr(os, "getppid") and os.getppid() != int(caller):
        return  # it died before the system was told to end this process with it
    limits.grant_time(allowed.cpu_s)
    sys.path.extend(json.loads(paths))
    channel = socket.socket(fileno=int(number))
    task: Task | None = None
    for request, _, fd in frames.Reader(channel, blob_limit=allowed.blob).frames():
        limits.grant_time(allowed.cpu_s)
        try:
            task = task or _find(name)
            for row, blob in task(request, fd):
                frames.write(channel, {"row": row}, blob)
            frames.write(channel, {"end": True})
        except BrokenPipeError:
            return
        except BaseException as error:  # noqa: BLE001 -- whatever it was, the caller must hear that it ended
            frames.write(channel, {"error": _describe(error)})
        finally:
            if fd is not None:
                os.close(fd)


def _find(name: str) -> Task:
    module, _, function = name.partition(":")
    task: Task = getattr(import_module(module), function)
    return task


def _describe(error: BaseException) -> dict[str, str]:
    """Say what went wrong and where in our code, without the error's own words: they may quote the file."""
    trace = traceback.extract_tb(error.__traceback__)
    place = f"{trace[-1].name}:{trace[-1].lineno}" if trace else ""
    refusal = error.code if isinstance(error, HaechiError) else ""
    return {"error": type(error).__name__, "at": place, "refusal": refusal}


if __name__ == "__main__":
    main(sys.argv[1:])
