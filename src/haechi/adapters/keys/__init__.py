"""Keys to a vault: slots, recovery keys, and the system keyring."""

from haechi.adapters.keys.keyring_store import KeyringStore
from haechi.adapters.keys.slots import Argon2, MasterKeySlots

__all__ = ["Argon2", "KeyringStore", "MasterKeySlots"]
