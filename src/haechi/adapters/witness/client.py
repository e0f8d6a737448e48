"""Asks witnesses over HTTP. Each exchange has one deadline, an answer has a size, and nothing is believed unverified.

Redirects are not followed and no proxy is used: a witness is asked at the address that was given, and nowhere else.
"""

import base64
import hashlib
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from queue import Empty, Queue
from threading import Thread
from urllib.parse import urlsplit

from haechi.domain.anchor import Cosignature, Witness
from haechi.domain.cosignature import Verifiers, cosignatures, witness_key
from haechi.domain.errors import WitnessConflictError, WitnessUnreachableError
from haechi.domain.note import NoteError, signature_lines, split_note

SECONDS = 20.0
MOST_ANSWER_BYTES = 128 * 1024  # 16 signatures of up to 5 kB and a checkpoint
_LAST_SECOND = 253_402_300_799  # of the year 9999, the last one that a date can be written of
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_SIZE_TYPE = "text/x.tlog.size"
_OK, _MISSING, _CONFLICT = 200, 404, 409
_REASONS = {400: "refused", 403: "refused", 404: "unknown", 422: "fork"}


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    kind: str
    content: bytes


class HttpWitnesses:
    """Asks witnesses; `seconds` is how long a whole exchange may take, from looking up the name to the last byte."""

    def __init__(self, verifiers: Verifiers, *, seconds: float = SECONDS) -> None:
        self.verifiers = verifiers
        self._seconds = seconds

    def add_checkpoint(
        self, witness: Witness, *, old_size: int, proof: Sequence[bytes], note: str
    ) -> tuple[Cosignature, ...]:
        """Return the witness's verified cosignatures of the checkpoint `note`; see the port for what it raises."""
        hashes = "".join(f"{base64.b64encode(value).decode()}\n" for value in proof)
        body = f"old {old_size}\n{hashes}\n{note}".encode()
        reply = self._ask(witness, "POST", "/add-checkpoint", body)
        if reply.status == _OK:
            return self._verified(witness, note, reply)
        text = split_note(note)[0]
        size = int(text.split("\n")[1])
        if reply.status == _CONFLICT:
            held = _SIZE.fullmatch(reply.content)
            if held is None or reply.kind != _SIZE_TYPE:
                raise _no_answer(witness, reply)
            raise WitnessConflictError(witness=witness.name, size=int(held[1]), reason="size")
        if reply.status in _REASONS:
            raise WitnessConflictError(witness=witness.name, size=size, reason=_REASONS[reply.status])
        raise _no_answer(witness, reply)

    def latest(self, witness: Witness, origin: str) -> str | None:
        """Return the checkpoint that the witness holds of this log, not verified; None when it has none."""
        digest = hashlib.sha256(origin.encode()).hexdigest()
        reply = self._ask(witness, "GET", f"/{digest}/checkpoint", None)
        if reply.status == _MISSING:
            return None
        if reply.status != _OK:
            raise _no_answer(witness, reply)
        try:
            return reply.content.decode()
        except UnicodeDecodeError as error:
            raise _no_answer(witness, reply) from error

    def _verified(self, witness: Witness, note: str, reply: _Reply) -> tuple[Cosignature, ...]:
        """Return the lines of the answer that are by the witness's keys, the newest of each key. One wrong line condemns the answer."""
        text, _lines = split_note(note)
        try:
            keys = [witness_key(vkey) for vkey in witness.vkeys]
            found = cosignatures(text, signature_lines(reply.content.decode()), keys, self.verifiers)
        except (NoteError, UnicodeDecodeError) as error:
            raise _no_answer(witness, reply) from error
        if not found or any(one.at > _LAST_SECOND for one in found):
            raise _no_answer(witness, reply)
        newest: dict[str, Cosignature] = {}
        for one in sorted(found, key=lambda one: one.at):
            newest[one.key.vkey] = Cosignature(witness.name, one.key.vkey, one.line, one.at)
        return tuple(newest.values())

    def _ask(self, witness: Witness, method: str, path: str, body: bytes | None) -> _Reply:
        """Return the reply to one request.

        The exchange runs in a thread that is left behind at the deadline: the timeout of a socket begins anew with
        every byte, and looking up a name has none.
        """
        told: Queue[_Reply | Exception] = Queue(1)

        def exchange() -> None:
            try:
                told.put(_exchange(witness.url, method, path, body, self._seconds))
            except (OSError, HTTPException, ValueError) as error:
                told.put(error)

        Thread(target=exchange, daemon=True).start()
        try:
            reply = told.get(timeout=self._seconds)
        except Empty as error:
            raise WitnessUnreachableError(witness=witness.name, reason="timeout") from error
        if isinstance(reply, TimeoutError):
            raise WitnessUnreachableError(witness=witness.name, reason="timeout") from reply
        if isinstance(reply, Exception):
            raise WitnessUnreachableError(witness=witness.name, reason="connection") from reply
        if len(reply.content) > MOST_ANSWER_BYTES:
            raise _no_answer(witness, reply)
        return reply


def _exchange(url: str, method: str, path: str, body: bytes | None, seconds: float) -> _Reply:
    address = urlsplit(url)
    host = address.hostname or ""
    if address.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(
            host, address.port, timeout=seconds, context=ssl.create_default_context()
        )
    else:
        connection = HTTPConnection(host, address.port, timeout=seconds)
    headers = {"Accept-Encoding": "identity"}
    if body is not None:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    try:
        connection.request(method, address.path.rstrip("/") + path, body=body, headers=headers)
        response = connection.getresponse()
        kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        content = response.read(MOST_ANSWER_BYTES + 1)
        if response.length and len(content) <= MOST_ANSWER_BYTES:
            raise IncompleteRead(content, response.length)  # a bounded read does not say so by itself
        return _Reply(response.status, kind, content)
    finally:
        connection.close()


def _no_answer(witness: Witness, reply: _Reply) -> WitnessUnreachableError:
    return WitnessUnreachableError(witness=witness.name, reason="answer", status=reply.status)
