"""Errors as JSON: a stable `code`, a sentence in the client's language, and the facts. Never a traceback, never a hash."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from haechi.domain.errors import (
    ApiKeyRefusedError,
    BankExistsError,
    ConflictError,
    FileTooLargeError,
    HaechiError,
    LookupsLimitedError,
    NotFoundError,
    RoleMissingError,
    UnavailableError,
    UnsupportedError,
    WorkerCrashedError,
    WorkerRefusedError,
    WorkerTimeoutError,
)
from haechi.language import Language, use
from haechi.language.errors import tell

_STATUSES: tuple[tuple[type[HaechiError], int], ...] = (
    (FileTooLargeError, 413),
    (ApiKeyRefusedError, 401),
    (RoleMissingError, 403),
    (LookupsLimitedError, 429),
    # The file that was sent broke its worker: sending it again changes nothing.
    (WorkerCrashedError, 422),
    (WorkerRefusedError, 422),
    (WorkerTimeoutError, 422),
    (NotFoundError, 404),
    (UnsupportedError, 400),
    (ConflictError, 409),
    (UnavailableError, 503),
)
_SHOWN = 300
_MEANS = {"en": Language.EN, "ko": Language.KO}


class Refusal(BaseModel):
    """What every refusal looks like. `message` is for people and follows `Accept-Language`; `code` never changes."""

    code: str
    message: str
    facts: dict[str, Any] = {}


def status_of(error: HaechiError) -> int:
    """Return the HTTP status of an error."""
    return next((status for family, status in _STATUSES if isinstance(error, family)), 500)


def refusal(error: HaechiError) -> dict[str, object]:
    """Return the error as JSON, in the language in use."""
    what, remedy = tell(error)
    facts = {name: _plain(value) for name, value in error.facts.items()}
    return {"code": error.code, "message": f"{what} {remedy}".strip(), "facts": facts}


def headers_of(error: HaechiError) -> dict[str, str]:
    """Return what an error's answer says beside its body."""
    if isinstance(error, LookupsLimitedError):
        return {"Retry-After": str(error.facts["wait_s"])}
    if isinstance(error, ApiKeyRefusedError):
        return {"WWW-Authenticate": 'Bearer realm="haechi"'}
    return {}


def speak(accepted: str | None) -> None:
    """Speak the first language of `Accept-Language` that there is; English when none is named: the reader is a program."""
    use(next((_MEANS[wish] for wish in _wishes(accepted) if wish in _MEANS), Language.EN))


def hma_status(error: HaechiError) -> int:
    """Return the status that HMA gives, where its clients look at it."""
    return 403 if isinstance(error, BankExistsError) else status_of(error)


def _wishes(accepted: str | None) -> list[str]:
    if not accepted:
        return []
    parts = [one.partition(";q=") for one in accepted[:_SHOWN].lower().split(",")]
    ranked = sorted(enumerate(parts), key=lambda one: (-_weight(one[1][2]), one[0]))
    return [tag.strip()[:2] for _, (tag, _, _) in ranked]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(name)[:_SHOWN]: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return Path(value).name if isinstance(value, Path) else str(value)[:_SHOWN]
