"""The matcher: banks of hashes on this machine, or on a PostgreSQL server with an index here. One object, safe from any thread."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from haechi.bootstrap import matcher_lists
from haechi.bootstrap.matcher_lists import exchange_apis
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
from haechi.flows.follow_changes import Follower
from haechi.flows.matcher_tools import MatcherTools, need_bank
from haechi.ports.catalogue import AuditLine, Exchange, NewContent
from haechi.ports.index import HashIndex, IndexStatus
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness

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
    "exchange_apis",
    "open_matcher",
]

CATALOGUE = "catalogue.db"
INDEX = "index"
_SECRET_BYTES = 32
_MOST_SECRET = 256  # characters; a longer one is nobody's key
_IS_IDENTITY = re.compile(r"[0-9a-f]{32}")


class Matcher:
    """Banks, what stands in them, lookups, keys, exchanges and the audit.

    What a method that writes returns from is on the disk and in the next lookup. `by` is who does it, for the audit.
    """

    def __init__(self, tools: MatcherTools, folder: Path) -> None:
        self._tools = tools
        self._folder = folder
        self._catalogue = tools.catalogue

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

    # --- lists and exchanges

    def import_list(self, path: Path, form: ListFormat, bank: str, *, tier: Tier, by: str) -> ImportReport:
        """Take a list into a bank; doing it again changes nothing. Rows that are not taken stand in the report's `quarantine` file.

        Raises `BankMissingError`, `PathMissingError`, `HashListRefusedError` when it is no such list.
        """
        return matcher_lists.import_list(self._tools, self._folder, path, form, self.bank(bank), tier=tier, by=by)

    def export_list(self, bank: str, form: ListFormat, path: Path, *, by: str) -> int:
        """Write what a bank holds into a new file; return how many rows. Raises `BankMissingError`, `TargetExistsError`, `DiskFullError`."""
        return matcher_lists.export_list(self._tools, self.bank(bank), form, path, by=by)

    def exchanges(self) -> Sequence[Exchange]:
        """Return the exchanges by name."""
        return self._catalogue.exchanges()

    def set_exchange(
        self, name: str, *, bank: str, api: str, settings: Mapping[str, object], is_enabled: bool = True, by: str
    ) -> Exchange:
        """Return an exchange, made or changed; where its reading stands is kept, unless its partner changes.

        Raises `BankMissingError`, `ExchangeCannotError` for an `api` that is none of `exchange_apis()`.
        """
        return matcher_lists.set_exchange(
            self._tools, name, bank=self.bank(bank), api=api, settings=settings, is_enabled=is_enabled, by=by
        )

    def remove_exchange(self, name: str, *, by: str) -> None:
        """Forget an exchange; what it brought stays in its bank. Raises `ExchangeMissingError`."""
        with self._catalogue.begin() as writer:
            writer.remove_exchange(name)
            writer.tell(AuditLine(self._tools.now().at, by, "remove-exchange", {"exchange": name}))

    def fetch_exchange(self, name: str, *, tier: Tier = Tier.WORKER_VERIFIED, by: str) -> ImportReport:
        """Read a partner's list over the network, from where the last reading ended. Only what a person started calls this.

        Raises `ExchangeMissingError`, `ExchangeFailedError`.
        """
        return matcher_lists.fetch_exchange(self._tools, self._folder, name, tier=tier, by=by)

    def set_credentials(self, api: str, credentials: Mapping[str, str], *, by: str) -> None:
        """Keep what a partner knows this machine by, in a file of its own that only this account reads; they are in no answer and no audit."""
        matcher_lists.set_credentials(self._folder, api, credentials)
        self.tell("set-credentials", {"api": api}, by=by)

    def has_credentials(self, api: str) -> bool:
        """Say whether something is kept for this partner."""
        return bool(matcher_lists.credentials(self._folder, api))

    def close(self) -> None:
        """Close the index and the catalogue."""
        try:
            self._note()
        finally:
            self._tools.index.close()
            self._catalogue.close()

    def _note(self) -> None:
        if not self._tools.is_read_only:
            with self._catalogue.begin() as writer:
                self._tools.follower.note(writer)


def open_matcher(
    folder: Path,
    *,
    catalogue_url: str | None = None,
    read_only: bool = False,
    index: HashIndex | None = None,
    index_name: str = INDEX,
    engine: Callable[[Path], HashIndex] | None = None,
    now: Now | None = None,
    randomness: Randomness | None = None,
) -> Matcher:
    """Return the matcher in `folder`, which is made when there is none.

    The catalogue is a file there, or lies at `catalogue_url` (`postgresql://…`). An index that is behind catches up, one that is missing or damaged
    is built anew, before this returns. `engine` opens the index in the folder `index_name`; several such folders follow the catalogue each by itself. Raises `CatalogueUnavailableError`, `DiskFullError`, `FolderReadOnlyError`.
    """
    from haechi.adapters.catalogue import open_catalogue
    from haechi.adapters.index.pairs import PairIndex
    from haechi.adapters.machine import SystemClock, system_randomness

    randomness = randomness or system_randomness
    if not read_only:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if index is None:
        identity = _identity(folder / index_name, read_only=read_only, randomness=randomness)
        index = engine(folder / index_name) if engine else _engine(folder / index_name, read_only=read_only)
    else:
        identity = randomness(16).hex()  # nothing is known of an index that is handed in
    catalogue = None
    try:
        catalogue = open_catalogue(catalogue_url or folder / CATALOGUE, index_id=identity, read_only=read_only)
        follower = Follower(catalogue, index)
        tools = MatcherTools(
            catalogue=catalogue,
            index=index,
            follower=follower,
            pairs=PairIndex(),
            now=now or SystemClock(),
            randomness=randomness,
            is_read_only=read_only,
        )
        matcher = Matcher(tools, folder)
        if not read_only and index.status().damaged:
            matcher.rebuild_index()
        elif not read_only and follower.is_behind:
            matcher.follow()
    except BaseException:
        index.close()
        if catalogue is not None:
            catalogue.close()
        raise
    return matcher


def _identity(index: Path, *, read_only: bool, randomness: Randomness) -> str:
    """Return the random name under which the catalogue knows the index in a folder: a new one when the index is gone."""
    place = index.with_name(f"{index.name}.id")
    if index.is_dir() and place.is_file() and _IS_IDENTITY.fullmatch(kept := place.read_text("ascii", "replace")):
        return kept
    fresh = randomness(16).hex()
    if not read_only:
        place.write_text(fresh, "ascii")
    return fresh


def _engine(place: Path, *, read_only: bool) -> HashIndex:
    from haechi.adapters.index.following import FollowingIndex
    from haechi.adapters.index.stored import StoredIndex

    return FollowingIndex(place) if read_only else StoredIndex(place)
