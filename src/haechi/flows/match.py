"""Look for copies in a case and note in the custody log that it was done, and what came out."""

from collections.abc import Callable

from haechi.domain.canonical import Json
from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.fingerprint import ENOUGH_QUALITY, MATCH_WITHIN
from haechi.domain.match import Group
from haechi.flows.find_copies import find_copies, sightings
from haechi.ports.index import FingerprintIndex
from haechi.ports.ledger import Ledger
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness


def match(
    case: Case,
    *,
    ledger: Ledger,
    index: FingerprintIndex,
    now: Now,
    randomness: Randomness,
    actor: str,
    checkpoint: Callable[[], object],
) -> tuple[Group, ...]:
    """Return the groups of items that show the same picture. They are candidates until a person has looked."""
    items = {item.item_id: item for item in ledger.items(case.case_id)}
    groups = find_copies(items, tuple(sightings(ledger.messages(case.case_id), items)), index=index)
    subject: Json = {
        "method": {"exact": "sha256", "similar": "pdq", "within_bits": MATCH_WITHIN, "quality": ENOUGH_QUALITY},
        "groups": [[sighting.item_id for sighting in one.sightings] for one in groups],
    }
    with ledger.begin() as writer:
        writer.append(
            Draft(
                EntryType.MATCH,
                actor,
                now(),
                case=case.case_id,
                opening=open_record(randomness(32), subject),
                counts={"groups": len(groups), "sightings": sum(len(one.sightings) for one in groups)},
            )
        )
    checkpoint()
    return groups
