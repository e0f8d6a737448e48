"""Errors that a person can act on. They carry facts; entry points turn facts into sentences.

Four families say how to answer: the command line maps a family to an exit
code, a web page to a status. `code` never changes once released:
documentation, translations and other people's scripts hold on to it.
"""

from typing import ClassVar


class HaechiError(Exception):
    """Base of every error that haechi raises on purpose.

    `facts` are the values a sentence about the error names: file, place, number.
    """

    code: ClassVar[str] = "error"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        """Return code and facts, for developers; people read the sentence that belongs to the code."""
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFoundError(HaechiError):
    """What was asked for is not there."""

    code = "not-found"


class UnsupportedError(HaechiError):
    """Haechi cannot read or do this."""

    code = "unsupported"


class ConflictError(HaechiError):
    """The state of the vault, the case or the packet forbids it."""

    code = "conflict"


class UnavailableError(HaechiError):
    """Something outside haechi did not answer; trying again may help."""

    code = "unavailable"
