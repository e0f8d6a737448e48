"""Read a partner's list into its bank, from where the last reading ended."""

from collections.abc import Callable
from dataclasses import replace

from haechi.domain.bank import Tier
from haechi.domain.errors import (
    ExchangeCursorExpiredError,
    ExchangeEndedError,
    ExchangeFailedError,
    ExchangeStoppedError,
    HaechiError,
)
from haechi.domain.hash_list import ImportReport
from haechi.flows.hold_exchange import HeldExchange
from haechi.flows.import_hash_list import HashListImport, Refuse
from haechi.flows.matcher_tools import MatcherTools, need_bank
from haechi.ports.catalogue import AuditLine, CatalogueWriter
from haechi.ports.exchange import ExchangeClient


def fetch_exchange(
    tools: MatcherTools,
    held: HeldExchange,
    make_client: Callable[[], ExchangeClient],
    *,
    tier: Tier,
    by: str,
    refuse: Refuse,
) -> ImportReport:
    """Return what reading the partner's list changed. Where it is interrupted, what was read stays and the next reading goes on.

    A list whose place was forgotten by the partner is read as a whole, and what it no longer has is withdrawn. `make_client` is called once and
    may fail as the client does. Whatever fails is kept with the exchange and told to the audit. Raises `ExchangeFailedError`, and
    `ExchangeStoppedError`, which is no failure: of these, `ExchangeEndedError` when the exchange is switched off, removed or changed
    meanwhile. Nothing is written after that.
    """
    try:
        report = _fetched(tools, held, make_client(), tier=tier, by=by, refuse=refuse)
    except ExchangeEndedError as error:
        _tell(tools, held, by, {"problem": str(error.facts["problem"])})
        raise
    except ExchangeStoppedError:
        raise
    except HaechiError as error:
        problem = str(error.facts.get("problem", error.code))
        _tell(tools, held, by, {"problem": problem}, succeeded=False)
        raise
    facts: dict[str, object] = {
        "added": report.added,
        "replaced": report.replaced,
        "withdrawn": report.withdrawn,
        "refused": report.refused,
    }
    _tell(tools, held, by, facts, succeeded=report.is_whole)
    return report


def _fetched(
    tools: MatcherTools, held: HeldExchange, client: ExchangeClient, *, tier: Tier, by: str, refuse: Refuse
) -> ImportReport:
    exchange = held.exchange
    bank = need_bank(tools, exchange.bank)

    def check(writer: CatalogueWriter) -> None:
        held.check(writer)

    taking = HashListImport(tools, bank, name=exchange.name, tier=tier, by=by, refuse=refuse, check=check)
    keep = _keeper(tools, held)
    try:
        _read(taking, client, exchange.cursor, keep)
    except ExchangeCursorExpiredError as error:
        taking.remember()
        # The old place is forgotten only when the whole list was read: until then the next reading begins anew, too.
        newest = _read(taking, client, None, lambda _cursor: None)
        report = taking.report
        if not (report.added or report.replaced or report.unchanged or report.kept_out):
            # Whoever may not see a list any more is shown an empty one.
            raise ExchangeFailedError(exchange=exchange.name, problem="answer") from error
        if report.is_whole:
            taking.withdraw_others()
            keep(newest)
    return taking.report


def _read(
    taking: HashListImport, client: ExchangeClient, cursor: str | None, keep: Callable[[str | None], None]
) -> str | None:
    for page in client.pages(cursor):
        taking.take(page.rows)
        if page.cursor is not None and taking.report.is_whole:
            cursor = page.cursor
            keep(cursor)
    return cursor


def _keeper(tools: MatcherTools, held: HeldExchange) -> Callable[[str | None], None]:
    def keep(cursor: str | None) -> None:
        with tools.catalogue.begin() as writer:
            writer.set_exchange(replace(held.check(writer), cursor=cursor))

    return keep


def _tell(
    tools: MatcherTools, held: HeldExchange, by: str, facts: dict[str, object], *, succeeded: bool | None = None
) -> None:
    """Note how the reading ended, and with the exchange whether it `succeeded`."""
    exchange, at = held.exchange, tools.now().at
    with tools.catalogue.begin() as writer:
        if succeeded is not None and (kept := held.kept()) is not None:
            writer.set_exchange(replace(kept, fetched_at=at, succeeded=succeeded))
        writer.tell(AuditLine(at, by, "fetch-exchange", {"exchange": exchange.name, "bank": exchange.bank, **facts}))
