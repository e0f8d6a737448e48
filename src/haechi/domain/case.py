"""A case, whom it is about, and how its pictures may be kept."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from haechi.domain.errors import ModeRefusedError

CaseId = NewType("CaseId", str)


class Age(StrEnum):
    """How old the depicted person is, as far as the person at the keyboard knows."""

    ADULT = "adult"
    """19 or older (Act on the Protection of Children and Youth against Sex Offenses, article 2: under 19 is a child)."""
    MINOR = "minor"
    UNKNOWN = "unknown"


class CustodyMode(StrEnum):
    """What may be kept of a picture or video."""

    REFERENCE_ONLY = "reference-only"
    """Text, identifiers, links, digests and fingerprints; no picture or video byte is written anywhere."""
    SEALED = "sealed"
    """Also the bytes themselves, encrypted to the case's named readers."""
    AUTHORITY = "authority"
    """As sealed, by police or a public centre with a recorded legal basis."""

    @property
    def keeps_bytes(self) -> bool:
        """Whether picture and video bytes may be written, encrypted."""
        return self is not CustodyMode.REFERENCE_ONLY


@dataclass(frozen=True, slots=True)
class Case:
    """One matter. `name` is chosen by the person and never enters the log; `case_id` is random."""

    case_id: CaseId
    name: str
    mode: CustodyMode
    age: Age
    consent: str
    """The person's recorded consent to sealing, or the legal basis in `authority` mode; empty in reference-only."""


def check_mode(mode: CustodyMode, *, age: Age, consent: str) -> None:
    """Raise `ModeRefusedError` unless this mode is open to a person of this age. Unknown age is a minor."""
    if not mode.keeps_bytes:
        return
    if mode is CustodyMode.SEALED and age is not Age.ADULT:
        reason = "minor" if age is Age.MINOR else "age-unknown"
        raise ModeRefusedError(mode=mode.value, reason=reason)
    if not consent.strip():
        raise ModeRefusedError(mode=mode.value, reason="consent-missing")
