"""Who may come in: keys, roles, how often, and what is told to the audit of how a key asks."""

import base64
import binascii
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b

from starlette.requests import Request

from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import ContentNumber
from haechi.domain.errors import ApiKeyRefusedError, LookupsLimitedError, RequestRefusedError, RoleMissingError
from haechi.domain.lookup import Answer
from haechi.domain.probing import Allowance, Watch

_MOST_SECRET = 200
REMEMBERED_S = 1.0
"""A key that was found is not looked up again for this long, and so a revoked one is let in for this long at most."""
_MOST_REMEMBERED = 10_000

Tell = Callable[[str, str, Mapping[str, object]], None]
"""by, action, facts: writes one line of the audit."""


class Gate:
    """Lets requests in. Safe from any thread.

    `tell_soon` does not wait: whoever asks must not wait for who writes. `keyless` is the key that a request without one counts as, when the operator wants that (on loopback, as HMA does).
    """

    def __init__(
        self, find: Callable[[str], ApiKey | None], tell: Tell, tell_soon: Tell, *, keyless: ApiKey | None = None
    ) -> None:
        self._find = find
        self._tell = tell
        self._tell_soon = tell_soon
        self._keyless = keyless
        self._remembered: dict[str, tuple[float, ApiKey]] = {}
        self._allowances: dict[str, Allowance] = {}
        self._limited: dict[str, int] = {}
        self._watches: dict[str, Watch] = {}
        self._salt = secrets.token_bytes(16)  # what is remembered of a hash means nothing outside this process
        self._lock = threading.Lock()

    def remembered(self, request: Request) -> ApiKey | None:
        """Return the key that the request came with if no record needs to be read for it. Raises `ApiKeyRefusedError`."""
        secret = _secret(request.headers.get("authorization"))
        if secret is None:
            if self._keyless is None:
                raise ApiKeyRefusedError
            return self._keyless
        known = self._remembered.get(secret)
        return known[1] if known is not None and time.monotonic() - known[0] < REMEMBERED_S else None

    def key(self, request: Request) -> ApiKey:
        """Return the key that the request came with, as the records have it now. Raises `ApiKeyRefusedError`."""
        secret = _secret(request.headers.get("authorization")) or ""
        key = self._find(secret)
        if key is None or key.revoked_at is not None:
            self._remembered.pop(secret, None)
            raise ApiKeyRefusedError
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[secret] = time.monotonic(), key
        return key

    def forget(self) -> None:
        """Look every key up again: one was revoked."""
        self._remembered.clear()

    def admit(self, key: ApiKey, role: ApiRole) -> None:
        """Raise `RoleMissingError` unless the key allows what `role` may."""
        if not key.may(role):
            raise RoleMissingError(role=role.value)

    def take(self, key: ApiKey, lookups: int) -> None:
        """Count lookups. Raises `LookupsLimitedError`; the first of a minute is told to the audit."""
        now = time.monotonic()
        if lookups > key.lookups_per_minute:
            raise RequestRefusedError(place="body", problem="more-lookups-than-a-minute-has")
        with self._lock:
            allowance = self._allowances.get(key.name)
            if allowance is None or allowance.per_minute != key.lookups_per_minute:
                allowance = self._allowances[key.name] = Allowance.full(key.lookups_per_minute, now)
            wait_s = allowance.take(lookups, now)
            minute = int(now // 60)
            is_first = wait_s > 0 and self._limited.get(key.name) != minute
            if is_first:
                self._limited[key.name] = minute
        if is_first:
            facts = {"lookups_per_minute": key.lookups_per_minute, "asked": lookups}
            self._tell_soon(key.name, "lookups-limited", facts)
        if wait_s > 0:
            raise LookupsLimitedError(wait_s=max(1, round(wait_s + 0.5)), lookups_per_minute=key.lookups_per_minute)

    def watch(self, key: ApiKey, answers: Iterable[Answer]) -> list[ContentNumber]:
        """Remember what the key's lookups found, and return contents that it feels around, for the audit."""
        probed: list[ContentNumber] = []
        with self._lock:
            watch = self._watches.get(key.name)
            if watch is None:
                watch = self._watches[key.name] = Watch(time.monotonic())
            for answer in answers:
                probed += watch.saw((hit.content.number, self._number(hit.queried)) for hit in answer.hits)
        return probed

    def tell_over(self) -> None:
        """Tell the audit of the keys whose window has passed."""
        now = time.monotonic()
        with self._lock:
            over = {name: watch for name, watch in self._watches.items() if watch.is_over(now)}
            for name in over:
                del self._watches[name]
        for name, watch in over.items():
            self._told_of(name, watch)

    def close(self) -> None:
        """Tell the audit how many lookups each key has asked since it was last told."""
        with self._lock:
            watches, self._watches = self._watches, {}
        for name, watch in watches.items():
            self._told_of(name, watch)

    def _told_of(self, name: str, watch: Watch) -> None:
        if watch.lookups:
            self._tell(name, "lookups", {"lookups": watch.lookups, "found": watch.found})

    def _number(self, queried: bytes) -> int:
        return int.from_bytes(blake2b(queried, digest_size=8, key=self._salt).digest())


def _secret(header: str | None) -> str | None:
    """Return what stands for the key: a bearer token, or the password of a browser. Raises `ApiKeyRefusedError`."""
    if header is None:
        return None
    scheme, _, rest = header.partition(" ")
    secret = ""
    if scheme.lower() == "bearer":
        secret = rest.strip()
    elif scheme.lower() == "basic":
        try:
            secret = base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ApiKeyRefusedError from error
    if not secret or len(secret) > _MOST_SECRET:
        raise ApiKeyRefusedError
    return secret
