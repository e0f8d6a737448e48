"""What goes wrong with what opens a vault: passphrases, recovery keys, sheets, people and their approval."""

from haechi.domain.errors.family import ConflictError, NotFoundError, UnavailableError


class PersonMissingError(NotFoundError):
    """Nobody named `name` may open this vault."""

    code = "person-missing"


class SheetsExistError(ConflictError):
    """The folder `path` for helpers' sheets exists already."""

    code = "sheets-exist"


class SheetsRefusedError(ConflictError):
    """Helpers' sheets cannot be made or used.

    `reason` is `numbers` (`needed` of `total`), `sheet` (that given as `number` is misread), `few` (`given` of `needed`) or `words`.
    """

    code = "sheets-refused"


class WrongKeyError(ConflictError):
    """The passphrase or recovery key does not open this vault; `reason` says more where more is known.

    It is `recovery-typo`, `removed` (of somebody who was taken away), `sheets` (helpers' sheets gave the key) or `approver`
    (it is not the passphrase of `name`, who was asked to approve).
    """

    code = "wrong-key"


class KeyMissingError(ConflictError):
    """No passphrase was given and nobody is there to be asked; `reason` says which one.

    It is `new` for the key of a new vault, `typed` where what the keyring keeps does not count, `option` for another
    passphrase that the command's `option` would give, `file` when the first line of `path` is none, `descriptor`.
    """

    code = "key-missing"


class WeakPassphraseError(ConflictError):
    """The passphrase is shorter than `minimum` characters."""

    code = "weak-passphrase"


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


class KeyringUnavailableError(UnavailableError):
    """This machine has no system keyring that haechi can use."""

    code = "keyring-unavailable"
