"""`/`, `/status`, `/site-map`, `/c/signal_type`, `/c/content_type`: what the server is and can."""

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import SignalType
from haechi.domain.errors import RequestRefusedError
from haechi.web.hma.hashing import OF_KIND
from haechi.web.hma.matching import OfType, types_named
from haechi.web.operation import Call, Lenient, Nothing, Plain, Strict, Text, operation
from haechi.web.words import Names, Ratio, signal_type


class SignalTypeAnswer(Strict):
    """A type of hash."""

    name: str
    enabled_ratio: float


class ContentTypeAnswer(Strict):
    """A kind of file."""

    name: str
    enabled: bool


class TypeIndex(Strict):
    """The records and the index of one type of hash. Here the index is never behind what was added on this machine."""

    db_size: int
    index_size: int
    index_out_of_date: bool
    newest_db_item: int
    index_built_to: int


class TypePath(Lenient):
    """Which type of hash."""

    type: Names


class TypeChange(Lenient):
    """How much of the lookups ask this type: all of them, here."""

    enabled_ratio: Ratio


@operation("GET", "/", tag="Core", summary="To the page for people", status=302)
def home(_call: Call[Nothing, Nothing, None]) -> Text:
    """Redirect to the page for people."""
    return Text("", status=302, headers={"Location": "/ui/"})


@operation("GET", "/status", tag="Core", summary="Ready?", refusals=(503,))
def status(call: Call[Nothing, Nothing, None]) -> Plain:
    """Say in HMA's words whether lookups are answered."""
    state = call.service.state()
    if not state.is_ready:
        return Plain("INDEX-NOT-LOADED", status=503)
    return Plain("I-AM-ALIVE") if state.is_current else Plain("INDEX-STALE", status=503)


@operation("GET", "/status/live", tag="Core", summary="Alive?")
def status_live(_call: Call[Nothing, Nothing, None]) -> Plain:
    """Answer, whatever the index is doing."""
    return Plain("I-AM-ALIVE")


@operation("GET", "/site-map", tag="Core", summary="All paths")
def site_map(call: Call[Nothing, Nothing, None]) -> list[str]:
    """Return all paths."""
    return list(call.service.paths)


@operation("GET", "/c/signal_type", role=ApiRole.HASHER, tag="Configuration", summary="Types of hashes")
def list_signal_types(_call: Call[Nothing, Nothing, None]) -> list[SignalTypeAnswer]:
    """Return the types of hashes."""
    return [SignalTypeAnswer(name=kind.value, enabled_ratio=1.0) for kind in SignalType]


@operation(
    "PUT", "/c/signal_type/{type}", role=ApiRole.CURATOR, tag="Configuration", summary="How much a type is asked"
)
def update_signal_type(call: Call[TypePath, Nothing, TypeChange]) -> SignalTypeAnswer:
    """Take 1.0 for a type that there is. Types are not switched off here: banks are."""
    kind = signal_type(call.path.type)
    if call.body.enabled_ratio != 1:
        raise RequestRefusedError(place="body.enabled_ratio", problem="only-banks")
    return SignalTypeAnswer(name=kind.value, enabled_ratio=1.0)


@operation("GET", "/c/signal_type/index", role=ApiRole.CURATOR, tag="Configuration", summary="Records and index")
def signal_type_index(call: Call[Nothing, OfType, None]) -> dict[str, TypeIndex]:
    """Say for each type how many hashes the records and the index have."""
    state = call.service.state()
    return {
        kind.value: TypeIndex(
            db_size=state.size(kind),
            index_size=state.size(kind),
            index_out_of_date=not state.is_current,
            newest_db_item=max(0, state.built_to),
            index_built_to=max(0, state.built_to),
        )
        for kind in types_named(call.query.signal_type)
    }


@operation("GET", "/c/content_type", role=ApiRole.HASHER, tag="Configuration", summary="Kinds of files")
def list_content_types(_call: Call[Nothing, Nothing, None]) -> list[ContentTypeAnswer]:
    """Return the kinds of files."""
    return [ContentTypeAnswer(name=kind, enabled=True) for kind in OF_KIND]


OPERATIONS = (
    home,
    status,
    status_live,
    site_map,
    signal_type_index,
    list_signal_types,
    update_signal_type,
    list_content_types,
)
