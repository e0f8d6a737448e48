"""Open a vault that exists: lock it, unlock its ledger, and see that its log is not older than what it signed."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.custody import EntryType
from haechi.domain.errors import (
    CustodyBrokenError,
    DiskFullError,
    VaultDamagedError,
    VaultInUseError,
    VaultReadOnlyError,
    WrongKeyError,
)
from haechi.domain.merkle import Frontier
from haechi.domain.note import NoteError, NoteKey, open_note, sign_note
from haechi.domain.person import OWNER, Person, active
from haechi.domain.vault import Operation
from haechi.flows.set_role import set_role
from haechi.ports.blobs import OpenBlobs
from haechi.ports.keys import GivenKey, KeySlots, Unlocked
from haechi.ports.ledger import LedgerWriter, VaultLedger
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness
from haechi.ports.signer import Signer, VerifySignature
from haechi.ports.vault import Header, VaultFolder, VaultFolders

LEDGER = "ledger.db"
_ROLE_MARK = f'"type":"{EntryType.ROLE}"'.encode()
UNSCRUBBED = "unscrubbed"
"""Not empty from the commit of an erasure until the ledger was rewritten: an erasure that was cut off is finished later."""


@dataclass(frozen=True, slots=True)
class VaultTools:
    """What vaults are made of: the ports, and what makes a ledger, a blob store and a signer from a key."""

    folders: VaultFolders
    keys: KeySlots
    create_ledger: Callable[[Path, bytes], VaultLedger]
    open_ledger: Callable[[Path, bytes, Operation], VaultLedger]
    blobs: OpenBlobs
    signer: Callable[[bytes], Signer]
    verify: VerifySignature
    now: Now
    randomness: Randomness


class OpenVault:
    """An open vault, locked until `close`. `key` is what opened it; `master` its master key, for the system keyring."""

    def __init__(
        self, tools: VaultTools, folder: VaultFolder, ledger: VaultLedger, *, key: Unlocked, operation: Operation
    ) -> None:
        master = key.master
        self.tools = tools
        self.folder = folder
        self.ledger = ledger
        self.key = key
        self.master = master
        self.operation = operation
        names = tools.keys.blob_name_key(master)
        self.blobs = tools.blobs(folder.path, names)
        self.features = tools.blobs(folder.path, names, "features")
        """What was computed of own photos: no evidence, in no back-up, and made again when it is gone."""
        self.origin = self._secret("origin").decode()
        self.log_signer = tools.signer(self._secret("log-key"))
        self.packet_signer = tools.signer(self._secret("packet-key"))
        self.reader_identity = self._secret("reader-identity").decode()
        self._signed: int | None = None

    @property
    def actor(self) -> str:
        """Who acts in new entries: the person whose passphrase opened the vault, else `owner`.

        With a recovery key nobody knows which person it was: it acts as `owner` too.
        """
        return self.key.person or OWNER

    @property
    def header(self) -> Header:
        """The vault's header."""
        return self.folder.header

    @property
    def log_key(self) -> NoteKey:
        """The key that signs the log's checkpoints."""
        return NoteKey(self.origin, self.log_signer.public)

    def note(self, size: int | None = None) -> str:
        """Return the signed note over the first `size` entries, or over all of them. Raises `IndexError`."""
        head = self.ledger.log_head().frontier
        if size is not None and size != head.size:
            if not 0 <= size < head.size:
                raise IndexError(size)
            head = Frontier().append(self.ledger.leaves(size))
        text = Checkpoint(self.origin, head.size, head.root()).text()
        return sign_note(text, self.log_key, self.log_signer.sign)

    def checkpoint(self) -> bool:
        """Sign the log as it stands and replace the checkpoint; nothing happens when nothing was appended.

        False where the disk has no room or cannot be written, and nothing is raised for that: what was appended is durable without it, so
        a verb that did its work is not to say that it did not. The next checkpoint, at the latest that of the next opening for
        writing, covers it.
        """
        size = self.ledger.log_head().frontier.size
        if size == self._signed:
            return True
        try:
            self.folder.write_checkpoint(self.note())
        except (DiskFullError, VaultReadOnlyError):
            return False
        self._signed = size
        return True

    def close(self) -> None:
        """Close the ledger and let the vault go, with a checkpoint over everything that was appended."""
        try:
            if self._signed is not None:
                self.checkpoint()
        finally:
            self.ledger.close()
            self.folder.close()

    def begin_writing(self) -> None:
        """Remove what an interrupted run left, and go on only from the log that was signed last.

        Raises `CustodyBrokenError` or `VaultDamagedError` when the log is not the one that the checkpoint is of:
        what is appended after that would bury it.
        """
        signed = read_checkpoint(self)
        require_extends(self, signed)
        self._signed = signed.size
        self.folder.sweep()
        known = set(self.ledger.blob_names())
        for name in self.blobs.names():
            if name not in known and "/" not in name:
                self.blobs.remove(name)
        computed = set(self.ledger.feature_names())
        for name in self.features.names():
            if name not in computed and "/" not in name:
                self.features.remove(name)
        self.ledger.forget_copy()
        self._take_back_additions(signed.size)
        self.checkpoint()
        finish_erasing(self.ledger)
        self._finish_removals()

    def _take_back_additions(self, signed: int) -> None:
        """Record that people have no passphrase after all whose adding was cut off before the header.

        Only those of entries that no checkpoint covers: where one does, the header is older than the log, and putting
        an old header back is not to take anybody's say away.
        """
        if not self.header.is_intact:
            return
        present = {slot.get("person") for slot in self.header.slots}
        people = active(self.ledger.people())
        absent = [person for person in people if person.person_id not in present]
        if not absent:
            return
        told = [self.ledger.opening(entry.index) for entry in self.ledger.entries(signed) if _ROLE_MARK in entry.raw]
        added = {one.subject["person"] for one in told if one is not None and isinstance(one.subject, Mapping)}
        with self.ledger.begin() as writer:
            for count, person in enumerate((one for one in absent if one.person_id in added), 1):
                self.set_role(writer, replace(person, is_active=False), people=len(people) - count)

    def set_role(self, writer: LedgerWriter, person: Person, *, people: int) -> None:
        """Record a person as they are from now on; `people` may open the vault then."""
        tools = self.tools
        set_role(writer, person, people=people, actor=self.actor, now=tools.now, randomness=tools.randomness)

    def _finish_removals(self) -> None:
        """Take away the slots of people whom the ledger no longer lets in: taking one away was cut off before the header."""
        removed = {person.person_id for person in self.ledger.people() if not person.is_active}
        left = [slot for slot in self.header.slots if slot.get("person") not in removed]
        if len(left) < len(self.header.slots) and self.header.is_intact:
            self.folder.replace_slots(left)

    def _secret(self, name: str) -> bytes:
        value = self.ledger.secret(name)
        if value is None:
            raise VaultDamagedError(part=LEDGER)
        return value


def open_vault(tools: VaultTools, path: Path, given: GivenKey, *, operation: Operation = Operation.WRITE) -> OpenVault:
    """Open the vault at `path`; never create anything.

    For `WRITE` the log has to be the one that was signed last. `READ` and `CHECK` open what can be opened, so that
    `verify` can name what is wrong and nobody is kept from her records.
    Raises `VaultMissingError`, `WrongKeyError`, `VaultNewerError`, `VaultDamagedError`, `VaultInUseError`,
    `VaultReadOnlyError`, `CustodyBrokenError`.
    """
    folder = tools.folders.open(path, operation)
    try:
        key = _unlock(tools, folder, given)
        ledger = tools.open_ledger(folder.path / LEDGER, tools.keys.database_key(key.master), operation)
    except BaseException:
        folder.close()
        raise
    try:
        vault = OpenVault(tools, folder, ledger, key=key, operation=operation)
        _require_present(vault)
        if operation is Operation.WRITE:
            vault.begin_writing()
    except BaseException:
        ledger.close()
        folder.close()
        raise
    return vault


def _require_present(vault: OpenVault) -> None:
    """Raise `WrongKeyError` (`removed`) when the slot is of somebody who was taken away: an older header was put back."""
    try:
        removed = {person.person_id for person in vault.ledger.people() if not person.is_active}
    except VaultDamagedError:
        if vault.operation is Operation.WRITE:
            raise
        return  # that a page cannot be read is for the check to say
    if vault.key.person in removed:
        raise WrongKeyError(reason="removed")


def read_checkpoint(vault: OpenVault) -> Checkpoint:
    """Return what the log signed last. Raises `VaultDamagedError` when the note is missing or not the log's."""
    note = vault.folder.checkpoint()
    if note is None:
        raise VaultDamagedError(part="checkpoint")
    try:
        signed = Checkpoint.parse(open_note(note, vault.log_key, vault.tools.verify))
    except (NoteError, CheckpointError) as error:
        raise VaultDamagedError(part="checkpoint") from error
    if signed.origin != vault.origin or not _is_canonical(note):
        raise VaultDamagedError(part="checkpoint")
    return signed


def _is_canonical(note: str) -> bool:
    """Say whether each signature is written in the one way its bytes have.

    The last digit of base64 has bits that stand for nothing (RFC 4648, 3.5): a signature with other ones there
    still holds, and yet the file is not the one that was written.
    """
    written = [line.rpartition(" ")[2] for line in note.rpartition("\n\n")[2].splitlines()]
    return all(b64encode(b64decode(one)).decode() == one for one in written)


def require_extends(vault: OpenVault, signed: Checkpoint) -> None:
    """Raise `CustodyBrokenError` unless the log begins with the entries that were signed."""
    head = vault.ledger.log_head().frontier
    if signed.size > head.size:
        raise CustodyBrokenError(kind="rollback", place=head.size)
    begun = head if signed.size == head.size else Frontier().append(vault.ledger.leaves(signed.size))
    if begun.root() != signed.root:
        raise CustodyBrokenError(kind="log-root", place=signed.size)


def finish_erasing(ledger: VaultLedger) -> bool:
    """Rewrite the ledger when something was erased from it since it was last rewritten; say whether that is done.

    A disk or memory without room for it, or somebody else who reads the file, keeps nobody from writing: it is tried
    again at the next opening.
    """
    if ledger.secret(UNSCRUBBED):
        try:
            ledger.scrub()
            with ledger.begin() as writer:
                writer.set_secret(UNSCRUBBED, b"")
        except (DiskFullError, VaultInUseError, MemoryError):
            return False
    return True


def _unlock(tools: VaultTools, folder: VaultFolder, given: GivenKey) -> Unlocked:
    header = folder.header
    try:
        return tools.keys.unlock(header.slots, given, vault_id=header.vault_id)
    except WrongKeyError as error:
        if header.is_intact:
            raise
        # The key may well be right: what it would open has changed on the disk.
        raise VaultDamagedError(part="haechi.vault") from error
