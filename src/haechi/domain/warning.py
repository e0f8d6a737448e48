"""Warnings: what an import could not read or does not trust, as data with stable codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from haechi.domain.canonical import Json


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """`code` is stable and has a sentence in each language; `path` names the member; `place` where in it, if known.

    A place is a byte offset (`byte 1204`) or a message (`message 17`).
    """

    code: str
    path: str = ""
    place: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
