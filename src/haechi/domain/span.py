"""Byte accounting: every byte of an export part is a message, a separator, part of the frame, or listed as unparsed."""

from dataclasses import dataclass

from haechi.domain.message import Span


@dataclass(frozen=True, slots=True)
class Accounting:
    """Sums over one export part, in bytes: they add up to `size` or the part is not accounted for.

    `framing` is preamble, separators and trailer, checked to be nothing but layout and known header fields.
    """

    size: int
    messages: int
    framing: int
    unparsed: tuple[Span, ...]

    @property
    def unparsed_bytes(self) -> int:
        """How many bytes are listed as unparsed."""
        return sum(span.end - span.start for span in self.unparsed)

    @property
    def is_complete(self) -> bool:
        """Whether every byte is accounted for, parsed or listed."""
        return self.messages + self.framing + self.unparsed_bytes == self.size
