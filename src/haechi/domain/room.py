"""Rooms: chats, groups and channels, keyed by the platform's identifier."""

from dataclasses import dataclass

from haechi.domain.account import AccountName


@dataclass(frozen=True, slots=True)
class RoomKey:
    """`value` is unique within `platform`: for Telegram the peer the chat is with, such as `channel1234` or `user77`.

    An export without an identifier gives `label:<name>`.
    """

    platform: str
    value: str


@dataclass(frozen=True, slots=True)
class Room:
    """A room as an export showed it. `type` is as written; `links` are invite and message links seen for it."""

    key: RoomKey
    type: str | None
    names: tuple[AccountName, ...]
    links: tuple[str, ...] = ()
    messages: int = 0
