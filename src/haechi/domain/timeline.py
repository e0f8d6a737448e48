"""The dated timeline of a packet: which service actions, postings and changes become a line, and of which kind."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from haechi.domain.account import Account
from haechi.domain.canonical import Json
from haechi.domain.evidence import EvidenceItem, Role, Sha256
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
    """Return the lines that messages give: service actions, posted exhibits and links, edits, and disappearances.

    A link is told where it was first posted in a room. An edit without a time of its own, known only because two
    exports differ, is told at the time of the message; a disappearance at that of the first export without it.
    """
    events: list[TimelineEvent] = []
    known: set[tuple[str, str]] = set()
    for message in messages:
        facts = _facts(message)
        if kind := _service_kind(message):
            named = {key: message.facts[key] for key in ("members", "title", "inviter") if key in message.facts}
            events.append(TimelineEvent(message.sent_at, kind, message.room, {**facts, **named}))
        elif message.exhibits:
            events.append(TimelineEvent(message.sent_at, "media-posted", message.room, facts))
        if links := [link for link in message.links if (message.room, link) not in known]:
            known.update((message.room, link) for link in links)
            events.append(TimelineEvent(message.sent_at, "link-posted", message.room, {**facts, "links": links}))
        if message.versions > 1 or (message.exhibits and message.edited_at is not None):
            at = message.sent_at if message.edited_at is None else message.edited_at
            told = {**facts, "versions": message.versions} if message.versions > 1 else facts
            events.append(TimelineEvent(at, "message-edited", message.room, told))
        if message.gone_between is not None:
            last, first = message.gone_between
            gone = {**facts, "sent": message.time_as_written, "last_export": last, "first_export_without": first}
            events.append(TimelineEvent(_instant(first), "message-gone", message.room, gone))
    return events


def _instant(exported_at: str) -> int | None:
    """Return the unix time of an export; one that tells only its day counts from midnight UTC, as names do."""
    try:
        moment = datetime.fromisoformat(exported_at)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _service_kind(message: PacketMessage) -> str | None:
    action = message.facts.get("action")
    return SERVICE_KINDS.get(action) if isinstance(action, str) else None


def _facts(message: PacketMessage) -> dict[str, Json]:
    return {
        "account": message.sender,
        "name": message.sender_label,
        "message": message.message_id,
        "exhibits": list(message.exhibits),
        "text": shortened(message.text),
    }


def name_events(accounts: Iterable[Account]) -> list[TimelineEvent]:
    """Return a line for each name an account was seen under after its first.

    Its time is that of the export which first shows the name: an export writes the names of its own day on every
    message, so when the account took the name is not known.
    """
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


def own_photo_events(items: Iterable[EvidenceItem], numbers: Mapping[Sha256, str]) -> list[TimelineEvent]:
    """Return a line for each of her own photos that says when it was taken; `numbers` are exhibit numbers by digest."""
    taken = {
        (item.digest, capture.taken_at): capture.instant
        for item in items
        if item.role is Role.OWN_PHOTO and (capture := item.examined.capture) and capture.taken_at
    }
    return [
        TimelineEvent(instant, "own-photo-taken", None, {"exhibits": [numbers[digest]], "taken_at": taken_at})
        for (digest, taken_at), instant in taken.items()
    ]


def in_order(events: Iterable[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    """Return the events by time, those without a time last. Events of one moment keep their order."""
    return tuple(sorted(events, key=lambda event: (event.at is None, event.at or 0)))


def shortened(text: str) -> str:
    """Return one line of at most 120 characters, with an ellipsis where something was left out."""
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_SHOWN else line[: _TEXT_SHOWN - 1] + "…"
