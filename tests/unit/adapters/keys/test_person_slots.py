"""A person's slot opens the vault and gives their own signing key, which nothing else does."""

import pytest

from haechi.adapters.keys import Argon2, KeyringStore, MasterKeySlots
from haechi.adapters.machine import system_randomness
from haechi.domain.errors import VaultDamagedError, WeakPassphraseError, WrongKeyError
from haechi.ports.keys import GivenKey, PersonKey

MASTER = bytes(range(32))
KEYS = MasterKeySlots(system_randomness, cost=Argon2(memory_kib=64, passes=1, lanes=1))
WORDS, OTHER = "열 글자가 넘는 암호", "다른 사람의 긴 암호"
OWN = PersonKey("9" * 32, b"\7" * 32)


def slot(person=OWN, words=WORDS):
    return KEYS.passphrase_slot(MASTER, vault_id="v", passphrase=words, person=person)


def test_a_persons_slot_names_them_and_gives_their_seed_back():
    one = slot()
    found = KEYS.unlock([one], GivenKey(WORDS), vault_id="v")
    assert (found.master, found.kind, found.slot, found.person, found.is_typed) == (
        MASTER,
        "passphrase",
        0,
        OWN.person,
        True,
    )
    assert KEYS.person_key(one, WORDS, vault_id="v") == OWN
    assert KEYS.person_key(slot(None), WORDS, vault_id="v") is None


def test_each_passphrase_finds_its_own_slot():
    slots = [slot(), slot(PersonKey("8" * 32, b"\6" * 32), OTHER), slot(None, "그냥 주인의 긴 암호")]
    found = [KEYS.unlock(slots, GivenKey(words), vault_id="v") for words in (WORDS, OTHER, "그냥 주인의 긴 암호")]
    assert [(one.slot, one.person) for one in found] == [(0, "9" * 32), (1, "8" * 32), (2, None)]


@pytest.mark.parametrize("words", [OTHER, MASTER.hex(), ""])
def test_nothing_but_their_passphrase_gives_the_seed(words):
    with pytest.raises(WrongKeyError):
        KEYS.person_key(slot(), words, vault_id="v")


def test_a_seed_holds_in_its_own_vault_for_its_own_person():
    one = slot()
    with pytest.raises(WrongKeyError):
        KEYS.person_key(one, WORDS, vault_id="w")
    with pytest.raises(WrongKeyError):
        KEYS.person_key({**one, "person": "0" * 32}, WORDS, vault_id="v")
    with pytest.raises(WrongKeyError):
        KEYS.unlock([{**one, "person": "0" * 32}], GivenKey(WORDS), vault_id="v")


@pytest.mark.parametrize("seed", [{}, {"nonce": "!", "wrapped": "!"}, {"nonce": "", "wrapped": ""}])
def test_a_seed_that_cannot_be_understood_is_damage(seed):
    with pytest.raises((VaultDamagedError, WrongKeyError)):
        KEYS.person_key({**slot(), "seed": seed}, WORDS, vault_id="v")


def test_a_persons_passphrase_is_as_long_as_anybodys():
    with pytest.raises(WeakPassphraseError):
        slot(words="짧다")


class Drawn:
    """A keyring in memory."""

    def __init__(self):
        self.kept = {}

    def set_password(self, service, name, text):
        self.kept[service, name] = text

    def get_password(self, service, name):
        return self.kept.get((service, name))


@pytest.mark.parametrize("person", [None, "9" * 32])
def test_the_keyring_remembers_whose_passphrase_it_was(person):
    store = KeyringStore(Drawn())
    store.keep("v", MASTER, person)
    kept = store.kept("v")
    assert kept == GivenKey(master=MASTER, person=person)
    found = KEYS.unlock([slot()], kept, vault_id="v")
    assert (found.person, found.kind, found.is_typed) == (person, "kept", False)
