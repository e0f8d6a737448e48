"""Asks time-stamping authorities (RFC 3161 over HTTP, 3.4) and checks what they answer in a limited worker process."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives import hashes

from haechi.adapters.timestamps.chain import ChainError, build_chain, read_certificates, read_chain
from haechi.adapters.timestamps.checking import MOST_REPLY_BYTES
from haechi.adapters.timestamps.posting import DEADLINE_S, PostError, post, read_url
from haechi.adapters.timestamps.query import new_query
from haechi.domain.anchor import Authority, Stamp
from haechi.domain.der import DerError, write_oid
from haechi.domain.errors import (
    AuthorityUnreachableError,
    AuthorityUnusableError,
    StampRefusedError,
    WorkerCrashedError,
    WorkerRefusedError,
    WorkerTimeoutError,
)
from haechi.domain.evidence import Sha256
from haechi.isolation.limits import Limits
from haechi.isolation.worker import Worker
from haechi.ports.randomness import Randomness

QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
_TASK = "haechi.adapters.timestamps.task:check"
_LIMITS = Limits(memory=512 << 20, cpu_s=10, blob=0)
_WORKER_S = 30.0  # a check costs some milliseconds, starting the worker some tenths of a second
_MOST_NAME = 100


class Rfc3161Client:
    """Authorities as they answer over the network. One worker serves all checks; close it at the end."""

    def __init__(self, randomness: Randomness, *, deadline_s: float = DEADLINE_S) -> None:
        self._randomness = randomness
        self._deadline_s = deadline_s
        self._worker = Worker(_TASK, _LIMITS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.close()

    def authority(self, name: str, url: str, *, certificate: bytes, chain: bytes, policy: str | None) -> Authority:
        """Return the authority that these PEM files describe."""
        try:
            read_url(url)
        except PostError as error:
            raise AuthorityUnusableError(authority=name, reason="url") from error
        if not 0 < len(name) <= _MOST_NAME or not name.isprintable():
            raise AuthorityUnusableError(authority=name, reason="name")
        try:
            if policy is not None:
                write_oid(policy)
            leaf, *more = read_certificates(certificate)
            whole = build_chain(leaf, (*more, *read_certificates(chain)))
            whole.require_valid_at(datetime.now(UTC))
        except ChainError as error:
            raise AuthorityUnusableError(authority=name, reason=error.reason) from error
        except DerError as error:
            raise AuthorityUnusableError(authority=name, reason="policy") from error
        return Authority(name, url, Sha256(whole.leaf.fingerprint(hashes.SHA256()).hex()), whole.pem, policy)

    def expires_at(self, authority: Authority) -> int:
        """Return when the first certificate of the authority's chain dies, in unix seconds."""
        try:
            return read_chain(authority.chain).expires_at
        except ChainError as error:
            raise AuthorityUnusableError(authority=authority.name, reason=error.reason) from error

    def stamp(self, authority: Authority, note: bytes) -> Stamp:
        """Ask the authority about the SHA-256 of `note` and check what it answers."""
        query = new_query(hashlib.sha256(note).digest(), authority.policy, self._randomness).encoded()
        try:
            reply = post(
                authority.url,
                query,
                sent=QUERY_TYPE,
                expected=REPLY_TYPE,
                most_bytes=MOST_REPLY_BYTES,
                deadline_s=self._deadline_s,
            )
        except PostError as error:
            raise AuthorityUnreachableError(authority=authority.name, reason=error.reason) from error
        found = self._checked(authority, query, reply, note)
        return Stamp(
            authority=authority.name,
            query=query,
            reply=reply,
            chain=authority.chain,
            at=found["at_us"],
            serial=found["serial"],
            certificate=authority.certificate,
            expires_at=found["expires_at"],
        )

    def check(self, stamp: Stamp, note: bytes) -> None:
        """Check a stamp that is kept. What it was checked against when it came is kept with it."""
        kept = Authority(stamp.authority, "", stamp.certificate, stamp.chain)
        found = self._checked(kept, stamp.query, stamp.reply, note)
        if (found["at_us"], found["serial"], found["expires_at"]) != (stamp.at, stamp.serial, stamp.expires_at):
            raise StampRefusedError(authority=stamp.authority, reason="form")

    def _checked(self, authority: Authority, query: bytes, reply: bytes, note: bytes) -> dict[str, Any]:
        request = {
            "query": b64encode(query).decode(),
            "reply": b64encode(reply).decode(),
            "note": b64encode(note).decode(),
            "chain": authority.chain,
            "certificate": authority.certificate,
        }
        try:
            ((found, _),) = self._worker.run(request, timeout_s=_WORKER_S)
        except WorkerRefusedError as error:
            raise StampRefusedError(authority=authority.name, reason="form") from error
        except (WorkerCrashedError, WorkerTimeoutError) as error:
            raise AuthorityUnreachableError(authority=authority.name, reason="check") from error
        if found.get("reason") == "busy":
            raise AuthorityUnreachableError(authority=authority.name, reason="busy")
        if "reason" in found:
            raise StampRefusedError(authority=authority.name, reason=str(found["reason"]))
        return found
