"""The file in which rows are put aside that were not taken: one JSON object a line, with place, problem and how the row begins."""

import json
import os
import re
from pathlib import Path

from haechi.domain.hash_list import RefusedRow

KEPT = 20
"""Files of one list, or of one exchange, that are kept: one that is read again and again with a wrong row fills no disk either."""
_MOST_ROWS = 1_000_000  # a list that is wrong throughout fills no disk


class Quarantine:
    """One file, made with the first row that is put aside. `what` was read at `at`; `number` tells files of one moment apart."""

    def __init__(self, folder: Path, *, at: str, what: str, number: str) -> None:
        self._path = folder / f"{at}-{what}-{number}.jsonl"
        self._of_same = re.compile(rf"[0-9T-]+Z-{re.escape(what)}-[0-9a-f]+\.jsonl")
        self._descriptor: int | None = None
        self._rows = 0

    @property
    def path(self) -> Path | None:
        """Where the file is, when there is one."""
        return self._path if self._rows else None

    def __call__(self, row: RefusedRow) -> None:
        """Put a row aside."""
        self._rows += 1
        if self._rows > _MOST_ROWS:
            return
        if self._descriptor is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        line = json.dumps({"place": row.place, "problem": row.problem, "excerpt": row.excerpt}) + "\n"
        os.write(self._descriptor, line.encode())

    def close(self) -> None:
        """Close the file, durably, and remove the oldest ones before it when there are too many."""
        if self._descriptor is None:
            return
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = None
        # Names begin with the time, so they are in its order.
        older = sorted(
            one for one in self._path.parent.iterdir() if self._of_same.fullmatch(one.name) and one != self._path
        )
        for one in older[: max(0, len(older) - KEPT + 1)]:
            one.unlink(missing_ok=True)
