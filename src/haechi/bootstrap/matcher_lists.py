"""Lists of hashes in files and at partners, joined to a matcher."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from haechi.domain.bank import Bank, Tier
from haechi.domain.errors import ExchangeCannotError, ExchangeMissingError, HashListRefusedError, PathMissingError
from haechi.domain.hash_list import ImportReport, ListFormat
from haechi.flows.exchange_hashes import fetch_exchange as _fetch
from haechi.flows.export_hash_list import export_hash_list
from haechi.flows.import_hash_list import HashListImport
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.catalogue import AuditLine, Exchange

if TYPE_CHECKING:
    from haechi.adapters.exchanges.quarantine import Quarantine

_QUARANTINE = "quarantine"
_CREDENTIALS = "exchange-credentials.json"
_BUFFER = 1 << 20


def exchange_apis() -> Sequence[str]:
    """Return the partners that can be asked."""
    from haechi.adapters.exchanges import CLIENTS

    return sorted(CLIENTS)


def import_list(
    tools: MatcherTools, folder: Path, path: Path, form: ListFormat, bank: Bank, *, tier: Tier, by: str
) -> ImportReport:
    """Take a list in a file into a bank."""
    from haechi.adapters.exchanges import READERS

    try:
        stream = path.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise PathMissingError(path=str(path)) from error
    with stream, _put_aside(tools, folder, form.value) as refuse:
        taking = HashListImport(tools, bank, name=form.value, tier=tier, by=by, refuse=refuse)
        try:
            taking.take(READERS[form](stream))
        except HashListRefusedError as error:
            raise HashListRefusedError(**{**error.facts, "path": str(path)}) from error
        return replace(taking.report, quarantine=_told(refuse))


def export_list(tools: MatcherTools, bank: Bank, form: ListFormat, path: Path, *, by: str) -> int:
    """Write what a bank holds into a new file, which is there when it is whole."""
    from haechi.adapters.exchanges import WRITERS
    from haechi.adapters.exchanges.placing import placed

    with placed(path) as stream:
        count = WRITERS[form](export_hash_list(tools.catalogue, bank, now=tools.now().at), stream)
    with tools.catalogue.begin() as writer:
        facts = {"bank": bank.name, "format": form.value, "rows": count}
        writer.tell(AuditLine(tools.now().at, by, "export-list", facts))
    return count


def set_exchange(
    tools: MatcherTools, name: str, *, bank: Bank, api: str, settings: Mapping[str, object], is_enabled: bool, by: str
) -> Exchange:
    """Keep an exchange."""
    if api not in exchange_apis():
        raise ExchangeCannotError(exchange=name, problem="api")
    kept = next((one for one in tools.catalogue.exchanges() if one.name == name), None)
    fresh = Exchange(name, bank.name, api, dict(settings), is_enabled)
    if kept is not None and (kept.bank, kept.api, dict(kept.settings)) == (bank.name, api, dict(settings)):
        fresh = replace(kept, is_enabled=is_enabled)
    with tools.catalogue.begin() as writer:
        writer.set_exchange(fresh)
        facts = {"exchange": name, "bank": bank.name, "api": api, "enabled": is_enabled}
        writer.tell(AuditLine(tools.now().at, by, "set-exchange", facts))
    return fresh


def fetch_exchange(tools: MatcherTools, folder: Path, name: str, *, tier: Tier, by: str) -> ImportReport:
    """Read a partner's list over the network."""
    from haechi.adapters.exchanges import CLIENTS, Asking

    exchange = next((one for one in tools.catalogue.exchanges() if one.name == name), None)
    if exchange is None:
        raise ExchangeMissingError(exchange=name)
    asking = Asking(name)
    client = CLIENTS[exchange.api](asking, exchange.settings, credentials(folder, exchange.api), now=tools.now)
    with _put_aside(tools, folder, f"exchange-{exchange.api}") as refuse:
        report = _fetch(tools, exchange, client, tier=tier, by=by, refuse=refuse)
        return replace(report, quarantine=_told(refuse))


def credentials(folder: Path, api: str) -> Mapping[str, str]:
    """Return what a partner knows this machine by."""
    found = _kept_credentials(folder).get(api)
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def set_credentials(folder: Path, api: str, given: Mapping[str, str]) -> None:
    """Keep what a partner knows this machine by; nothing given forgets it."""
    kept = _kept_credentials(folder)
    kept.pop(api, None)
    if given:
        kept[api] = dict(given)
    place = folder / _CREDENTIALS
    part = place.with_name(place.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(json.dumps(kept).encode())
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(place)


def _kept_credentials(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / _CREDENTIALS).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(file: "Quarantine") -> str | None:
    return None if file.path is None else str(file.path)


@contextmanager
def _put_aside(tools: MatcherTools, folder: Path, what: str) -> Iterator["Quarantine"]:
    from haechi.adapters.exchanges.quarantine import Quarantine

    at = tools.now().at.replace(":", "").replace(".", "-")
    file = Quarantine(folder / _QUARANTINE / f"{at}-{what}-{tools.randomness(4).hex()}.jsonl")
    try:
        yield file
    finally:
        file.close()
