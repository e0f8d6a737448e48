"""Group commit: whoever comes while the disk is being waited for is written together at the next turn."""

from collections.abc import Callable
from threading import Condition
from typing import Any

import numpy.typing as npt


class Batch:
    """What one caller wants to have written."""

    __slots__ = ("error", "is_done", "records")

    def __init__(self, records: npt.NDArray[Any]) -> None:
        self.records = records
        self.is_done = False
        self.error: Exception | None = None


class GroupCommit:
    """Lets one of the waiting callers write for all of them."""

    def __init__(self, write: Callable[[list[Batch]], None]) -> None:
        """Take what writes batches: it sets the `error` of those that were not written, and raises nothing."""
        self._write = write
        self._changed = Condition()
        self._waiting: list[Batch] = []
        self._is_writing = False

    def submit(self, records: npt.NDArray[Any]) -> None:
        """Return when the records are on the disk and in the next answer; raise what kept them from it."""
        batch = Batch(records)
        with self._changed:
            self._waiting.append(batch)
            while self._is_writing and not batch.is_done:
                self._changed.wait()
            if not batch.is_done:
                self._is_writing = True
                group, self._waiting = self._waiting, []
        if not batch.is_done:
            try:
                self._write(group)
            finally:
                with self._changed:
                    self._is_writing = False
                    for one in group:
                        one.is_done = True
                    self._changed.notify_all()
        if batch.error is not None:
            raise batch.error
