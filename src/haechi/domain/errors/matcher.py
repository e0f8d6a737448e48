"""What goes wrong with the matcher: its banks, its index, its exchanges."""

from haechi.domain.errors.family import ConflictError, NotFoundError, UnavailableError, UnsupportedError


class BankMissingError(NotFoundError):
    """The matcher has no bank named `bank`."""

    code = "bank-missing"


class ContentMissingError(NotFoundError):
    """The bank `bank` has no content `content`."""

    code = "content-missing"


class ApiKeyMissingError(NotFoundError):
    """The matcher has no key named `key`."""

    code = "api-key-missing"


class ExchangeMissingError(NotFoundError):
    """The matcher has no exchange named `exchange`."""

    code = "exchange-missing"


class ApiKeyExistsError(ConflictError):
    """There is a key named `key`, in force or revoked."""

    code = "api-key-exists"


class BankRefusedError(UnsupportedError):
    """A bank cannot be so: `bank`, `problem` (`name`, `radius`, `ratio`, `too-many`)."""

    code = "bank-refused"


class ContentRefusedError(UnsupportedError):
    """A content cannot be so: `problem` (`nothing`, `too-many-hashes`, `note`, `time`)."""

    code = "content-refused"


class ShareRefusedError(ConflictError):
    """Hashes are not shared so: `reason` is `form`, `adults-only` (StopNCII takes no minors) or `no-hash` (nothing chosen has one)."""

    code = "share-refused"


class TargetExistsError(ConflictError):
    """Something is at `path` already, and nothing is written over it."""

    code = "target-exists"


class CatalogueUnavailableError(UnavailableError):
    """The matcher's records at `place` cannot be used; `problem` says why.

    It is `busy`, `damaged`, `newer` (of a later haechi), `missing`, `connection`, `address` or `driver` (no psycopg here).
    """

    code = "catalogue-unavailable"


class BankExistsError(ConflictError):
    """There is a bank named `bank` already."""

    code = "bank-exists"


class BankMixedError(ConflictError):
    """`banks` hold pictures of adults and of minors, which are asked and kept apart."""

    code = "bank-mixed"


class HashRefusedError(UnsupportedError):
    """A hash has the wrong form: `type`, `problem`, `place`."""

    code = "hash-refused"


class HashListRefusedError(UnsupportedError):
    """A list of hashes is none that haechi reads: `path`, `problem`, `place`."""

    code = "hash-list-refused"


class AddressRefusedError(UnsupportedError):
    """A file is not fetched from this address: `problem` (a private address, another scheme, too large, too slow)."""

    code = "address-refused"


class FileTooLargeError(UnsupportedError):
    """A file that was sent or fetched is larger than `most_bytes`."""

    code = "file-too-large"


class RequestRefusedError(UnsupportedError):
    """A request to the match server does not have the form that its OpenAPI says: `place`, `problem`."""

    code = "request-refused"


class ApiKeyRefusedError(ConflictError):
    """A request to the match server came with no key, or with one that it does not know or that was revoked."""

    code = "api-key-refused"


class RoleMissingError(ConflictError):
    """The key of the request is not allowed this; it needs the role `role`."""

    code = "role-missing"


class LookupsLimitedError(UnavailableError):
    """The key has asked more than its `lookups_per_minute`; it may ask again in `wait_s` seconds."""

    code = "lookups-limited"


class IndexNotReadyError(UnavailableError):
    """The index is being loaded or rebuilt: `problem`."""

    code = "index-not-ready"


class ExchangeFailedError(UnavailableError):
    """A partner's exchange did not answer as its format says: `exchange`, `problem`.

    It is `address` (not one that is asked), `credentials` (missing or not accepted), `connect`, `tls`, `slow`, `redirect`, `status`, `busy` (it said so),
    `long`, `cut` or `answer` (it makes no sense). Of a list in a file: `folder` (none was named for lists), `file` (not a plain file in that folder),
    `changing` (somebody wrote into it while it was read: nothing was withdrawn).
    """

    code = "exchange-failed"


class ExchangeStoppedError(ExchangeFailedError):
    """Reading a partner's list was ended because the program ends; what was read stays, and the next reading goes on."""

    code = "exchange-stopped"


class ExchangeEndedError(ExchangeStoppedError):
    """Reading a partner's list was ended because the exchange is no longer the one whose reading began: `exchange`, `problem`. What was read stays.

    It was switched `off`, `removed` or `changed` to another list meanwhile, or another server has `taken` it because this one was silent for too long.
    """

    code = "exchange-ended"


class ExchangeCursorExpiredError(ExchangeFailedError):
    """A partner no longer knows what was read of its list before: it has to be read as a whole."""

    code = "exchange-cursor-expired"


class ExchangeInUseError(ConflictError):
    """Another server of the same catalogue reads the exchange `exchange` now."""

    code = "exchange-in-use"


class CredentialsUnreadableError(UnavailableError):
    """What partners know this machine by lies in the file `path` and cannot be read; `problem` is `unreadable` or `damaged`."""

    code = "credentials-unreadable"


class ExchangeCannotError(UnsupportedError):
    """A partner's format has no way to say this: `exchange`, `problem` (`submit`, `feedback`, `type`)."""

    code = "exchange-cannot"


class IndexInUseError(ConflictError):
    """Another process writes to the hash index at `path`; `pid` is its number if it said so."""

    code = "index-in-use"


class IndexMissingError(NotFoundError):
    """There is no hash index at `path` to be read."""

    code = "index-missing"


class IndexUnwritableError(UnavailableError):
    """The disk does not take what is written to the hash index at `path` (`errno`): nothing of it was kept. Searching goes on."""

    code = "index-unwritable"


class IndexClosedError(ConflictError):
    """The hash index at `path` was closed, or was opened only for reading."""

    code = "index-closed"


class ClusterUnavailableError(UnavailableError):
    """There is no cluster at `address` (None: on this machine) to work with: `reason` is `missing` (no Ray here) or `connection`."""

    code = "cluster-unavailable"
