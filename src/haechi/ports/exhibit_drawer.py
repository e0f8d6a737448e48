"""Draws what an exhibit page shows, in limited worker processes. Pixels of a questioned picture stay within the face's oval."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from haechi.domain.trace import Numbers
from haechi.domain.trace_drawing import Drawing
from haechi.ports.examiner import Snapshot
from haechi.ports.tracer import Finding, Looked, Still

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class ToDraw:
    """One questioned still beside one photo.

    `face` is the place in its still of the questioned face of which the three pictures are wanted, None if none are;
    `numbers` are those of the comparison that was recorded. `with_scene` asks for the map of the whole.
    """

    photo: Still
    questioned: Still
    face: int | None
    numbers: Numbers
    with_scene: bool


class ExhibitDrawer(Protocol):
    """Draws in memory. A crash or hang costs a worker and one drawing, never the packet."""

    def look(self, rows: Iterable[tuple[Key, Snapshot]]) -> Iterator[tuple[Key, Looked]]:
        """Yield what each file holds, in order, as a tracer does."""

    def draw(self, rows: Iterable[tuple[Key, ToDraw]]) -> Iterator[tuple[Key, Drawing | Finding]]:
        """Yield each drawing, in order, or why there is none."""

    def close(self) -> None: ...
