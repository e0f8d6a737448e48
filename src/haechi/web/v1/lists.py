"""`/v1/banks/{name}/list`, `/v1/exchanges/{name}/fetch`: whole lists in and out, in the forms that partners use."""

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Tier
from haechi.domain.hash_list import ImportReport, ListFormat
from haechi.web.operation import Call, Download, Lenient, Strict, operation
from haechi.web.reading import SentList
from haechi.web.words import BankPath, Names

LIST_S = 3_600.0


class ListIn(Strict):
    """In which form the list is, and whose word it is."""

    form: Annotated[ListFormat, Field(alias="format")]
    tier: Tier


class ListOut(Strict):
    """In which form the list is wanted."""

    form: Annotated[ListFormat, Field(alias="format")]


class ExchangeOfName(Lenient):
    """Which exchange."""

    name: Names


class FetchOptions(Strict):
    """Whose word the partner's list is; without it what the exchange says, which is `worker-verified` unless it was set."""

    tier: Tier | None = None


class Refused(Strict):
    """One row that was not taken. What it held stands in the server's quarantine file, not here."""

    place: str
    problem: str


class ListReport(Strict):
    """What a list changed. `held` of the added ones wait for a curator; `kept_out` were withdrawn here before."""

    added: int
    replaced: int
    unchanged: int
    withdrawn: int
    held: int
    kept_out: int
    refused: int
    is_whole: bool
    first_refused: list[Refused]
    quarantine: str | None


@operation("POST", "/v1/banks/{name}/list", role=ApiRole.CURATOR, tag="Lists", summary="Take a list in", limit_s=LIST_S)
def import_list(call: Call[BankPath, ListIn, SentList]) -> ListReport:
    """Take a list into a bank. The same list again changes nothing; rows that are not taken are counted and put aside."""
    call.service.matcher.bank(call.path.name)
    asked = call.query
    report = call.service.matcher.import_list(
        call.body.path, asked.form, call.path.name, tier=asked.tier, by=call.by.name
    )
    return _told(report)


@operation("GET", "/v1/banks/{name}/list", role=ApiRole.CURATOR, tag="Lists", summary="Give a list out", limit_s=LIST_S)
def export_list(call: Call[BankPath, ListOut, None]) -> Download:
    """Return what lookups may report of a bank, as a list: hashes and tiers, nothing about who added them."""
    folder = Path(tempfile.mkdtemp(prefix="haechi-list-"))
    done = partial(shutil.rmtree, folder, ignore_errors=True)
    try:
        path = folder / "list"
        call.service.matcher.export_list(call.path.name, call.query.form, path, by=call.by.name)
    except BaseException:
        done()
        raise
    return Download(path, f"list.{call.query.form.value.rpartition('-')[2]}", done)


@operation(
    "POST", "/v1/exchanges/{name}/fetch", role=ApiRole.CURATOR, tag="Lists", summary="Read a partner", limit_s=LIST_S
)
def fetch_exchange(call: Call[ExchangeOfName, FetchOptions, None]) -> ListReport:
    """Read a partner's list over the network, from where the last reading ended."""
    with call.service.fetching():
        return _told(call.service.matcher.exchanges.fetch(call.path.name, tier=call.query.tier, by=call.by.name))


def _told(report: ImportReport) -> ListReport:
    return ListReport(
        added=report.added,
        replaced=report.replaced,
        unchanged=report.unchanged,
        withdrawn=report.withdrawn,
        held=report.held,
        kept_out=report.kept_out,
        refused=report.refused,
        is_whole=report.is_whole,
        first_refused=[Refused(place=one.place, problem=one.problem) for one in report.first_refused],
        quarantine=Path(report.quarantine).name if report.quarantine else None,
    )


OPERATIONS = (import_list, export_list, fetch_exchange)
