"""Take contents out of a bank for good: what was committed here is in the next lookup, whatever the index still holds."""

from collections.abc import Sequence

from haechi.domain.bank import Bank, Content, ContentNumber
from haechi.domain.errors import ContentMissingError
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.catalogue import AuditLine


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


def need_contents(tools: MatcherTools, bank: Bank, numbers: Sequence[ContentNumber]) -> list[Content]:
    """Return these contents of the bank that are not withdrawn. Raises `ContentMissingError`."""
    found = tools.catalogue.contents(numbers)
    for number in numbers:
        content = found.get(number)
        if content is None or content.bank != bank.name or content.withdrawn_at is not None:
            raise ContentMissingError(bank=bank.name, content=number)
    return [found[number] for number in numbers]
