"""Change what may change of a content: its note, until when it is out of use, whether it is held."""

from dataclasses import replace
from enum import Enum
from typing import Final, Literal

from haechi.domain.bank import MOST_NOTE, Bank, Content, ContentNumber
from haechi.domain.errors import ContentRefusedError
from haechi.flows.bank_content import given_time
from haechi.flows.matcher_tools import MatcherTools
from haechi.flows.withdraw_content import need_contents
from haechi.ports.catalogue import AuditLine


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""In place of a value: leave it as it is."""
Keep = Literal[_Keep.KEEP]


def change_content(
    tools: MatcherTools,
    bank: Bank,
    number: ContentNumber,
    *,
    disabled_until: str | Keep | None = KEEP,
    note: str | Keep = KEEP,
    is_let_in: bool = False,
    by: str,
) -> Content:
    """Return the content with what was given changed; `is_let_in` ends its being held.

    Raises `ContentMissingError` for one that is withdrawn or another bank's, `ContentRefusedError`.
    """
    (content,) = need_contents(tools, bank, [number])
    if disabled_until is not KEEP:
        until = None if disabled_until is None else given_time(disabled_until)
        content = replace(content, disabled_until=until)
    if note is not KEEP:
        if len(note) > MOST_NOTE:
            raise ContentRefusedError(problem="note")
        content = replace(content, note=note)
    facts: dict[str, object] = {"bank": bank.name, "content": number, "until": content.disabled_until}
    if is_let_in and content.held is not None:
        facts["let-in"] = content.held.value
        content = replace(content, held=None)
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        tools.follower.note(writer)
        writer.set_content(content)
        writer.tell(AuditLine(at, by, "change-content", facts))
    tools.follower.follow()
    return content
