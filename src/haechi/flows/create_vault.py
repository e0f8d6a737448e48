"""Create a vault: keys, an empty ledger, and the first entries of its custody log. It appears whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import Draft, EntryType
from haechi.domain.note import NoteKey, sign_note
from haechi.flows.open_vault import LEDGER, VaultTools
from haechi.ports.ledger import LedgerWriter

MASTER_BYTES = 32
SEED_BYTES = 32
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Created:
    """A new vault. `recovery_key` is shown once, to be printed; it is kept nowhere."""

    vault_id: str
    recovery_key: str


def create_vault(
    tools: VaultTools, path: Path, *, passphrase: str, actor: str, new_reader: Callable[[], str]
) -> Created:
    """Create a vault at `path`, which must not exist or be an empty folder.

    `new_reader` makes the age identity that opens sealed items in this vault. Raises `VaultExistsError`, `PathMissingError`, `WeakPassphraseError`, `DiskFullError`, `VaultReadOnlyError`.
    """
    vault_id = tools.randomness(ID_BYTES).hex()
    master = tools.randomness(MASTER_BYTES)
    recovery_key = tools.keys.new_recovery_key()
    slots = (
        tools.keys.passphrase_slot(master, vault_id=vault_id, passphrase=passphrase),
        tools.keys.recovery_slot(master, vault_id=vault_id, recovery_key=recovery_key),
    )
    with tools.folders.build(path) as folder:
        folder.write_header(vault_id, slots)
        ledger = tools.create_ledger(folder.path / LEDGER, tools.keys.database_key(master))
        try:
            with ledger.begin() as writer:
                origin, log_key = _first_records(tools, writer, actor=actor, slots=len(slots), reader=new_reader())
            signer = tools.signer(log_key)
            head = ledger.log_head().frontier
            text = Checkpoint(origin, head.size, head.root()).text()
            folder.write_checkpoint(sign_note(text, NoteKey(origin, signer.public), signer.sign))
        finally:
            ledger.close()
    return Created(vault_id, recovery_key)


def _first_records(
    tools: VaultTools, writer: LedgerWriter, *, actor: str, slots: int, reader: str
) -> tuple[str, bytes]:
    """Write the secrets and the log's first entries; return the log's name and its key's seed."""
    # Whoever is asked to witness the log sees its name: it says nothing of whose it is.
    origin = f"haechi.invalid/{tools.randomness(ID_BYTES).hex()}"
    log_key = tools.randomness(SEED_BYTES)
    writer.set_secret("origin", origin.encode())
    writer.set_secret("log-key", log_key)
    writer.set_secret("packet-key", tools.randomness(SEED_BYTES))
    writer.set_secret("reader-identity", reader.encode())
    writer.append(Draft(EntryType.CREATE, actor, tools.now()))
    writer.append(Draft(EntryType.KEY, actor, tools.now(), counts={"slots": slots}))
    return origin, log_key
