"""Change what opens a vault: a passphrase, the recovery key. The master key stays, so nothing is encrypted anew.

The log's entry is durable before the header changes, and the header changes in one step: a process that ends in between leaves a vault
that opens as it did, and a `key` entry for a change that has to be asked for again.
"""

from collections.abc import Sequence

from haechi.domain.custody import Draft, EntryType
from haechi.domain.errors import SlotRefusedError, VaultDamagedError, WrongKeyError
from haechi.flows.open_vault import OpenVault
from haechi.ports.keys import GivenKey, PersonKey
from haechi.ports.ledger import LedgerWriter
from haechi.ports.vault import Slot


def change_passphrase(vault: OpenVault, given: str, new: str) -> None:
    """Let `new` open the vault in the place of the passphrase `given`, which opens it no more.

    `given` may be the recovery key of a vault of one person: that is the way back for who forgot the passphrase. Raises
    `WrongKeyError`, `WeakPassphraseError`, `SlotRefusedError`.
    """
    slots = list(intact_slots(vault))
    position, key = _own_slot(vault, given)
    require_unused(vault, [*slots[:position], *slots[position + 1 :]], new)
    slots[position] = vault.tools.keys.passphrase_slot(
        vault.master, vault_id=vault.header.vault_id, passphrase=new, person=key
    )
    replace_slots(vault, slots)


def new_recovery_key(vault: OpenVault) -> str:
    """Return a new recovery key; the one before opens the vault no more."""
    recovery_key = vault.tools.keys.new_recovery_key()
    slot = vault.tools.keys.recovery_slot(vault.master, vault_id=vault.header.vault_id, recovery_key=recovery_key)
    replace_slots(vault, [*(one for one in intact_slots(vault) if one["kind"] != "recovery"), slot])
    return recovery_key


def replace_slots(vault: OpenVault, slots: Sequence[Slot]) -> None:
    """Note in the log that keys changed, then put the slots in the place of the header's."""
    with vault.ledger.begin() as writer:
        note_keys(vault, writer, slots)
    vault.folder.replace_slots(slots)
    vault.checkpoint()


def note_keys(vault: OpenVault, writer: LedgerWriter, slots: Sequence[Slot]) -> None:
    """Append the entry that tells how many keys open the vault from now on."""
    writer.append(Draft(EntryType.KEY, vault.actor, vault.tools.now(), counts={"slots": len(slots)}))


def intact_slots(vault: OpenVault) -> tuple[Slot, ...]:
    """Return the header's slots. Raises `VaultDamagedError` for a header that changed by itself: writing it anew would hide that."""
    if not vault.header.is_intact:
        raise VaultDamagedError(part="haechi.vault")
    return vault.header.slots


def require_unused(vault: OpenVault, slots: Sequence[Slot], passphrase: str) -> None:
    """Raise `SlotRefusedError` when one of these slots opens with the passphrase: two people would be one."""
    try:
        vault.tools.keys.unlock(slots, GivenKey(passphrase), vault_id=vault.header.vault_id)
    except WrongKeyError:
        return
    raise SlotRefusedError(reason="taken")


def _own_slot(vault: OpenVault, given: str) -> tuple[int, PersonKey | None]:
    """Return where the slot of this passphrase stands, and the person's key in it."""
    slots, vault_id = intact_slots(vault), vault.header.vault_id
    found = vault.tools.keys.unlock(slots, GivenKey(given), vault_id=vault_id)
    if found.slot is None:
        raise SlotRefusedError(reason="not-typed")
    if found.is_typed:
        return found.slot, vault.tools.keys.person_key(slots[found.slot], given, vault_id=vault_id)
    own = [at for at, slot in enumerate(slots) if slot["kind"] == "passphrase"]
    if len(own) != 1 or slots[own[0]].get("person") is not None:
        raise SlotRefusedError(reason="recovery")
    return own[0], None
