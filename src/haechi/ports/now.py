"""The wall clock. (`clock` in this project is a statutory deadline.)"""

from typing import Protocol

from haechi.domain.custody import RecordedTime


class Now(Protocol):
    """Reads this machine's clock and zone, and says where both came from."""

    def __call__(self) -> RecordedTime: ...
