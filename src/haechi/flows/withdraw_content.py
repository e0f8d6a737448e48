"""Take contents out of a bank for good: what was committed here is in the next lookup, whatever the index still holds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from haechi.domain.bank import Bank, Content, ContentNumber, in_utc
from haechi.domain.errors import ContentMissingError
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.catalogue import AuditLine

EXPIRY = "expiry"
"""Who withdraws what has expired."""
EXPIRED_AT_ONCE = 2_000
EXPIRED_FOR = timedelta(days=1)
"""How long after it expired a content is withdrawn. No lookup reports it from its last second on; withdrawing is for good, and the clock of a machine
may be wrong by its time zone for some hours."""


def withdraw_content(
    tools: MatcherTools, bank: Bank, numbers: Sequence[ContentNumber], *, by: str, reason: str = ""
) -> None:
    """Withdraw contents of one bank. Raises `ContentMissingError` for a number that is not the bank's, before anything is changed."""
    need_contents(tools, bank, numbers)
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        tools.follower.note(writer)
        writer.withdraw(numbers, by=by, at=at)
        writer.tell(
            AuditLine(at, by, "withdraw", {"bank": bank.name, "contents": list(numbers[:100]), "reason": reason})
        )
    tools.follower.follow()


def withdraw_bank(tools: MatcherTools, bank: Bank, *, by: str) -> int:
    """Withdraw a bank with all it holds; return how many contents that were. Its name is free again, its number is not."""
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        tools.follower.note(writer)
        gone = writer.remove_bank(bank, by=by, at=at)
        writer.tell(AuditLine(at, by, "remove-bank", {"bank": bank.name, "contents": len(gone)}))
    tools.follower.follow()
    return len(gone)


def withdraw_expired(tools: MatcherTools) -> int:
    """Withdraw what expired a day ago or earlier, so that index and digests get rid of it; return how many, at most `EXPIRED_AT_ONCE`."""
    at = tools.now().at
    gone = tools.catalogue.expired(in_utc((datetime.fromisoformat(at) - EXPIRED_FOR).isoformat()), most=EXPIRED_AT_ONCE)
    if not gone:
        return 0
    with tools.catalogue.begin() as writer:
        tools.follower.note(writer)
        writer.withdraw([one.number for one in gone], by=EXPIRY, at=at)
        for bank, count in sorted(Counter(one.bank for one in gone).items()):
            writer.tell(AuditLine(at, EXPIRY, "expire", {"bank": bank, "contents": count}))
    tools.follower.follow()
    return len(gone)


def need_contents(tools: MatcherTools, bank: Bank, numbers: Sequence[ContentNumber]) -> list[Content]:
    """Return these contents of the bank that are not withdrawn. Raises `ContentMissingError`."""
    found = tools.catalogue.contents(numbers)
    for number in numbers:
        content = found.get(number)
        if content is None or content.bank != bank.name or content.withdrawn_at is not None:
            raise ContentMissingError(bank=bank.name, content=number)
    return [found[number] for number in numbers]
