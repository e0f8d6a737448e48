"""Read a partner's list into its bank, from where the last reading ended."""

from collections.abc import Callable
from dataclasses import replace

from haechi.domain.bank import Tier
from haechi.domain.errors import (
    ExchangeCursorExpiredError,
    ExchangeFailedError,
    ExchangeStoppedError,
    HaechiError,
)
from haechi.domain.hash_list import ImportReport
from haechi.flows.import_hash_list import HashListImport, Refuse
from haechi.flows.matcher_tools import MatcherTools, need_bank
from haechi.ports.catalogue import AuditLine, Exchange
from haechi.ports.exchange import ExchangeClient


def fetch_exchange(
    tools: MatcherTools,
    exchange: Exchange,
    make_client: Callable[[], ExchangeClient],
    *,
    tier: Tier,
    by: str,
    refuse: Refuse,
) -> ImportReport:
    """Return what reading the partner's list changed. Where it is interrupted, what was read stays and the next reading goes on.

    A list whose place was forgotten by the partner is read as a whole, and what it no longer has is withdrawn. `make_client` is called once and
    may fail as the client does. Whatever fails is kept with the exchange and told to the audit. Raises `ExchangeFailedError`, and
    `ExchangeStoppedError`, which is no failure.
    """
    try:
        report = _fetched(tools, exchange, make_client(), tier=tier, by=by, refuse=refuse)
    except ExchangeStoppedError:
        raise
    except HaechiError as error:
        problem = str(error.facts.get("problem", error.code))
        _told(tools, exchange, by, succeeded=False, facts={"problem": problem})
        raise
    facts: dict[str, object] = {
        "added": report.added,
        "replaced": report.replaced,
        "withdrawn": report.withdrawn,
        "refused": report.refused,
    }
    _told(tools, exchange, by, succeeded=report.is_whole, facts=facts)
    return report


def _fetched(
    tools: MatcherTools, exchange: Exchange, client: ExchangeClient, *, tier: Tier, by: str, refuse: Refuse
) -> ImportReport:
    bank = need_bank(tools, exchange.bank)
    taking = HashListImport(tools, bank, name=exchange.name, tier=tier, by=by, refuse=refuse)
    keep = _keeper(tools, exchange)
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


def _keeper(tools: MatcherTools, exchange: Exchange) -> Callable[[str | None], None]:
    def keep(cursor: str | None) -> None:
        with tools.catalogue.begin() as writer:
            kept = _now_kept(tools, exchange)
            # Set to another list meanwhile, it has no use for a place in this one.
            if kept is not None and _list_of(kept) == _list_of(exchange):
                writer.set_exchange(replace(kept, cursor=cursor))

    return keep


def _told(tools: MatcherTools, exchange: Exchange, by: str, *, succeeded: bool, facts: dict[str, object]) -> None:
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        if (kept := _now_kept(tools, exchange)) is not None:
            writer.set_exchange(replace(kept, fetched_at=at, succeeded=succeeded))
        writer.tell(AuditLine(at, by, "fetch-exchange", {"exchange": exchange.name, "bank": exchange.bank, **facts}))


def _now_kept(tools: MatcherTools, exchange: Exchange) -> Exchange | None:
    """Return the exchange as it is kept now: somebody may have switched it off meanwhile, or removed it."""
    return next((one for one in tools.catalogue.exchanges() if one.name == exchange.name), None)


def _list_of(exchange: Exchange) -> tuple[object, ...]:
    return exchange.bank, exchange.api, exchange.partner_settings
