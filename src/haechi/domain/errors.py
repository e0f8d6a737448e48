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


class RecipientMissingError(NotFoundError):
    """The recipient directory has nobody of this `name`."""

    code = "recipient-missing"


class SelectionUnknownError(NotFoundError):
    """The selection names `names`, which are not in the case."""

    code = "selection-unknown"


class WitnessMissingError(NotFoundError):
    """The vault knows no witness named `witness`."""

    code = "witness-missing"


class WitnessFolderMissingError(NotFoundError):
    """There is no witness's folder at `path`: no keys are in it."""

    code = "witness-folder-missing"


class PersonMissingError(NotFoundError):
    """Nobody named `name` may open this vault."""

    code = "person-missing"


class AuthorityMissingError(NotFoundError):
    """The vault knows no time-stamping authority named `authority`."""

    code = "authority-missing"


class BackUpMissingError(NotFoundError):
    """There is no back-up at `path`, or not the copy that was asked for."""

    code = "back-up-missing"


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


class RecipientKeyError(UnsupportedError):
    """What was given as a recipient's key is none that haechi can use; `kind` is `age`, `ssh` or `missing` (neither)."""

    code = "recipient-key"


class PolicyUnreadableError(UnsupportedError):
    """The witness policy is wrong at `line` (0: as a whole); `reason` is that of `domain.policy.PolicyError`."""

    code = "policy-unreadable"


class WitnessKeyError(UnsupportedError):
    """The text `vkey` is no key of the wanted sort; `reason` is `witness`, `log`, `name` or `twice`."""

    code = "witness-key"


class WitnessAddressError(UnsupportedError):
    """`url` is not an http(s) address that a witness could answer at."""

    code = "witness-address"


class WitnessFolderDamagedError(UnsupportedError):
    """The witness's folder at `path` holds a `part` that cannot be read."""

    code = "witness-folder-damaged"


class AuthorityUnusableError(UnsupportedError):
    """What was said of the authority `authority` cannot be used; `reason` says why.

    It is `name`, `url`, `policy`, `pem` (no certificates in the file), `key` (of a kind that not every verifier knows),
    `purpose` (the certificate is not for time stamping alone), `chain` (it does not lead to a root) or `time` (expired).
    """

    code = "authority-unusable"


class CheckpointForeignError(UnsupportedError):
    """What was to be compared with the log at `path` says nothing of it; `reason` is `form` or `other` (another log's)."""

    code = "checkpoint-foreign"


class BackUpDamagedError(UnsupportedError):
    """The back-up's file `path` is missing or not what was written."""

    code = "back-up-damaged"


class VaultExistsError(ConflictError):
    """`path` is in use already: a vault or other files are there."""

    code = "vault-exists"


class BackUpForeignError(ConflictError):
    """The folder `path` holds back-ups of another vault."""

    code = "back-up-foreign"


class SheetsExistError(ConflictError):
    """The folder `path` for helpers' sheets exists already."""

    code = "sheets-exist"


class SheetsRefusedError(ConflictError):
    """Helpers' sheets cannot be made or used; `reason` is `numbers` (how many of how many) or `words`."""

    code = "sheets-refused"


class BackUpPlaceError(ConflictError):
    """The folder `path` cannot hold back-ups; `reason` is `vault` (it is one, or lies in one) or `not-empty`."""

    code = "back-up-place"


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
    """The vault does not verify. `place` is the first thing that is wrong, `kind` says what it is.

    A whole check also tells `findings`, everything that is wrong, each with `kind`, `place` and `item`, and their `count`.
    """

    code = "custody-broken"


class PacketBrokenError(ConflictError):
    """The packet does not verify; `findings` lists what is wrong, in order."""

    code = "packet-broken"


class PersonExistsError(ConflictError):
    """Somebody named `name` may open the vault already."""

    code = "person-exists"


class SlotRefusedError(ConflictError):
    """This key cannot be changed or taken away here; `reason` is `last`, `not-typed`, `recovery` or `taken`.

    `last`: nobody could open the vault any more. `not-typed`: the vault was not opened by the passphrase that this is about.
    `recovery`: a recovery key cannot stand in for one of several people. `taken`: the new passphrase opens the vault already.
    """

    code = "slot-refused"


class ApprovalMissingError(ConflictError):
    """Two people have to agree; `reason` is `missing`, `same`, `wrong` or `not-typed`.

    `missing`: nobody approved. `same`: whoever asks approved too. `wrong`: the approval is not for this. `not-typed`: whoever
    asks opened the vault without a passphrase of their own.
    """

    code = "approval-missing"


class DeletionChangedError(ConflictError):
    """What would be destroyed is not what was shown before."""

    code = "deletion-changed"


class PacketExistsError(ConflictError):
    """The packet's folder `path` exists already; a packet never overwrites anything."""

    code = "packet-exists"


class SealedForOthersError(ConflictError):
    """`names` (exhibits, or a file) were sealed for others only; no key in this vault opens them."""

    code = "sealed-for-others"


class ReadersMissingError(ConflictError):
    """A case can be sealed for others only when somebody is named who can open it."""

    code = "readers-missing"


class RedactionRefusedError(ConflictError):
    """No redacted copy can be made; `reason` says why.

    It is `reference-only`, `not-sealed`, `not-a-picture`, `undecodable`, `too-large`, `nothing-chosen`,
    `outside` (of a picture of `width` and `height`), `reason-missing` or `embedded-picture`.
    """

    code = "redaction-refused"


class HandOverRefusedError(ConflictError):
    """The packet cannot be closed for this recipient; `reason` says why.

    It is `age-missing`, `passphrase-short`, `changed` (the file `path` of the packet) or `nothing-sealed`.
    """

    code = "hand-over-refused"


class ReceiptRefusedError(ConflictError):
    """What came back is not the receipt of a hand-over; `reason` says why.

    It is `form`, `text`, `transfer-unknown`, `recipient-unknown`, `key-missing`, `signature-form`, `key-other`,
    `namespace-other`, `signature` or `received-already`.
    """

    code = "receipt-refused"


class WitnessConflictError(ConflictError):
    """The witness `witness` does not cosign this checkpoint of `size` entries, and asking again changes nothing.

    `reason`: `size` when it has cosigned a tree of another size than it was told (`size` is the one it has seen, HTTP
    status 409), `ahead` when that is larger than this whole log, `fork` when the log does not continue the one it has seen (422), `unknown` when it was not told to
    serve this log (404), `refused` when it does not take the request for what it should be (400, 403).
    """

    code = "witness-conflict"


class WitnessFolderExistsError(ConflictError):
    """`path` is in use already: a witness's keys are never overwritten."""

    code = "witness-folder-exists"


class AuthorityExistsError(ConflictError):
    """The vault knows an authority named `authority` already, and does not silently trust another instead."""

    code = "authority-exists"


class NobodyToAskError(ConflictError):
    """The vault knows no time-stamping authority and no witness."""

    code = "nobody-to-ask"


class StampRefusedError(ConflictError):
    """The authority `authority` answered, and what it answered was not accepted; `reason` says why.

    `rejected` is its own refusal, `modified` that it would grant something else. Otherwise the answer is not the stamp
    that was asked for: `form`, `imprint`, `nonce`, `policy`, `signature`, `certificate` (another one signed, or its chain is broken) or `time` (not valid at that time).
    """

    code = "stamp-refused"


class TilesOtherError(ConflictError):
    """What lies at `path` is no tiles, or those of a log that this one does not continue; nothing was changed."""

    code = "tiles-other"


class FolderReadOnlyError(ConflictError):
    """Nothing can be written into the folder `path`."""

    code = "folder-read-only"


class VaultOlderError(ConflictError):
    """The vault at `path` is of an earlier haechi, and is brought up to date only by opening it for writing."""

    code = "vault-older"


class DiskFullError(UnavailableError):
    """There is no room left on the disk that holds `path`."""

    code = "disk-full"


class KeyringUnavailableError(UnavailableError):
    """This machine has no system keyring that haechi can use."""

    code = "keyring-unavailable"


class EnvelopeBrokenError(UnavailableError):
    """What was written to `path` for a recipient did not read back as it was; it was removed."""

    code = "envelope-broken"


class WorkerCrashedError(UnavailableError):
    """A worker process ended, or sent what it must not, before it had answered; `status` is its exit status if known."""

    code = "worker-crashed"


class WorkerTimeoutError(UnavailableError):
    """A worker process did not answer within `seconds`."""

    code = "worker-timeout"


class WorkerRefusedError(UnavailableError):
    """The task in a worker raised `error` (its type's name) at `at`; `refusal` is the code of an error of ours."""

    code = "worker-refused"


class WitnessUnreachableError(UnavailableError):
    """The witness `witness` gave no answer that counts; `reason` is `connection`, `timeout` or `answer`.

    With `answer` it did answer, with HTTP `status`, but not as a witness does: nothing it said was believed.
    """

    code = "witness-unreachable"


class AuthorityUnreachableError(UnavailableError):
    """The authority `authority` did not answer with a stamp; `reason` says how far it came.

    It is `url`, `connect`, `tls`, `slow`, `redirect`, `status`, `type` (something else than a stamp, such as a page),
    `long`, `cut`, `busy` (it said so) or `check` (the answer could not be looked at).
    """

    code = "authority-unreachable"
