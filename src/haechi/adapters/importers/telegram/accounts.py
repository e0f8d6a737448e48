"""Account and room keys, through every way Telegram Desktop ever numbered them."""

import re
from typing import Any

USERS_FROM = 1 << 32
"""2.4.0 to 2.7.1 wrote users as 2^32 + id ..."""
CHATS_FROM = 1 << 33
"""... and basic groups and channels alike as 2^33 + id: which of the two cannot be told."""
_KEY = re.compile(r"(?:user|chat|channel)[0-9]{1,20}")
_USERS = {"saved_messages", "replies", "verification_codes", "personal_chat", "bot_chat"}
_CHANNELS = {"private_supergroup", "public_supergroup", "private_channel", "public_channel"}
TYPES = _USERS | _CHANNELS | {"private_group"}


def account_key(written: Any) -> tuple[str | None, str | None]:  # noqa: ANN401 - whatever the export holds
    """Return the account's key and a flag, either of them None: `from_id` as text (2.7.2+) or as a number (before)."""
    if isinstance(written, str):
        return (written, None) if _KEY.fullmatch(written) else (None, "odd_account_id")
    if written is None:
        return None, None
    if isinstance(written, bool) or not isinstance(written, int) or written <= 0:
        return None, "odd_account_id"
    if written >= CHATS_FROM:
        return f"chat-or-channel{written - CHATS_FROM}", "peer_kind_undecidable"
    return f"user{written - USERS_FROM if written >= USERS_FROM else written}", None


def room_key(header: dict[str, Any], *, has_old_ids: bool) -> tuple[str, list[str]]:
    """Return the room's key from its header fields `id`, `type` and `name`, and flags.

    `has_old_ids` says that the file numbers accounts as before 2.7.2: then the chat's id carries 2^32 or 2^33.
    """
    written, kind, name = header.get("id"), header.get("type"), header.get("name")
    flags = [] if kind in TYPES else ["room_type_unknown"]
    if isinstance(written, bool) or not isinstance(written, int):
        return f"label:{name if isinstance(name, str) else ''}", [*flags, "no_room_id"]
    number = written
    if has_old_ids and number >= CHATS_FROM:
        number -= CHATS_FROM
    elif has_old_ids and number >= USERS_FROM:
        number -= USERS_FROM
    if number < 0:  # the Bot API's numbers: other tools write them
        text = str(-number)
        return (f"channel{int(text[3:])}" if text.startswith("100") and len(text) > 12 else f"chat{text}"), flags  # noqa: PLR2004
    if kind in _USERS:
        return f"user{number}", flags
    if kind == "private_group":
        return f"chat{number}", flags
    if kind in _CHANNELS:
        return f"channel{number}", flags
    return f"peer{number}", flags
