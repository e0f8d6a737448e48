"""What goes wrong with a vault: its folder, its disk, its log, its back-ups."""

import errno

from haechi.domain.errors.family import ConflictError, NotFoundError, UnavailableError, UnsupportedError


class VaultMissingError(NotFoundError):
    """There is no vault at `path`."""

    code = "vault-missing"


class PathMissingError(NotFoundError):
    """Nothing is at `path`."""

    code = "path-missing"


class BackUpMissingError(NotFoundError):
    """There is no back-up at `path`; with `reason` `number`, not copy `number`, but `numbers`."""

    code = "back-up-missing"


class VaultNewerError(UnsupportedError):
    """The vault needs `features` that this haechi does not know."""

    code = "vault-newer"


class VaultDamagedError(UnsupportedError):
    """The vault's `part` cannot be read."""

    code = "vault-damaged"


class CheckpointForeignError(UnsupportedError):
    """What was to be compared with the log at `path` says nothing of it; `reason` is `form` or `other` (another log's)."""

    code = "checkpoint-foreign"


class BackUpDamagedError(UnsupportedError):
    """The back-up's file `path` is missing or not what was written.

    `reason` is `others` where copies `numbers` of the same folder can be read, `all` where of none there is a manifest.
    """

    code = "back-up-damaged"


class VaultExistsError(ConflictError):
    """`path` is in use already: a vault or other files are there."""

    code = "vault-exists"


class BackUpForeignError(ConflictError):
    """The folder `path` holds back-ups of another vault."""

    code = "back-up-foreign"


class BackUpPlaceError(ConflictError):
    """The folder `path` cannot hold back-ups; `reason` is `vault` (it is one, or lies in one) or `not-empty`."""

    code = "back-up-place"


class VaultInUseError(ConflictError):
    """Another haechi (process `pid`, if known) has the vault at `path` open."""

    code = "vault-in-use"


class VaultReadOnlyError(ConflictError):
    """The disk or folder that holds the vault at `path` cannot be written."""

    code = "vault-read-only"


class CustodyBrokenError(ConflictError):
    """The vault does not verify. `place` is the first thing that is wrong, `kind` says what it is.

    A whole check also tells `findings`, everything that is wrong, each with `kind`, `place` and `item`, and their `count`.
    """

    code = "custody-broken"


class CertificateUnwrittenError(UnavailableError):
    """Log entry `entry` is a deletion that was done, and its certificate could not be written at `path`."""

    code = "certificate-unwritten"


class DeletionChangedError(ConflictError):
    """What would be destroyed is not what was shown before."""

    code = "deletion-changed"


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
    """There is no room left on the disk that holds `path`, or (`reason` is `file-size`) it takes no file this large."""

    code = "disk-full"


def full_disk(error: OSError, path: str) -> DiskFullError | None:
    """Return ours for an error that says that something did not fit, None for others.

    A stick with FAT32 takes no file of 4 GiB, however much room it has (EFBIG).
    """
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(path=path)
    return DiskFullError(path=path, reason="file-size") if error.errno == errno.EFBIG else None
