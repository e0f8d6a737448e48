"""People who may open a vault: each has a passphrase of their own and a key that signs their approvals."""

from collections.abc import Iterable
from dataclasses import dataclass

from haechi.domain.canonical import Json

OWNER = "owner"
"""Who acts in a vault that no second person was added to."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a passphrase slot. `person_id` is random and the only thing of them in the log.

    `public` is their Ed25519 key; its private half is wrapped under their own passphrase, not under the vault's key.
    """

    person_id: str
    name: str
    public: bytes
    is_active: bool = True

    def record(self) -> Json:
        """Return the record that a `role` entry commits to. No name stands in it."""
        return {"v": 1, "person": self.person_id, "public": self.public.hex(), "added": self.is_active}


def active(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return those who were not taken away again."""
    return tuple(person for person in people if person.is_active)
