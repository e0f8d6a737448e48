"""Open a vault that exists: lock it, unlock its ledger, and see that its log is not older than what it signed."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError, WrongKeyError
from haechi.domain.merkle import Frontier
from haechi.domain.note import NoteError, NoteKey, open_note, sign_note
from haechi.domain.vault import Operation
from haechi.ports.blobs import Blobs
from haechi.ports.keys import GivenKey, KeySlots
from haechi.ports.ledger import VaultLedger
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness
from haechi.ports.signer import Signer, VerifySignature
from haechi.ports.vault import Header, VaultFolder, VaultFolders

LEDGER = "ledger.db"


@dataclass(frozen=True, slots=True)
class VaultTools:
    """What vaults are made of: the ports, and what makes a ledger, a blob store and a signer from a key."""

    folders: VaultFolders
    keys: KeySlots
    create_ledger: Callable[[Path, bytes], VaultLedger]
    open_ledger: Callable[[Path, bytes, Operation], VaultLedger]
    blobs: Callable[[Path, bytes], Blobs]
    signer: Callable[[bytes], Signer]
    verify: VerifySignature
    now: Now
    randomness: Randomness


class OpenVault:
    """An open vault, locked until `close`. `master` is its master key, for the system keyring."""

    def __init__(
        self, tools: VaultTools, folder: VaultFolder, ledger: VaultLedger, *, master: bytes, operation: Operation
    ) -> None:
        self.tools = tools
        self.folder = folder
        self.ledger = ledger
        self.master = master
        self.operation = operation
        self.blobs = tools.blobs(folder.path, tools.keys.blob_name_key(master))
        self.origin = self._secret("origin").decode()
        self.log_signer = tools.signer(self._secret("log-key"))
        self.packet_signer = tools.signer(self._secret("packet-key"))
        self.reader_identity = self._secret("reader-identity").decode()
        self._signed: int | None = None

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

    def checkpoint(self) -> None:
        """Sign the log as it stands and replace the checkpoint; nothing happens when nothing was appended."""
        size = self.ledger.log_head().frontier.size
        if size != self._signed:
            self.folder.write_checkpoint(self.note())
            self._signed = size

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
        self.ledger.forget_copy()
        self.checkpoint()

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
        master = _master(tools, folder, given)
        ledger = tools.open_ledger(folder.path / LEDGER, tools.keys.database_key(master), operation)
    except BaseException:
        folder.close()
        raise
    try:
        vault = OpenVault(tools, folder, ledger, master=master, operation=operation)
        if operation is Operation.WRITE:
            vault.begin_writing()
    except BaseException:
        ledger.close()
        folder.close()
        raise
    return vault


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


def _master(tools: VaultTools, folder: VaultFolder, given: GivenKey) -> bytes:
    header = folder.header
    try:
        return tools.keys.open(header.slots, given, vault_id=header.vault_id)
    except WrongKeyError as error:
        if header.is_intact:
            raise
        # The key may well be right: what it would open has changed on the disk.
        raise VaultDamagedError(part="haechi.vault") from error
