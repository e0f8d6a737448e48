"""Accounts as a platform knows them. The key is the platform's; names are labels that change, clash and lie."""

from dataclasses import dataclass
from enum import StrEnum


class KeyStrength(StrEnum):
    """How far an account's key can be relied on."""

    ID = "id"
    """A platform's own identifier, which stays until the account is deleted."""
    USERNAME = "username"
    """A handle: can be changed and handed on."""
    LABEL = "label"
    """Only a display name. Two people can share it; haechi never merges by it."""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """`value` is unique within `platform`: for Telegram `user123`, `chat123`, `channel123`, or `label:<name>`."""

    platform: str
    value: str
    strength: KeyStrength


@dataclass(frozen=True, slots=True)
class AccountName:
    """One name an account or room was seen under, with the first and last time (unix seconds; None when not known).

    A chat export writes the names of the day it was made on every message, however old. So an account's name is seen
    when the export was made, not when the message was sent.
    """

    name: str
    first_seen: int | None
    last_seen: int | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account with every name it was ever seen under, in order of first sight, and how often it wrote."""

    key: AccountKey
    names: tuple[AccountName, ...]
    messages: int = 0
