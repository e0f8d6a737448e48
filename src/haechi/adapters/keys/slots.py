"""Key slots: the vault's master key, wrapped once for each way to open the vault.

A slot's key comes from a passphrase by Argon2id (RFC 9106), slow and memory-hard, or from a
recovery key by HKDF (RFC 5869), which has all its entropy already. ChaCha20-Poly1305 (RFC 8439) wraps the
master key; the vault's id, the slot's kind and its parameters are authenticated with it.

A person's slot also holds the seed of their signing key, wrapped below their passphrase and nothing else: who has the
master key opens the vault and still cannot sign for them.
"""

import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from haechi.adapters.keys.recovery_key import (
    SECRET_BYTES,
    RecoveryKeyTypoError,
    read_recovery_key,
    write_recovery_key,
)
from haechi.domain.canonical import Json, canonical
from haechi.domain.errors import VaultDamagedError, WeakPassphraseError, WrongKeyError
from haechi.ports.keys import GivenKey, PersonKey, Unlocked
from haechi.ports.vault import Slot

MASTER_BYTES = 32
SHORTEST_PASSPHRASE = 10
_NONCE_BYTES = 12
_SALT_BYTES = 16
_HEADER = "haechi.vault"


@dataclass(frozen=True, slots=True)
class Argon2:
    """Argon2id's cost. The default takes about half a second; RFC 9106's second choice is 64 MiB and three passes."""

    memory_kib: int = 128 * 1024
    passes: int = 3
    lanes: int = 4


_MOST = Argon2(memory_kib=2**20, passes=64, lanes=64)  # a header from elsewhere must not take all the memory


class MasterKeySlots:
    """Wraps and unwraps master keys. `cost` is that of new passphrase slots; a slot carries its own."""

    def __init__(self, randomness: Callable[[int], bytes], *, cost: Argon2 | None = None) -> None:
        self._randomness = randomness
        self._cost = cost or Argon2()

    def new_recovery_key(self) -> str:
        """Return a random recovery key, grouped for printing."""
        return write_recovery_key(self._randomness(SECRET_BYTES))

    def passphrase_slot(
        self, master: bytes, *, vault_id: str, passphrase: str, person: PersonKey | None = None
    ) -> Slot:
        """Wrap the master key by a passphrase, and a person's own seed beside it. Raises `WeakPassphraseError`."""
        if len(_normal(passphrase)) < SHORTEST_PASSPHRASE:
            raise WeakPassphraseError(minimum=SHORTEST_PASSPHRASE)
        salt = self._randomness(_SALT_BYTES)
        slot: dict[str, Json] = {
            "kind": "passphrase",
            "kdf": "argon2id",
            "memory_kib": self._cost.memory_kib,
            "passes": self._cost.passes,
            "lanes": self._cost.lanes,
            "salt": b64encode(salt).decode(),
        }
        key = _stretched(passphrase, salt, self._cost)
        if person is not None:
            nonce = self._randomness(_NONCE_BYTES)
            sealed = ChaCha20Poly1305(_seed_key(key)).encrypt(nonce, person.seed, _whose(person.person, vault_id))
            slot["person"] = person.person
            slot["seed"] = {"nonce": b64encode(nonce).decode(), "wrapped": b64encode(sealed).decode()}
        return self._wrap(slot, key, master, vault_id)

    def recovery_slot(self, master: bytes, *, vault_id: str, recovery_key: str) -> Slot:
        """Wrap the master key by a recovery key. Raises `ValueError` when the text is none."""
        secret = read_recovery_key(recovery_key)
        if secret is None:
            raise ValueError(len(recovery_key))
        slot: dict[str, Json] = {"kind": "recovery", "kdf": "hkdf-sha256"}
        return self._wrap(slot, _recovered(secret, vault_id), master, vault_id)

    def open(self, slots: Sequence[Slot], given: GivenKey, *, vault_id: str) -> bytes:
        """Return the master key."""
        return self.unlock(slots, given, vault_id=vault_id).master

    def unlock(self, slots: Sequence[Slot], given: GivenKey, *, vault_id: str) -> Unlocked:
        """Return the master key and which slot gave it.

        A text is tried as a recovery key first when it looks like one, then as a passphrase.
        """
        if given.master is not None:
            if len(given.master) != MASTER_BYTES:
                raise WrongKeyError(reason="keyring")
            return Unlocked(given.master, "kept", person=given.person)
        reason = "wrong"
        try:
            secret = read_recovery_key(given.text)
        except RecoveryKeyTypoError:
            secret, reason = None, "recovery-typo"
        # Recovery slots first: they cost nothing, a passphrase slot half a second.
        for position, slot in sorted(enumerate(slots), key=lambda one: one[1]["kind"] != "recovery"):
            if slot["kind"] == "recovery" and secret is not None:
                key = _recovered(secret, vault_id)
            elif slot["kind"] == "passphrase":
                key = _stretched(given.text, _bytes(slot, "salt"), _cost(slot))
            else:
                continue
            if (master := _unwrap(slot, key, vault_id)) is not None:
                return Unlocked(master, str(slot["kind"]), position, _person(slot))
        raise WrongKeyError(reason=reason)

    def person_key(self, slot: Slot, passphrase: str, *, vault_id: str) -> PersonKey | None:
        """Return the person's key in a slot, None when the slot is nobody's. Raises `WrongKeyError`."""
        person, sealed = _person(slot), slot.get("seed")
        if person is None or not isinstance(sealed, dict):
            return None
        key = _seed_key(_stretched(passphrase, _bytes(slot, "salt"), _cost(slot)))
        try:
            seed = ChaCha20Poly1305(key).decrypt(
                _bytes(sealed, "nonce"), _bytes(sealed, "wrapped"), _whose(person, vault_id)
            )
        except InvalidTag as error:
            raise WrongKeyError(reason="wrong") from error
        except ValueError as error:
            raise VaultDamagedError(part=_HEADER) from error
        return PersonKey(person, seed)

    def database_key(self, master: bytes) -> bytes:
        """Return the raw key of `ledger.db`."""
        return _derived(master, b"haechi vault v1: ledger database key")

    def blob_name_key(self, master: bytes) -> bytes:
        """Return the key that makes blob names."""
        return _derived(master, b"haechi vault v1: blob name key")

    def _wrap(self, slot: dict[str, Json], key: bytes, master: bytes, vault_id: str) -> Slot:
        nonce = self._randomness(_NONCE_BYTES)
        wrapped = ChaCha20Poly1305(key).encrypt(nonce, master, _associated(slot, vault_id))
        return {**slot, "nonce": b64encode(nonce).decode(), "wrapped": b64encode(wrapped).decode()}


def _unwrap(slot: Slot, key: bytes, vault_id: str) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(
            _bytes(slot, "nonce"), _bytes(slot, "wrapped"), _associated(slot, vault_id)
        )
    except InvalidTag:
        return None
    except ValueError as error:
        raise VaultDamagedError(part=_HEADER) from error


def _associated(slot: Slot, vault_id: str) -> bytes:
    """Return what is authenticated with a wrapped key: the vault and everything in the slot but the wrapping."""
    kept = {name: value for name, value in slot.items() if name not in {"nonce", "wrapped"}}
    return canonical({"format": "haechi-vault", "vault_id": vault_id, "slot": kept})


def _stretched(passphrase: str, salt: bytes, cost: Argon2) -> bytes:
    try:
        return hash_secret_raw(
            _normal(passphrase).encode(),
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=MASTER_BYTES,
            type=Type.ID,
        )
    except (HashingError, OverflowError) as error:
        raise VaultDamagedError(part=_HEADER) from error


def _seed_key(stretched: bytes) -> bytes:
    """Return the key that wraps a person's seed: below their passphrase, beside the one that wraps the master key."""
    return _derived(stretched, b"haechi vault v1: person's signing key")


def _whose(person: str, vault_id: str) -> bytes:
    return canonical({"format": "haechi-vault", "vault_id": vault_id, "person": person})


def _person(slot: Slot) -> str | None:
    person = slot.get("person")
    return person if isinstance(person, str) else None


def _cost(slot: Slot) -> Argon2:
    """Return what the slot says it costs. Raises `VaultDamagedError` when that is no cost or too much."""
    values = [slot.get(name) for name in ("memory_kib", "passes", "lanes")]
    if slot.get("kdf") != "argon2id" or not all(type(value) is int and value > 0 for value in values):
        raise VaultDamagedError(part=_HEADER)
    cost = Argon2(*(value for value in values if isinstance(value, int)))
    if cost.memory_kib > _MOST.memory_kib or cost.passes > _MOST.passes or cost.lanes > _MOST.lanes:
        raise VaultDamagedError(part=_HEADER)
    return cost


def _recovered(secret: bytes, vault_id: str) -> bytes:
    return HKDF(SHA256(), MASTER_BYTES, salt=vault_id.encode(), info=b"haechi vault v1: recovery slot").derive(secret)


def _derived(master: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), MASTER_BYTES, salt=None, info=info).derive(master)


def _normal(passphrase: str) -> str:
    """Return the passphrase as every keyboard gives it: macOS types Korean in parts, others in whole syllables."""
    return unicodedata.normalize("NFC", passphrase)


def _bytes(slot: Slot, name: str) -> bytes:
    try:
        return b64decode(str(slot[name]), validate=True)
    except (KeyError, ValueError) as error:
        raise VaultDamagedError(part=_HEADER) from error
