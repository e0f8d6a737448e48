"""What goes wrong with what a case holds: choosing, importing, redacting, and the workers that look at files."""

from haechi.domain.errors.family import ConflictError, NotFoundError, UnavailableError, UnsupportedError


class CaseMissingError(NotFoundError):
    """The vault has no case named `case`."""

    code = "case-missing"


class SelectionEmptyError(NotFoundError):
    """There is nothing in the case to make a packet of."""

    code = "selection-empty"


class SelectionUnknownError(NotFoundError):
    """The selection names `names`, which are not in the case; `reason` is `deletion`, or `entry` for a certificate."""

    code = "selection-unknown"


class UnknownExportError(UnsupportedError):
    """No importer recognises what lies at `path`."""

    code = "unknown-export"


class EncryptedArchiveError(UnsupportedError):
    """The archive at `path` is encrypted and no password, or a wrong one, was given."""

    code = "archive-encrypted"


class ArchiveDamagedError(UnsupportedError):
    """The archive at `path` cannot be listed; `reason` is `cut`, `split`, `too-many-members` or `damaged`."""

    code = "archive-damaged"


class ModeRefusedError(ConflictError):
    """This custody `mode` is not open to the case; `reason` is `minor`, `age-unknown` or `consent-missing`."""

    code = "mode-refused"


class ModeChangeRefusedError(ConflictError):
    """The case already has mode `mode`; `asked` differs."""

    code = "mode-change-refused"


class ExportChangedError(ConflictError):
    """The file `member` of the export changed while it was being imported."""

    code = "export-changed"


class RedactionRefusedError(ConflictError):
    """No redacted copy can be made; `reason` says why.

    It is `reference-only`, `not-sealed`, `not-a-picture`, `undecodable`, `too-large`, `nothing-chosen`,
    `outside` (of a picture of `width` and `height`), `reason-missing` or `embedded-picture`.
    """

    code = "redaction-refused"


class WorkerCrashedError(UnavailableError):
    """A worker process ended, or sent what it must not, before it had answered; `status` is its exit status if known."""

    code = "worker-crashed"


class WorkerTimeoutError(UnavailableError):
    """A worker process did not answer within `seconds`."""

    code = "worker-timeout"


class WorkerRefusedError(UnavailableError):
    """The task in a worker raised `error` (its type's name) at `at`; `refusal` is the code of an error of ours."""

    code = "worker-refused"
