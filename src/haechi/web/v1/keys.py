"""`/v1/keys`, `/v1/audit`: who may ask, and who did what."""

from typing import Annotated, Any

from pydantic import Field

from haechi.domain.api_key import ApiKey, ApiRole
from haechi.web.operation import Call, Lenient, Nothing, Strict, operation

KeyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
USUAL_LOOKUPS = 60_000


class NewKey(Strict):
    """A key to make."""

    name: KeyName
    role: Annotated[ApiRole, Field(strict=False)]
    lookups_per_minute: Annotated[int, Field(ge=1, le=1_000_000_000)] = USUAL_LOOKUPS


class KeyMade(Strict):
    """The secret of a new key. It is shown this once and kept nowhere."""

    name: str
    secret: str


class KeyAnswer(Strict):
    """A key."""

    name: str
    role: ApiRole
    lookups_per_minute: int
    created_at: str
    revoked_at: str | None


class KeyPath(Lenient):
    """Which key."""

    name: KeyName


class AuditPart(Strict):
    """Which part of the audit: lines before a number."""

    before: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    most: Annotated[int, Field(ge=1, le=1_000)] = 100


class AuditAnswer(Strict):
    """Who did what. The facts hold names and counts, never a hash that was asked for."""

    number: int | None
    at: str
    by: str
    action: str
    facts: dict[str, Any]


@operation("GET", "/v1/keys", role=ApiRole.ADMIN, tag="Keys", summary="All keys")
def list_keys(call: Call[Nothing, Nothing, None]) -> list[KeyAnswer]:
    """Return all keys, revoked ones too, without their secrets."""
    known = call.service.matcher.keys()
    return [_key(one) for one in known]


@operation("POST", "/v1/keys", role=ApiRole.ADMIN, tag="Keys", summary="Make a key", status=201)
def make_key(call: Call[Nothing, Nothing, NewKey]) -> KeyMade:
    """Make a key and show its secret, this once."""
    new = call.body
    secret = call.service.matcher.add_key(
        new.name, new.role, lookups_per_minute=new.lookups_per_minute, by=call.by.name
    )
    return KeyMade(name=new.name, secret=secret)


@operation("DELETE", "/v1/keys/{name}", role=ApiRole.ADMIN, tag="Keys", summary="Revoke a key")
def revoke_key(call: Call[KeyPath, Nothing, None]) -> list[KeyAnswer]:
    """Take a key out of force at once; return all keys."""
    call.service.matcher.revoke_key(call.path.name, by=call.by.name)
    call.service.gate.forget()
    known = call.service.matcher.keys()
    return [_key(one) for one in known]


@operation("GET", "/v1/audit", role=ApiRole.ADMIN, tag="Keys", summary="Who did what")
def read_audit(call: Call[Nothing, AuditPart, None]) -> list[AuditAnswer]:
    """Return the newest lines first."""
    found = call.service.matcher.audit(before=call.query.before, most=call.query.most)
    return [
        AuditAnswer(number=one.number, at=one.at, by=one.by, action=one.action, facts=dict(one.facts)) for one in found
    ]


def _key(key: ApiKey) -> KeyAnswer:
    return KeyAnswer(
        name=key.name,
        role=key.role,
        lookups_per_minute=key.lookups_per_minute,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )


OPERATIONS = (list_keys, make_key, revoke_key, read_audit)
