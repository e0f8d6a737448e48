"""How far a long task is: a bar with the time left on a terminal, a plain line now and then elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from haechi.cli import screen
from haechi.language import _
from haechi.language.words import stage as stage_words

REFRESH_S = 0.1
LINE_EVERY_S = 15.0  # without a terminal: often enough to see that it lives, rare enough for a log


class ShownProgress:
    """A `haechi.ports.progress.Progress` on standard error; a context manager, since a bar must be taken down."""

    def __init__(self) -> None:
        self._console = screen.err()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._stage = ""
        self._told_at = 0.0 if self._console.is_terminal else time.monotonic()

    def __enter__(self) -> Self:
        """Return itself; nothing is drawn before the first report."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar down."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show that `done` of `total` are through in this stage."""
        if stage == "done":
            return
        now = time.monotonic()
        changed, self._stage = stage != self._stage, stage
        if not self._console.is_terminal:
            if now - self._told_at >= LINE_EVERY_S:
                self._told_at = now
                screen.note(_line(stage, done, total))
            return
        if not changed and now - self._told_at < REFRESH_S:
            return
        self._told_at = now
        if self._bar is None:
            self._bar = Progress(
                TextColumn("{task.description}", markup=False), BarColumn(bar_width=None), TaskProgressColumn(),
                TimeRemainingColumn(), console=self._console, transient=True,
            )  # fmt: skip
            self._bar.start()
        if changed or self._task is None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(stage_words(stage), total=total)
        self._bar.update(self._task, completed=done, total=total)


def _line(stage: str, done: int, total: int | None) -> str:
    if total:
        return _("… {stage}: {percent}%", stage=stage_words(stage), percent=done * 100 // total)
    return _("… {stage}", stage=stage_words(stage))
