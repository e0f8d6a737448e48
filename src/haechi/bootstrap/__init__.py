"""The composition root: the one module that knows which adapter stands behind which port.

Adapters are imported by the method that needs them: a command that asks for the vault's
state loads no decoder and no typesetter, and an import stays within its memory.
"""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from haechi import __version__
from haechi.domain.canonical import Json
from haechi.domain.case import Age, Case, CustodyMode
from haechi.domain.errors import KeyMissingError
from haechi.domain.evidence import EvidenceItem, Role
from haechi.domain.match import Group
from haechi.domain.person import OWNER
from haechi.domain.policy import Policy
from haechi.domain.room import Room
from haechi.domain.vault import Operation, VaultStatus
from haechi.flows.create_vault import Created
from haechi.flows.import_export import Imported
from haechi.flows.list_messages import Listed
from haechi.flows.open_vault import OpenVault as UnlockedVault
from haechi.flows.open_vault import VaultTools
from haechi.flows.verify import Verified
from haechi.flows.verify_packet import PacketVerdict
from haechi.ports.keys import GivenKey, KeySlots
from haechi.ports.progress import Progress

__all__ = ["Created", "Imported", "Listed", "OpenVault", "PacketVerdict", "Verified"]
_LIBRARIES = ("av", "numpy", "orjson", "pillow", "simplejpeg")


class OpenVault:
    """An open vault: the flows, with every port already filled in."""

    def __init__(self, vault: UnlockedVault, *, workers: int | None) -> None:
        self._vault = vault
        self._workers = workers

    @property
    def unlocked(self) -> UnlockedVault:
        """The vault as flows know it, for the features that are joined in modules of their own."""
        return self._vault

    def status(self) -> VaultStatus:
        """Return what the vault holds, in numbers."""
        from haechi.flows.status import status

        return status(self._vault)

    def cases(self) -> tuple[Case, ...]:
        """Return the cases, oldest first."""
        return tuple(self._vault.ledger.cases())

    def items(self, case: Case) -> Iterator[EvidenceItem]:
        """Yield what the case holds, in the order it was put in."""
        return self._vault.ledger.items(case.case_id)

    def rooms(self, case: Case) -> tuple[Room, ...]:
        """Return the case's rooms with every name they were seen under, by key."""
        return tuple(self._vault.ledger.rooms(case.case_id))

    def listed(self, case: Case, room: str, *, with_text: bool = False) -> Iterator[Listed]:
        """Return the messages of one room by number, oldest first; names and texts only `with_text`."""
        from haechi.flows.list_messages import list_messages

        return list_messages(case.case_id, room, ledger=self._vault.ledger, with_text=with_text)

    def open_case(self, name: str, *, mode: CustodyMode, age: Age, consent: str = "", reason: str = "") -> Case:
        """Return the case of this name, opened if there is none; with a `reason`, change the mode of one that is there.

        Raises `ModeRefusedError`, `ModeChangeRefusedError`.
        """
        from haechi.adapters.blobs.age import recipient_of
        from haechi.flows.open_case import change_mode, open_case

        reader = recipient_of(self._vault.reader_identity)
        known = {case.name: case for case in self.cases()}
        if name in known and reason and known[name].mode is not mode:
            return change_mode(
                self._vault,
                name,
                actor=self._vault.actor,
                mode=mode,
                age=age,
                consent=consent,
                reason=reason,
                reader=reader,
            )
        return open_case(self._vault, name, actor=self._vault.actor, mode=mode, age=age, consent=consent, reader=reader)

    def import_export(
        self, path: Path, *, case: Case, role: Role = Role.FOUND, password: str | None = None, progress: Progress
    ) -> Imported:
        """Import the folder, archive or file at `path`, or go on with an import of it that was interrupted."""
        from haechi.adapters.containers import open_container
        from haechi.adapters.importers import importers
        from haechi.adapters.media.examiner import PoolExaminer
        from haechi.flows.import_export import import_export
        from haechi.flows.import_tools import ImportTools

        container = open_container(path, password.encode() if password is not None else None)
        examiner = PoolExaminer(self._workers)
        try:
            tools = ImportTools(
                container=container,
                case=case,
                role=role,
                examiner=examiner,
                blobs=self._vault.blobs,
                ledger=self._vault.ledger,
                now=self._vault.tools.now,
                randomness=self._vault.tools.randomness,
                actor=self._vault.actor,
                tool=_tool(),
                progress=progress,
                checkpoint=self._vault.checkpoint,
            )
            return import_export(tools, importers(own_photos=role is Role.OWN_PHOTO))
        finally:
            examiner.close()
            container.close()

    def match(self, case: Case, *, progress: Progress) -> tuple[Group, ...]:
        """Return the groups of items that show the same picture, and note in the log that it was asked."""
        from haechi.adapters.index.pairs import PairIndex
        from haechi.flows.match import match

        progress("matching", 0, None)
        return match(
            case,
            ledger=self._vault.ledger,
            index=PairIndex(on_compile=partial(progress, "compiling", 0, None)),
            now=self._vault.tools.now,
            randomness=self._vault.tools.randomness,
            actor=self._vault.actor,
            checkpoint=self._vault.checkpoint,
        )

    def verify(self, *, progress: Progress) -> Verified:
        """Compute everything again. Raises `CustodyBrokenError` with everything that is wrong."""
        from haechi.bootstrap.checking import verify_vault

        return verify_vault(self._vault, progress=progress)

    def remember_key(self) -> None:
        """Keep this vault's key in the system keyring until `forget_key`. Raises `KeyringUnavailableError`."""
        from haechi.adapters.keys import KeyringStore

        KeyringStore().keep(self._vault.header.vault_id, self._vault.master, self._vault.key.person)


def create_vault(path: Path, *, passphrase: str, keys: KeySlots | None = None) -> Created:
    """Create a vault at `path`. `keys` other than the default ones are for tests that cannot wait for Argon2id."""
    from haechi.adapters.blobs.age import new_identity
    from haechi.flows.create_vault import create_vault

    return create_vault(vault_tools(keys), path, passphrase=passphrase, actor=OWNER, new_reader=new_identity)


@contextmanager
def open_vault(
    path: Path, key: str | GivenKey, *, operation: Operation = Operation.WRITE, workers: int | None = None
) -> Iterator[OpenVault]:
    """Open the vault at `path` for the length of a block; `key` is a passphrase, a recovery key or what was remembered.

    `workers` is how many processes examine media (None: one for each core).
    """
    from haechi.flows.open_vault import open_vault

    given = GivenKey(text=key) if isinstance(key, str) else key
    vault = open_vault(vault_tools(), path, given, operation=operation)
    try:
        yield OpenVault(vault, workers=workers)
    finally:
        vault.close()


def recall_key(path: Path, *, required: bool) -> GivenKey | None:
    """Return the key that the system keyring keeps for the vault at `path`.

    Raises `KeyMissingError` when it is `required` and not there.
    """
    from haechi.adapters.keys import KeyringStore

    header = vault_tools().folders.header(path, Operation.CHECK)
    kept = KeyringStore().kept(header.vault_id)
    if kept is None and required:
        raise KeyMissingError
    return kept


def forget_key(path: Path) -> bool:
    """Make the system keyring forget the vault's key; say whether it had it. Raises `KeyringUnavailableError`."""
    from haechi.adapters.keys import KeyringStore

    header = vault_tools().folders.header(path, Operation.CHECK)
    return KeyringStore().forget(header.vault_id)


def verify_packet(
    path: Path, *, signer: str | None, authorities: tuple[str, ...] = (), policy: Policy | None = None
) -> PacketVerdict:
    """Check a packet that somebody handed in, against what is known of it. Raises `PacketUnreadableError`."""
    from haechi.bootstrap.packets import verify_packet
    from haechi.ports.packets import Expected

    return verify_packet(path, Expected(signer, authorities, policy))


def vault_tools(keys: KeySlots | None = None) -> VaultTools:
    """Return what vaults on this machine are made of."""
    from haechi.adapters.blobs.age import AgeBlobs
    from haechi.adapters.keys.slots import MasterKeySlots
    from haechi.adapters.ledger.place import create_ledger, open_ledger
    from haechi.adapters.machine import SystemClock, system_randomness
    from haechi.adapters.signing import Ed25519Signer, verify_ed25519
    from haechi.adapters.vault_folder.folders import DiskFolders

    return VaultTools(
        folders=DiskFolders(),
        keys=keys or MasterKeySlots(system_randomness),
        create_ledger=create_ledger,
        open_ledger=open_ledger,
        blobs=AgeBlobs,
        signer=Ed25519Signer,
        verify=verify_ed25519,
        now=SystemClock(),
        randomness=system_randomness,
    )


def _tool() -> dict[str, Json]:
    """Return what read the export, for its seal record."""
    return {
        "name": "haechi",
        "version": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
