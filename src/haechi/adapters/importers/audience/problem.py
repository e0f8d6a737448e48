"""What is wrong with a list: with all of it, or with one entry."""

from dataclasses import dataclass


class ListProblemError(Exception):
    """The file cannot be read as a list: `problem` is a code of `AudienceFileError`, `place` where in the file."""

    def __init__(self, *, problem: str, place: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that could not be read, and why: `not-an-account`, `bad-time`, `unknown-entry`, `no-file`."""

    place: str
    problem: str
