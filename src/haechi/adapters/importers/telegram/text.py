"""What a message says: `text` and `text_entities`, kept both, and the links in them."""

import re
from typing import Any

_INVITE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/[A-Za-z0-9_+/=?&%.-]+", re.IGNORECASE
)
_TRAILING = ".,;:!?)\u3002\u3001"
_HOSTS = ("t.me/", "telegram.me/", "telegram.dog/")


def joined(runs: Any) -> str:  # noqa: ANN401 - whatever the export holds
    """Return the text of a string or of a list of strings and entities."""
    if isinstance(runs, str):
        return runs
    if not isinstance(runs, list):
        return ""
    pieces = [run if isinstance(run, str) else run.get("text") if isinstance(run, dict) else None for run in runs]
    return "".join(piece for piece in pieces if isinstance(piece, str))


def as_entities(runs: Any) -> Any:  # noqa: ANN401 - as given
    """Return `text` as versions from 4.1.2 on write `text_entities`: a list of objects, plain runs `plain`."""
    if isinstance(runs, str):
        return [{"type": "plain", "text": runs}] if runs else []
    if isinstance(runs, list):
        return [{"type": "plain", "text": run} if isinstance(run, str) else run for run in runs]
    return runs


def links_in(text: str, runs: Any) -> list[str]:  # noqa: ANN401 - whatever the export holds
    """Return links in order: entities `link` and `text_link`, then Telegram invite and message links in the text."""
    found: dict[str, None] = {}
    if isinstance(runs, list):
        for run in runs:
            if not isinstance(run, dict):
                continue
            kind = run.get("type")
            target = run.get("href") if kind == "text_link" else run.get("text") if kind == "link" else None
            if isinstance(target, str) and target:
                found[target] = None
    lowered = text.casefold() if "." in text else ""
    if any(host in lowered for host in _HOSTS):
        for match in _INVITE.finditer(text):
            found[match[0].rstrip(_TRAILING)] = None
    return list(found)
