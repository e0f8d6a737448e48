"""Record who may open a vault, with the log entry that tells of it."""

from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.person import Person
from haechi.ports.ledger import LedgerWriter
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness


def set_role(
    writer: LedgerWriter, person: Person, *, people: int, actor: str, now: Now, randomness: Randomness
) -> None:
    """Record a person as they are from now on, with the entry that tells of it; `people` may open the vault then."""
    writer.set_person(person)
    writer.append(
        Draft(
            EntryType.ROLE,
            actor,
            now(),
            opening=open_record(randomness(32), person.record()),
            counts={"people": people},
        )
    )
