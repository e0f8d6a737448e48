"""What the flows of a matcher work with."""

from dataclasses import dataclass

from haechi.domain.bank import Bank, BankName
from haechi.domain.errors import BankMissingError
from haechi.flows.follow_changes import Follower
from haechi.ports.catalogue import Catalogue, Exchange
from haechi.ports.index import FingerprintIndex, HashIndex
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness


@dataclass(frozen=True, slots=True)
class MatcherTools:
    """`pairs` compares the hashes of one run with each other."""

    catalogue: Catalogue
    index: HashIndex
    follower: Follower
    pairs: FingerprintIndex
    now: Now
    randomness: Randomness
    is_read_only: bool = False


def need_bank(tools: MatcherTools, name: str) -> Bank:
    """Return the bank of this name. Raises `BankMissingError`."""
    for bank in tools.catalogue.banks():
        if bank.name == name:
            return bank
    raise BankMissingError(bank=BankName(name))


def find_exchange(tools: MatcherTools, name: str) -> Exchange | None:
    """Return the exchange of this name as it is kept now, None when there is none."""
    return next((one for one in tools.catalogue.exchanges() if one.name == name), None)
