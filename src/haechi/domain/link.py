"""Links into a platform: those that messages hold, and the form that a room's own messages have."""

import re
from collections.abc import Iterable

from haechi.domain.room import RoomKey

_TELEGRAM = re.compile(r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/[!-~]+", re.IGNORECASE)
_CHANNEL = re.compile(r"channel([0-9]{1,19})")


def platform_links(links: Iterable[str]) -> tuple[str, ...]:
    """Return the invite, room and message links of Telegram among the links of a message, each once, as written."""
    return tuple(dict.fromkeys(link for link in links if _TELEGRAM.fullmatch(link)))


def message_link_form(room: RoomKey) -> str | None:
    """Return what a message link of the room looks like, up to the message's number: `https://t.me/c/1234/`.

    Derived from the numeric identifier; nobody posted it. Telegram has such links for channels and supergroups
    only, and opens them for members only. Source: https://core.telegram.org/api/links, "Private message links".
    """
    found = _CHANNEL.fullmatch(room.value) if room.platform == "telegram" else None
    return f"https://t.me/c/{found[1]}/" if found else None
