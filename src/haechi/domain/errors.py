"""Errors that a person can act on. They carry facts; entry points turn facts into sentences.

Four families say how to answer: the command line maps a family to an exit
code, a web page to a status. `code` never changes once released:
documentation, translations and other people's scripts hold on to it.
"""

from typing import ClassVar


class HaechiError(Exception):
    """Base of every error that haechi raises on purpose.

    `facts` are the values a sentence about the error names: file, place, number.
    """

    code: ClassVar[str] = "error"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        """Return code and facts, for developers; people read the sentence that belongs to the code."""
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFoundError(HaechiError):
    """What was asked for is not there."""

    code = "not-found"


class UnsupportedError(HaechiError):
    """Haechi cannot read or do this."""

    code = "unsupported"


class ConflictError(HaechiError):
    """The state of the vault, the case or the packet forbids it."""

    code = "conflict"


class UnavailableError(HaechiError):
    """Something outside haechi did not answer; trying again may help."""

    code = "unavailable"


class VaultMissingError(NotFoundError):
    """There is no vault at `path`."""

    code = "vault-missing"


class CaseMissingError(NotFoundError):
    """The vault has no case named `case`."""

    code = "case-missing"


class PathMissingError(NotFoundError):
    """Nothing is at `path`."""

    code = "path-missing"


class SelectionEmptyError(NotFoundError):
    """There is nothing in the case to make a packet of."""

    code = "selection-empty"


class SelectionUnknownError(NotFoundError):
    """The selection names `names`, which are not in the case."""

    code = "selection-unknown"


class VaultNewerError(UnsupportedError):
    """The vault needs `features` that this haechi does not know."""

    code = "vault-newer"


class VaultDamagedError(UnsupportedError):
    """The vault's `part` cannot be read."""

    code = "vault-damaged"


class UnknownExportError(UnsupportedError):
    """No importer recognises what lies at `path`."""

    code = "unknown-export"


class EncryptedArchiveError(UnsupportedError):
    """The archive at `path` is encrypted and no password, or a wrong one, was given."""

    code = "archive-encrypted"


class ArchiveDamagedError(UnsupportedError):
    """The archive at `path` cannot be listed; `reason` is `cut`, `split`, `too-many-members` or `damaged`."""

    code = "archive-damaged"


class PacketUnreadableError(UnsupportedError):
    """What lies at `path` is not a packet."""

    code = "packet-unreadable"


class VaultExistsError(ConflictError):
    """`path` is in use already: a vault or other files are there."""

    code = "vault-exists"


class WrongKeyError(ConflictError):
    """The passphrase or recovery key does not open this vault."""

    code = "wrong-key"


class KeyMissingError(ConflictError):
    """No passphrase was given and nobody is there to be asked; `reason` is `new` for the key of a new vault."""

    code = "key-missing"


class WeakPassphraseError(ConflictError):
    """The passphrase is shorter than `minimum` characters."""

    code = "weak-passphrase"


class VaultInUseError(ConflictError):
    """Another haechi (process `pid`, if known) has the vault at `path` open."""

    code = "vault-in-use"


class VaultReadOnlyError(ConflictError):
    """The disk or folder that holds the vault at `path` cannot be written."""

    code = "vault-read-only"


class ModeRefusedError(ConflictError):
    """This custody `mode` is not open to the case; `reason` is `minor`, `age-unknown` or `consent-missing`."""

    code = "mode-refused"


class ModeChangeRefusedError(ConflictError):
    """The case already has mode `mode`; `asked` differs."""

    code = "mode-change-refused"


class ExportChangedError(ConflictError):
    """The file `member` of the export changed while it was being imported."""

    code = "export-changed"


class CustodyBrokenError(ConflictError):
    """The vault does not verify. `place` is the first thing that is wrong, `kind` says what it is."""

    code = "custody-broken"


class PacketBrokenError(ConflictError):
    """The packet does not verify; `findings` lists what is wrong, in order."""

    code = "packet-broken"


class PacketExistsError(ConflictError):
    """The packet's folder `path` exists already; a packet never overwrites anything."""

    code = "packet-exists"


class DiskFullError(UnavailableError):
    """There is no room left on the disk that holds `path`."""

    code = "disk-full"


class KeyringUnavailableError(UnavailableError):
    """This machine has no system keyring that haechi can use."""

    code = "keyring-unavailable"


class WorkerCrashedError(UnavailableError):
    """A worker process ended, or sent what it must not, before it had answered; `status` is its exit status if known."""

    code = "worker-crashed"


class WorkerTimeoutError(UnavailableError):
    """A worker process did not answer within `seconds`."""

    code = "worker-timeout"


class WorkerRefusedError(UnavailableError):
    """The task in a worker raised `error` (its type's name) at `at`; `refusal` is the code of an error of ours."""

    code = "worker-refused"
