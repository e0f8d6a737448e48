"""The matcher's records: banks, what stands in them, keys, exchanges, and who did what. The index is derived from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from haechi.domain.api_key import ApiKey
from haechi.domain.bank import Bank, BankName, Content, ContentNumber, Depicted, Held, Signal, SignalType, Tier

OWN_SETTINGS = ("fetch_every_s", "tier")


@dataclass(frozen=True, slots=True)
class NewContent:
    """What is to be added to a bank."""

    signals: tuple[Signal, ...]
    tier: Tier
    note: str = ""
    claimed_id: str | None = None
    claimed_uri: str | None = None
    claimed_facts: Mapping[str, object] | None = None
    source: str | None = None
    expires_at: str | None = None
    held: Held | None = None
    """Set by whoever checks it before it is added; a caller's own is passed over."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of what the index has to follow: a content that was added, changed or withdrawn, in order of `sequence`.

    What one transaction added or withdrew together shares a sequence number: it is applied when the last of it is.
    """

    sequence: int
    content: ContentNumber


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what, when. `facts` hold names of banks, numbers of contents, counts; never a hash that was asked for.

    `number` is its place, once it has one.
    """

    at: str
    by: str
    action: str
    facts: Mapping[str, object]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A partner whose list is taken into a bank: which format, where, how far it was read.

    `cursor` is the partner's own; `settings` hold what its client needs, without secrets, and of our own `fetch_every_s` (seconds from one reading
    to the next) and `tier` (whose word the list is).
    """

    name: str
    bank: BankName
    api: str
    settings: Mapping[str, object]
    is_enabled: bool = True
    cursor: str | None = None
    fetched_at: str | None = None
    succeeded: bool | None = None

    @property
    def partner_settings(self) -> Mapping[str, object]:
        """What says which list it is: `settings` without our own."""
        return {name: value for name, value in self.settings.items() if name not in OWN_SETTINGS}

    def is_same_list(self, other: "Exchange") -> bool:
        """Say whether both read one list into one bank, so that how far one was read is true of the other."""
        return (self.bank, self.api, self.partner_settings) == (other.bank, other.api, other.partner_settings)


class CatalogueReader(Protocol):
    """Reading, from any thread."""

    def banks(self) -> Sequence[Bank]: ...
    def contents(self, numbers: Iterable[ContentNumber]) -> Mapping[ContentNumber, Content]:
        """Return those that exist, withdrawn ones too."""

    def contents_of(self, bank: BankName, *, after: int = 0, most: int = 1_000) -> Sequence[Content]:
        """Return a bank's contents in order of number, after one number."""

    def by_source(self, bank: BankName, sources: Iterable[str]) -> Mapping[str, ContentNumber]:
        """Return the contents that came from an exchange, by the exchange's own numbers, withdrawn ones left out."""

    def expired(self, at: str, *, most: int) -> Sequence[Content]:
        """Return contents that are not withdrawn and expired at or before `at`, the oldest first, at most so many."""

    def withdrawn_by_source(self, bank: BankName, sources: Iterable[str]) -> Mapping[str, str]:
        """Return who withdrew the newest content of each of these, by the exchange's own numbers."""

    def by_digest(self, kind: SignalType, values: Iterable[bytes]) -> Mapping[bytes, Sequence[ContentNumber]]:
        """Return the contents that hold one of these exact values (MD5, SHA-256), withdrawn ones left out."""

    def changes(self, after: int) -> Iterator[Change]:
        """Yield what happened after a sequence number."""

    def newest(self) -> int:
        """Return the sequence number of the last change, 0 when there is none."""

    def applied(self) -> int:
        """Return the last change that the index is known to hold; -1 when nothing is known of it."""

    def rows(self) -> Iterator[Content]:
        """Yield all contents that are not withdrawn, for building an index anew."""

    def size(self) -> Mapping[BankName, int]:
        """Return how many contents each bank holds, withdrawn ones left out."""

    def key(self, secret_digest: str) -> ApiKey | None: ...
    def keys(self) -> Sequence[ApiKey]: ...
    def exchanges(self) -> Sequence[Exchange]: ...
    def audit(self, *, before: int | None = None, most: int = 100) -> Sequence[AuditLine]:
        """Return the newest lines first."""


class CatalogueWriter(Protocol):
    """Part of one transaction."""

    def add_bank(
        self, name: BankName, depicted: Depicted, *, radius: int, is_negative: bool, enabled_ratio: float, at: str
    ) -> Bank: ...
    def set_bank(self, bank: Bank, *, name: BankName | None = None) -> None: ...
    def remove_bank(self, bank: Bank, *, by: str, at: str) -> Sequence[ContentNumber]:
        """Withdraw the bank with all it holds; return what that was."""

    def add_contents(
        self, bank: BankName, new: Sequence[NewContent], *, by: str, at: str
    ) -> Sequence[ContentNumber]: ...
    def set_content(self, content: Content) -> None: ...
    def withdraw(self, numbers: Sequence[ContentNumber], *, by: str, at: str) -> None: ...
    def set_applied(self, sequence: int) -> None: ...
    def add_key(self, key: ApiKey) -> None: ...
    def revoke_key(self, name: str, *, at: str) -> None: ...
    def set_exchange(self, exchange: Exchange) -> None: ...
    def remove_exchange(self, name: str) -> None:
        """Forget an exchange, and who reads it."""

    def take_lease(self, exchange: str, holder: str, *, lasts_s: float) -> bool:
        """Let `holder` alone read an exchange for that long; return False when another one does."""

    def hold_lease(self, exchange: str, holder: str, *, lasts_s: float) -> bool:
        """Have the lease last that long from now; return False when `holder` does not have it any more."""

    def drop_lease(self, exchange: str, holder: str) -> None:
        """Let others read the exchange, unless another one does already."""

    def tell(self, line: AuditLine) -> None: ...


class Catalogue(CatalogueReader, Protocol):
    """Reading, and one writer at a time."""

    def begin(self) -> AbstractContextManager[CatalogueWriter]: ...
    def close(self) -> None: ...
