"""The dated timeline of a packet: which service actions, postings and changes become a line, and of which kind."""

from collections.abc import Iterable, Mapping

from haechi.domain.account import Account
from haechi.domain.packet import PacketMessage, TimelineEvent

SERVICE_KINDS: Mapping[str, str] = {
    "create_group": "room-created",
    "create_channel": "room-created",
    "edit_group_title": "room-renamed",
    "invite_members": "invited",
    "join_group_by_link": "joined",
    "join_group_by_request": "joined",
    "join_group_via_community": "joined",
    "remove_members": "removed",
    "leave_group": "left",
    "migrate_to_supergroup": "migrated",
    "migrate_from_group": "migrated",
    "pin_message": "pinned",
    "set_messages_ttl": "ttl-set",
    "no_forwards_toggle": "no-forwards-set",
    "change_creator": "owner-changed",
    "new_creator_pending": "owner-changed",
    "take_screenshot": "screenshot-taken",
}
"""Telegram's service actions that matter in a case (facts as of Telegram Desktop 7.2); others stay in the message table."""
_TEXT_SHOWN = 120  # characters of a message on its timeline line; the whole text stands in messages.csv


def message_events(messages: Iterable[PacketMessage]) -> list[TimelineEvent]:
    """Return the lines that messages give: service actions, posted exhibits, edits of those, and disappearances."""
    events = []
    for message in messages:
        facts = {
            "account": message.sender,
            "name": message.sender_label,
            "message": message.message_id,
            "exhibits": list(message.exhibits),
            "text": shortened(message.text),
        }
        action = message.facts.get("action")
        if isinstance(action, str) and (kind := SERVICE_KINDS.get(action)):
            named = {key: message.facts[key] for key in ("members", "title", "inviter") if key in message.facts}
            events.append(TimelineEvent(message.sent_at, kind, message.room, {**facts, **named}))
        elif message.exhibits:
            events.append(TimelineEvent(message.sent_at, "media-posted", message.room, facts))
            if message.edited_at is not None:
                events.append(TimelineEvent(message.edited_at, "message-edited", message.room, facts))
        elif message.versions > 1:
            events.append(TimelineEvent(message.edited_at or message.sent_at, "message-edited", message.room, facts))
        if message.gone_between is not None:
            gone = {**facts, "last_export": message.gone_between[0], "first_export_without": message.gone_between[1]}
            events.append(TimelineEvent(message.sent_at, "message-gone", message.room, gone))
    return events


def name_events(accounts: Iterable[Account]) -> list[TimelineEvent]:
    """Return a line for each name an account was seen under after its first."""
    return [
        TimelineEvent(
            later.first_seen,
            "name-changed",
            None,
            {"account": account.key.value, "from": earlier.name, "to": later.name},
        )
        for account in accounts
        for earlier, later in zip(account.names, account.names[1:], strict=False)
    ]


def in_order(events: Iterable[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    """Return the events by time, those without a time last."""
    return tuple(sorted(events, key=lambda event: (event.at is None, event.at or 0, event.kind, event.room or "")))


def shortened(text: str) -> str:
    """Return one line of at most 120 characters, with an ellipsis where something was left out."""
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_SHOWN else line[: _TEXT_SHOWN - 1] + "…"
