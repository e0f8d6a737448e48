"""`/c/exchanges`: partners whose lists are taken into banks, in HMA's form.

HMA asks its partners every few minutes by itself. Here it is done when the server was started so (`--fetch-every`), or when somebody says so
(`/v1/exchanges/{name}/fetch`). The address of a partner cannot be set from here: a key would otherwise have this machine ask any server. Nor can a path
lead anywhere but into the folder that the operator named for lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import SignalType, Tier
from haechi.domain.errors import BankMissingError, RequestRefusedError
from haechi.domain.fetch_schedule import LEAST_EVERY_S, MOST_EVERY_S
from haechi.ports.catalogue import Exchange
from haechi.web.hma.banks import Done
from haechi.web.operation import Call, Lenient, Nothing, Strict, operation
from haechi.web.service import Service
from haechi.web.words import Names, unix_of

ExchangeName = Annotated[str, Field(pattern=r"^[A-Z0-9_]+$", max_length=64)]
_MOST_SETTING = 1_000
_NCMEC = {
    "industry": "https://report.cybertip.org/hashsharing",
    "ngo": "https://hashsharing.ncmec.org/npo",
    "exploitative": "https://hashsharing.ncmec.org/exploitative",
    "test-industry": "https://exttest.cybertip.org/hashsharing",
    "test-ngo": "https://hashsharing-test.ncmec.org/npo",
    "test-exploitative": "https://hashsharing-test.ncmec.org/exploitative",
}
"""Environments by our names; HMA's clients name them by their addresses."""


@dataclass(frozen=True, slots=True)
class _Setting:
    name: str
    help: str
    type: str = "string"
    is_required: bool = True
    own_name: str = ""
    """What our client calls it, when that is another name."""


@dataclass(frozen=True, slots=True)
class _Api:
    """A partner's interface: our own name for it, and what HMA's clients set."""

    name: str
    settings: tuple[_Setting, ...] = ()
    credentials: tuple[_Setting, ...] = ()


_FILE = "local_file"
_APIS: Mapping[str, _Api] = {
    "fb_threatexchange": _Api(
        "threatexchange",
        (_Setting("privacy_group", "ThreatPrivacyGroup", "number"),),
        (_Setting("api_token", "Access token"),),
    ),
    "ncmec": _Api(
        "ncmec",
        (_Setting("environment", "Environment"),),
        (_Setting("user", "User name", own_name="username"), _Setting("password", "Password")),
    ),
    "stopncii": _Api(
        "stopncii",
        (),
        (
            _Setting("subscription_key", "Subscription key"),
            _Setting("fetch_function_key", "Key of FetchHashes", own_name="FetchHashes"),
        ),
    ),
    _FILE: _Api(
        "local_file",
        (
            _Setting("filename", "A file in the folder that the operator named for lists"),
            _Setting("signal_type", "Type of all hashes, when lines hold a hash alone", "enum", is_required=False),
        ),
    ),
    "sample": _Api("sample"),
}


class ApiPath(Lenient):
    """Which partner's interface."""

    api: Names


class ExchangePath(Lenient):
    """Which exchange."""

    name: Names


class ApiState(Strict):
    """Whether an interface takes credentials, and has some. HMA's own spelling."""

    supports_authentification: bool
    has_set_authentification: bool


class Credentials(Lenient):
    """What the partner knows this machine by. Empty forgets it; it is in no answer."""

    credential_json: dict[str, str] | None = None


class SettingAnswer(Strict):
    """One setting of an interface."""

    name: str
    type: str
    required: bool
    default: None
    help: str
    choices: list[str] | None


class Fields(Strict):
    """Settings."""

    fields: list[SettingAnswer]


class ApiSchema(Strict):
    """What an interface has to be told."""

    config_schema: Fields
    credentials_schema: Fields | None


class NewExchange(Lenient):
    """An exchange to make. Its bank has its name, and is made with it."""

    bank: ExchangeName
    api: Names
    api_json: dict[str, str | int | bool] = Field(default_factory=dict)


class ExchangeChange(Lenient):
    """What is to be changed. The latter two are our own: how often it is read, and whose word its list is."""

    enabled: bool | None = None
    fetch_every_s: Annotated[int, Field(ge=LEAST_EVERY_S, le=MOST_EVERY_S)] | None = None
    tier: Tier | None = None


class FetchStatus(Strict):
    """How far an exchange was read, under the names of HMA's description and of its answers."""

    last_fetch_time: int
    checkpoint_time: int
    success: bool
    checkpoint_ts: int | None
    running_fetch_start_ts: int | None
    last_fetch_complete_ts: int | None
    last_fetch_succeeded: bool | None
    up_to_date: bool
    fetched_items: int


@operation("GET", "/c/exchanges/apis", role=ApiRole.CURATOR, tag="Exchanges", summary="Partners' interfaces")
def list_exchange_apis(_call: Call[Nothing, Nothing, None]) -> list[str]:
    """Return the interfaces that can be asked."""
    return list(_APIS)


@operation("GET", "/c/exchanges/api/{api}", role=ApiRole.CURATOR, tag="Exchanges", summary="One interface")
def show_exchange_api(call: Call[ApiPath, Nothing, None]) -> ApiState:
    """Say whether an interface has credentials."""
    return _state(call.service, _api(call.path.api))


@operation("POST", "/c/exchanges/api/{api}", role=ApiRole.ADMIN, tag="Exchanges", summary="Set credentials")
def set_exchange_credentials(call: Call[ApiPath, Nothing, Credentials]) -> ApiState:
    """Keep what the partner knows this machine by."""
    api = _api(call.path.api)
    given = call.body.credential_json
    if given is not None:
        own = {one.name: one.own_name or one.name for one in api.credentials}
        if any(name not in own or len(value) > _MOST_SETTING for name, value in given.items()):
            raise RequestRefusedError(place="body.credential_json", problem="form")
        kept = {own[name]: value for name, value in given.items()}
        call.service.matcher.exchanges.set_credentials(api.name, kept, by=call.by.name)
    return _state(call.service, api)


@operation("GET", "/c/exchanges/api/{api}/schema", role=ApiRole.CURATOR, tag="Exchanges", summary="Settings")
def show_exchange_schema(call: Call[ApiPath, Nothing, None]) -> ApiSchema:
    """Say what an interface has to be told."""
    api = _api(call.path.api)
    return ApiSchema(
        config_schema=Fields(fields=[_field(one) for one in api.settings]),
        credentials_schema=Fields(fields=[_field(one) for one in api.credentials]) if api.credentials else None,
    )


@operation("GET", "/c/exchanges", role=ApiRole.CURATOR, tag="Exchanges", summary="All exchanges")
def list_exchanges(call: Call[Nothing, Nothing, None]) -> list[str]:
    """Return the exchanges' names."""
    return [one.name for one in call.service.matcher.exchanges.all()]


@operation("POST", "/c/exchanges", role=ApiRole.CURATOR, tag="Exchanges", summary="Make an exchange", status=201)
def create_exchange(call: Call[Nothing, Nothing, NewExchange]) -> Done:
    """Make an exchange and, when there is none of its name, a bank for it."""
    new, matcher = call.body, call.service.matcher
    if new.api not in _APIS:
        raise RequestRefusedError(place="body.api", problem="exchange-type-unknown")
    api = _APIS[new.api]
    settings = {name: value for name, value in new.api_json.items() if name not in ("name", "api", "enabled")}
    required = {one.name for one in api.settings if one.is_required}
    known = {one.name for one in api.settings}
    if not required <= settings.keys() <= known or any(len(str(value)) > _MOST_SETTING for value in settings.values()):
        raise RequestRefusedError(place="body.api_json", problem="form")
    if settings.get("signal_type") not in (None, *SignalType):
        raise RequestRefusedError(place="body.api_json.signal_type", problem="enum")
    if "environment" in settings:
        settings["environment"] = _environment(str(settings["environment"]))
    try:
        matcher.bank(new.bank)
    except BankMissingError:
        matcher.add_bank(new.bank, call.service.settings.depicted, by=call.by.name)
    enabled = new.api_json.get("enabled", True) is not False
    matcher.exchanges.set(new.bank, bank=new.bank, api=api.name, settings=settings, is_enabled=enabled, by=call.by.name)
    return Done(message="Created successfully")


@operation("GET", "/c/exchange/{name}", role=ApiRole.CURATOR, tag="Exchanges", summary="One exchange")
def show_exchange(call: Call[ExchangePath, Nothing, None]) -> dict[str, str | int | bool]:
    """Return an exchange with its settings."""
    return _shown(exchange(call.service, call.path.name))


@operation("GET", "/c/exchange/{name}/status", role=ApiRole.CURATOR, tag="Exchanges", summary="How far it was read")
def show_exchange_status(call: Call[ExchangePath, Nothing, None]) -> FetchStatus:
    """Say when an exchange was last read, and whether that succeeded."""
    found = exchange(call.service, call.path.name)
    fetched = unix_of(found.fetched_at)
    reached = fetched if found.cursor is not None else 0
    running = call.service.matcher.exchanges.fetching_since(found.name)
    return FetchStatus(
        last_fetch_time=fetched,
        checkpoint_time=reached,
        success=found.succeeded is not False,
        checkpoint_ts=reached or None,
        running_fetch_start_ts=unix_of(running) if running is not None else None,
        last_fetch_complete_ts=fetched or None,
        last_fetch_succeeded=found.succeeded,
        up_to_date=bool(found.succeeded),
        fetched_items=call.service.matcher.sizes().get(found.bank, 0),
    )


@operation("PUT", "/c/exchange/{name}", role=ApiRole.CURATOR, tag="Exchanges", summary="Change an exchange")
def update_exchange(call: Call[ExchangePath, Nothing, ExchangeChange]) -> dict[str, str | int | bool]:
    """Switch an exchange on or off, and say how often it is read by itself and whose word its list is."""
    found = exchange(call.service, call.path.name)
    enabled = found.is_enabled if call.body.enabled is None else call.body.enabled
    own = {"fetch_every_s": call.body.fetch_every_s, "tier": call.body.tier and call.body.tier.value}
    settings = {**found.settings, **{name: value for name, value in own.items() if value is not None}}
    changed = call.service.matcher.exchanges.set(
        found.name, bank=found.bank, api=found.api, settings=settings, is_enabled=enabled, by=call.by.name
    )
    return _shown(changed)


@operation("DELETE", "/c/exchange/{name}", role=ApiRole.CURATOR, tag="Exchanges", summary="Remove an exchange")
def delete_exchange(call: Call[ExchangePath, Nothing, None]) -> Done:
    """Forget an exchange. What it brought stays in its bank."""
    exchange(call.service, call.path.name)
    call.service.matcher.exchanges.remove(call.path.name, by=call.by.name)
    return Done(message="Exchange deleted")


def exchange(service: Service, name: str) -> Exchange:
    """Return an exchange. Raises `ExchangeMissingError`."""
    return service.matcher.exchanges.get(name)


def _api(name: str) -> _Api:
    if name not in _APIS:
        raise RequestRefusedError(place="path.api", problem="exchange-type-unknown")
    return _APIS[name]


def _environment(asked: str) -> str:
    for name, address in _NCMEC.items():
        if asked in (name, address):
            return name
    raise RequestRefusedError(place="body.api_json.environment", problem="enum")


def _state(service: Service, api: _Api) -> ApiState:
    return ApiState(
        supports_authentification=bool(api.credentials),
        has_set_authentification=service.matcher.exchanges.has_credentials(api.name),
    )


def _field(one: _Setting) -> SettingAnswer:
    choices = {"environment": list(_NCMEC), "signal_type": [kind.value for kind in SignalType]}.get(one.name)
    kind = "enum" if choices else one.type
    return SettingAnswer(
        name=one.name, type=kind, required=one.is_required, default=None, help=one.help, choices=choices
    )


def _shown(found: Exchange) -> dict[str, Any]:
    api = next((name for name, one in _APIS.items() if one.name == found.api), found.api)
    return {**found.settings, "name": found.name, "api": api, "enabled": found.is_enabled}


OPERATIONS = (
    list_exchange_apis,
    show_exchange_api,
    set_exchange_credentials,
    show_exchange_schema,
    list_exchanges,
    create_exchange,
    show_exchange,
    show_exchange_status,
    update_exchange,
    delete_exchange,
)
