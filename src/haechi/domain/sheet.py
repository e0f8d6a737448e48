"""Sheets for helpers: a recovery key split so that some of them together can open the vault and fewer learn nothing.

SLIP-0039 (https://github.com/satoshilabs/slips/blob/master/slip-0039.md): Shamir's secret sharing over GF(256), each share
written as words with a checksum. One helper who is pressed, robbed or unkind cannot open anything.
"""

from dataclasses import dataclass

from haechi.domain.errors import SheetsRefusedError

FEWEST_NEEDED = 2
MOST_HELPERS = 16  # SLIP-0039's limit


@dataclass(frozen=True, slots=True)
class Sheet:
    """One helper's share: `words` are SLIP-0039's, in order; `number` counts from 1; `needed` of `total` sheets give the key."""

    number: int
    needed: int
    total: int
    words: tuple[str, ...]


def require_splittable(*, needed: int, total: int) -> None:
    """Raise `SheetsRefusedError` when a key cannot be split so that `needed` of `total` sheets give it."""
    if not FEWEST_NEEDED <= needed <= total <= MOST_HELPERS:
        raise SheetsRefusedError(reason="numbers", needed=needed, total=total)
