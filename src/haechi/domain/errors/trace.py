"""Why pictures cannot be compared with her own photos."""

from haechi.domain.errors.family import UnavailableError, UnsupportedError


class TracerUnavailableError(UnavailableError):
    """The face detector's weights cannot be used: `reason` is `weights-missing` or `weights-changed`."""

    code = "tracer-unavailable"


class TraceRefusedError(UnsupportedError):
    """Nothing can be traced as asked: `reason` is `gallery-empty`, `not-own-photo`, `own-photo` or `nothing-to-trace`.

    `no-features`: features are to be forgotten of an item (`item`) that is no own photo, so none are kept of it.
    """

    code = "trace-refused"


class PicturesRefusedError(UnsupportedError):
    """No picture is drawn: `reason` is `mode` or `age` (of the case), `redacted-only`, or `no-reason` was given."""

    code = "pictures-refused"
