"""The matcher: banks of hashes on this machine, or on a PostgreSQL server with an index here. One object, safe from any thread."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from haechi.bootstrap import matcher_lists
from haechi.bootstrap.matcher_exchanges import MatcherExchanges
from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import (
    Bank,
    BankName,
    Content,
    ContentNumber,
    Depicted,
    Tier,
)
from haechi.domain.errors import ContentMissingError
from haechi.domain.fingerprint import MATCH_WITHIN
from haechi.domain.hash_list import ImportReport, ListFormat
from haechi.domain.lookup import Answer, Asked, Query
from haechi.flows import bank_content as _bank_content
from haechi.flows import change_bank as _change_bank
from haechi.flows import change_content as _change_content
from haechi.flows import look_up as _look_up
from haechi.flows import withdraw_content as _withdraw_content
from haechi.flows.change_content import KEEP, Keep
from haechi.flows.matcher_tools import MatcherTools, need_bank
from haechi.ports.catalogue import AuditLine, NewContent
from haechi.ports.index import IndexStatus

__all__ = [
    "KEEP",
    "Answer",
    "Asked",
    "ImportReport",
    "Keep",
    "ListFormat",
    "Matcher",
    "NewContent",
    "Query",
]

_SECRET_BYTES = 32
_MOST_SECRET = 256  # characters; a longer one is nobody's key


class Matcher:
    """Banks, what stands in them, lookups, keys, the audit and, as `exchanges`, partners.

    What a method that writes returns from is on the disk and in the next lookup. `by` is who does it, for the audit. `lists` is the folder
    out of which exchanges read files.
    """

    def __init__(self, tools: MatcherTools, folder: Path, *, lists: Path | None = None) -> None:
        self._tools = tools
        self._folder = folder
        self._catalogue = tools.catalogue
        self.exchanges = MatcherExchanges(tools, folder, lists)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- banks

    def banks(self) -> Sequence[Bank]:
        """Return all banks by number."""
        return self._catalogue.banks()

    def bank(self, name: str) -> Bank:
        """Return one bank. Raises `BankMissingError`."""
        return need_bank(self._tools, name)

    def add_bank(
        self,
        name: str,
        depicted: Depicted,
        *,
        radius: int = MATCH_WITHIN,
        is_negative: bool = False,
        enabled_ratio: float = 1.0,
        by: str,
    ) -> Bank:
        """Return a new bank. Raises `BankExistsError`, `BankRefusedError`."""
        return _change_bank.add_bank(
            self._tools,
            name,
            depicted,
            radius=radius,
            is_negative=is_negative,
            enabled_ratio=enabled_ratio,
            by=by,
        )

    def change_bank(
        self,
        name: str,
        *,
        new_name: str | None = None,
        radius: int | None = None,
        enabled_ratio: float | None = None,
        by: str,
    ) -> Bank:
        """Return the bank with what was given changed. Raises `BankMissingError`, `BankExistsError`, `BankRefusedError`."""
        return _change_bank.change_bank(
            self._tools, name, new_name=new_name, radius=radius, enabled_ratio=enabled_ratio, by=by
        )

    def remove_bank(self, name: str, *, by: str) -> int:
        """Withdraw a bank with all it holds; return how many contents that were. Raises `BankMissingError`."""
        return _withdraw_content.withdraw_bank(self._tools, self.bank(name), by=by)

    def sizes(self) -> Mapping[BankName, int]:
        """Return how many contents each bank holds, withdrawn ones left out."""
        return self._catalogue.size()

    # --- contents

    def add_content(self, bank: str, new: NewContent, *, by: str) -> Content:
        """Return the content as it stands in the bank. Raises as `add_contents` does."""
        return self.add_contents(bank, [new], by=by)[0]

    def add_contents(self, bank: str, new: Sequence[NewContent], *, by: str) -> list[Content]:
        """Return the contents as they stand in the bank; one with `held` set is not matched until it is let in.

        Runs of 1,000 are committed each by itself. Raises `BankMissingError`, `HashRefusedError`, `ContentRefusedError`.
        """
        return _bank_content.bank_content(self._tools, self.bank(bank), new, by=by)

    def content(self, bank: str, number: int) -> Content:
        """Return one content of the bank, a withdrawn one too. Raises `BankMissingError`, `ContentMissingError`."""
        found = self._catalogue.contents([ContentNumber(number)]).get(ContentNumber(number))
        if found is None or found.bank != self.bank(bank).name:
            raise ContentMissingError(bank=bank, content=number)
        return found

    def contents(self, bank: str, *, after: int = 0, most: int = 1_000) -> Sequence[Content]:
        """Return a bank's contents in order of number, after one number, withdrawn ones too. Raises `BankMissingError`."""
        return self._catalogue.contents_of(self.bank(bank).name, after=after, most=most)

    def change_content(
        self,
        bank: str,
        number: int,
        *,
        disabled_until: str | Keep | None = KEEP,
        note: str | Keep = KEEP,
        is_let_in: bool = False,
        by: str,
    ) -> Content:
        """Return the content with what was given changed; `is_let_in` lets one in that was held.

        Raises `BankMissingError`, `ContentMissingError` (withdrawn ones too), `ContentRefusedError`.
        """
        return _change_content.change_content(
            self._tools,
            self.bank(bank),
            ContentNumber(number),
            disabled_until=disabled_until,
            note=note,
            is_let_in=is_let_in,
            by=by,
        )

    def withdraw(self, bank: str, number: int, *, by: str, reason: str = "") -> None:
        """Withdraw a content for good: no lookup that begins after this reports it. Raises `BankMissingError`, `ContentMissingError`."""
        _withdraw_content.withdraw_content(self._tools, self.bank(bank), [ContentNumber(number)], by=by, reason=reason)

    def withdraw_expired(self) -> bool:
        """Withdraw some of what expired a day ago or earlier; return whether more may be left."""
        return _withdraw_content.withdraw_expired(self._tools) == _withdraw_content.EXPIRED_AT_ONCE

    # --- lookups

    def look_up(
        self,
        queries: Sequence[Query],
        *,
        banks: Collection[str] | None = None,
        depicted: Depicted | None = None,
        least: Tier | None = None,
        most: int = 100,
        seed: str | None = None,
        every: bool = False,
    ) -> list[Answer]:
        """Return one answer a query.

        `banks` are asked, or all of one kind (`depicted`); negative banks always take part. `seed` decides whether a bank of an `enabled_ratio` below 1
        is asked (None: by chance), `every` asks it always. Raises `BankMissingError`, and `BankMixedError` when adults and minors would be in one answer.
        """
        if banks is None:
            chosen = [one for one in self.banks() if depicted is None or one.depicted is depicted or one.is_negative]
        else:
            named = [self.bank(name) for name in dict.fromkeys(banks)]
            chosen = named + [one for one in self.banks() if one.is_negative and one not in named]
            chosen = [one for one in chosen if depicted is None or one.depicted is depicted or one.is_negative]
        seed = self._tools.randomness(8).hex() if seed is None else seed
        return _look_up.look_up(
            queries,
            [one for one in chosen if every or one.is_negative or one.is_asked(seed)],
            catalogue=self._catalogue,
            index=self._tools.index,
            now=self._tools.now().at,
            least=least,
            most=most,
        )

    def index_status(self) -> IndexStatus:
        """Return what the index holds."""
        return self._tools.index.status()

    def is_current(self) -> bool:
        """Say whether the index holds all that the catalogue has: on one machine always, beside others once it has followed."""
        return not self._tools.follower.is_behind

    def follow(self) -> None:
        """Bring what others wrote into the same catalogue into this index."""
        self._tools.follower.follow()
        self._note()

    def rebuild_index(self) -> None:
        """Build the index anew from the catalogue; lookups go on meanwhile."""
        self._tools.follower.rebuild()
        self._note()

    # --- keys

    def key(self, secret: str) -> ApiKey | None:
        """Return the key with this secret that is in force."""
        if len(secret) > _MOST_SECRET:
            return None
        found = self._catalogue.key(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())
        return found if found is not None and found.revoked_at is None else None

    def keys(self) -> Sequence[ApiKey]:
        """Return all keys by name, revoked ones too."""
        return self._catalogue.keys()

    def add_key(self, name: str, role: ApiRole, *, lookups_per_minute: int, by: str) -> str:
        """Return the secret of a new key. It is kept nowhere. Raises `ApiKeyExistsError`."""
        secret = f"haechi_{self._tools.randomness(_SECRET_BYTES).hex()}"
        at = self._tools.now().at
        digest = hashlib.sha256(secret.encode()).hexdigest()
        with self._catalogue.begin() as writer:
            writer.add_key(ApiKey(name, digest, role, lookups_per_minute, at))
            facts = {"key": name, "role": role.value, "lookups_per_minute": lookups_per_minute}
            writer.tell(AuditLine(at, by, "add-key", facts))
        return secret

    def revoke_key(self, name: str, *, by: str) -> None:
        """Take a key out of force at once. Raises `ApiKeyMissingError`."""
        at = self._tools.now().at
        with self._catalogue.begin() as writer:
            writer.revoke_key(name, at=at)
            writer.tell(AuditLine(at, by, "revoke-key", {"key": name}))

    # --- audit

    def audit(self, *, before: int | None = None, most: int = 100) -> Sequence[AuditLine]:
        """Return the newest lines first, before one number."""
        return self._catalogue.audit(before=before, most=most)

    def tell(self, action: str, facts: Mapping[str, object], *, by: str) -> None:
        """Add a line to the audit. `facts` hold names and counts, never a hash that was asked for."""
        with self._catalogue.begin() as writer:
            writer.tell(AuditLine(self._tools.now().at, by, action, facts))

    # --- lists

    def import_list(self, path: Path, form: ListFormat, bank: str, *, tier: Tier, by: str) -> ImportReport:
        """Take a list into a bank; doing it again changes nothing. Rows that are not taken stand in the report's `quarantine` file.

        Raises `BankMissingError`, `PathMissingError`, `HashListRefusedError` when it is no such list.
        """
        return matcher_lists.import_list(self._tools, self._folder, path, form, self.bank(bank), tier=tier, by=by)

    def export_list(self, bank: str, form: ListFormat, path: Path, *, by: str) -> int:
        """Write what a bank holds into a new file; return how many rows. Raises `BankMissingError`, `TargetExistsError`, `DiskFullError`."""
        return matcher_lists.export_list(self._tools, self.bank(bank), form, path, by=by)

    def close(self) -> None:
        """Close the index and the catalogue. A reading of a partner that still goes on ends first."""
        self.exchanges.stop()
        try:
            self._note()
        finally:
            self._tools.index.close()
            self._catalogue.close()

    def _note(self) -> None:
        if not self._tools.is_read_only:
            with self._catalogue.begin() as writer:
                self._tools.follower.note(writer)
