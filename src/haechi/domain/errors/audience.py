"""Why something of an audience cannot be recorded."""

from haechi.domain.errors.family import NotFoundError, UnsupportedError


class AudienceFileError(UnsupportedError):
    """A list cannot be read: `path` names the file, `place` where in it.

    `reason` is `nothing-found`, `too-large`, `too-many`, `together-too-large`, `together-too-many` (all files of an import),
    `not-opened` (by the archive), `not-json`, `not-text`, `no-header`, `following`, `unknown-layout`, `which-list`, `unknown-language` or `empty`.
    """

    code = "audience-file"


class AudienceRefusedError(UnsupportedError):
    """What was said of an audience cannot be recorded.

    `reason` is `not-own-photo`, `times`, `in-future`, `as-of-missing`, `as-of-early`, `circle-missing` or `public`.
    """

    code = "audience-refused"


class AudienceMissingError(NotFoundError):
    """No post and no list has this identifier (`name`)."""

    code = "audience-missing"
