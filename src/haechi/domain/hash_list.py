"""Lists of hashes as others write them: what a row says, and why a row is not taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from haechi.domain.bank import Signal

MOST_FACT = 1_000  # characters of one value that a list claims


class ListFormat(StrEnum):
    """How a list is written. docs/formats/hash-lists.md has the fields of each."""

    NCMEC_XML = "ncmec-xml"
    STOPNCII_JSON = "stopncii-json"
    THREATEXCHANGE_JSON = "threatexchange-json"
    THREATEXCHANGE_CSV = "threatexchange-csv"
    TECH_AGAINST_TERRORISM_JSON = "tech-against-terrorism-json"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row. `source` is what the list knows it by: the same again replaces it. A withdrawn row may have no hashes.

    `facts` is what else the list claims, text and whole numbers. `place` is where the row stands, for a person.
    """

    source: str
    signals: tuple[Signal, ...]
    is_withdrawn: bool = False
    facts: Mapping[str, str | int] = field(default_factory=dict)
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not taken.

    `problem` is `form` (cannot be read), `hash` (no hash of its type), `type` (a kind of hash that haechi does not compare), `id`, `long`, or `cut`:
    the list ended or broke here, and what followed was not read. `excerpt` is how the row begins.
    """

    place: str
    problem: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What reading a list changed. `held` of the added ones wait for a curator; `refused` rows stand in the file `quarantine`.

    `kept_out` rows are not added because a curator withdrew them here.

    `is_whole` when the list was read to its end. `first_refused` are the first few.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    held: int = 0
    kept_out: int = 0
    refused: int = 0
    is_whole: bool = True
    first_refused: tuple[RefusedRow, ...] = ()
    quarantine: str | None = None
