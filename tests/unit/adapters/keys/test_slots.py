"""Key slots wrap one master key in several ways, bound to their vault and their parameters."""

import pytest

from haechi.adapters.keys import Argon2, MasterKeySlots
from haechi.adapters.machine import system_randomness
from haechi.domain.errors import VaultDamagedError, WrongKeyError
from haechi.ports.keys import GivenKey

MASTER = bytes(range(32))
CHEAP = Argon2(memory_kib=64, passes=1, lanes=1)
KEYS = MasterKeySlots(system_randomness, cost=CHEAP)


def slot():
    return KEYS.passphrase_slot(MASTER, vault_id="v", passphrase="열 글자가 넘는 암호")


def open_with(one, *, vault_id="v", text="열 글자가 넘는 암호"):
    return KEYS.open([one], GivenKey(text), vault_id=vault_id)


def test_a_slot_opens_in_its_own_vault_only():
    assert open_with(slot()) == MASTER
    with pytest.raises(WrongKeyError):
        open_with(slot(), vault_id="w")


def test_a_recovery_slot_opens_by_its_key_only():
    key, other = KEYS.new_recovery_key(), KEYS.new_recovery_key()
    one = KEYS.recovery_slot(MASTER, vault_id="v", recovery_key=key)
    assert open_with(one, text=key) == MASTER
    with pytest.raises(WrongKeyError):
        open_with(one, text=other)


@pytest.mark.parametrize(("name", "value"), [("memory_kib", 128), ("passes", 2), ("lanes", 2), ("note", "added")])
def test_a_slots_parameters_are_authenticated(name, value):
    with pytest.raises(WrongKeyError):
        open_with({**slot(), name: value})


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 0},
        {"memory_kib": -1},
        {"passes": True},
        {"lanes": "1"},
        {"memory_kib": 2**30},
        {"passes": 10**9},
        {"lanes": 2**20},
        {"memory_kib": 1, "lanes": 8},
        {"kdf": "md5"},
        {"salt": "!"},
        {"salt": ""},
        {"nonce": ""},
        {"wrapped": 7},
    ],
)
def test_a_slot_that_makes_no_sense_is_damage(change):
    with pytest.raises((VaultDamagedError, WrongKeyError)):
        open_with({**slot(), **change})


def test_two_slots_of_one_passphrase_differ():
    assert slot() != slot()


def test_the_default_cost_is_memory_hard():
    cost = Argon2()
    # RFC 9106, 4: at least 64 MiB with three passes where 2 GiB cannot be had.
    assert cost.memory_kib >= 64 * 1024
    assert cost.passes >= 3


def test_keys_below_the_master_key_differ_from_it_and_each_other():
    keys = {KEYS.database_key(MASTER), KEYS.blob_name_key(MASTER), MASTER}
    assert len(keys) == 3
    assert KEYS.database_key(MASTER).hex() == "ba7b65681ae4f0763e20b6a1a1d0c87440f6de73e6aba012f9ca2d459e2c0b75"
    assert KEYS.blob_name_key(MASTER).hex() == "e09439a9dd814114116f274c9223580f9b761bfc3c5cb37433463a8c33d34d91"
