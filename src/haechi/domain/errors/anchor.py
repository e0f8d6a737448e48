"""What goes wrong with those who confirm the log from outside: witnesses and time-stamping authorities."""

from haechi.domain.errors.family import ConflictError, NotFoundError, UnavailableError, UnsupportedError


class WitnessMissingError(NotFoundError):
    """The vault knows no witness named `witness`."""

    code = "witness-missing"


class WitnessFolderMissingError(NotFoundError):
    """There is no witness's folder at `path`: no keys are in it."""

    code = "witness-folder-missing"


class AuthorityMissingError(NotFoundError):
    """The vault knows no time-stamping authority named `authority`."""

    code = "authority-missing"


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
