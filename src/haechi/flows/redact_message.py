"""Make a copy of a message with fields taken out: a JSON file of what is left, which names what is missing.

It is made from the record of the message, not from its raw bytes, and only from named members: what an export wrote
beside them (`facts`) may repeat anything and is never in a derivative. It is text, so a reference-only case may have one.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from haechi.domain.canonical import Json, canonical
from haechi.domain.case import Case
from haechi.domain.custody import EntryType
from haechi.domain.derivative import Derivative, MessageField, taken_out
from haechi.domain.embedded_picture import without_pictures
from haechi.domain.errors import CustodyBrokenError, RedactionRefusedError, SelectionUnknownError
from haechi.flows.keep_derivative import keep_derivative
from haechi.flows.open_vault import OpenVault
from haechi.ports.ledger import StoredMessage

METHOD = "message-fields/1"
MIME = "application/json"
_PICTURE = re.compile(r"data:(?:image|video)/|[A-Za-z0-9+/_-]{1024}", re.IGNORECASE)
"""What a picture written out as text begins with, or how long it is: said without looking into it."""


def redact_message(
    vault: OpenVault,
    case: Case,
    key: tuple[str, str],
    *,
    fields: Collection[MessageField],
    reason: str,
    own_reader: str,
    actor: str,
) -> Derivative:
    """Return the new derivative of the newest version of the message under `key` (room key, message id).

    It is sealed for the case's readers, or for this vault (`own_reader`, an age recipient) where the case has none.
    Raises `RedactionRefusedError`, `SelectionUnknownError`.
    """
    if not reason.strip():
        raise RedactionRefusedError(reason="reason-missing")
    removed = taken_out(fields)
    if not removed:
        raise RedactionRefusedError(reason="nothing-chosen")
    stored = _newest(vault, case, key)
    kept = {name: value for name, value in _members(stored).items() if name not in removed}
    content = canonical({"v": 1, "type": "message", "message": kept, "removed": removed})
    if _PICTURE.search(content.decode()) or _holds_picture(kept):
        raise RedactionRefusedError(reason="embedded-picture")
    return keep_derivative(
        vault,
        case,
        content,
        mime=MIME,
        source_entry=_last_window(vault, {part for part, _, _ in stored.sources}),
        message=key,
        method=METHOD,
        fields=removed,
        reason=reason,
        readers=vault.ledger.readers(case.case_id) or [own_reader],
        actor=actor,
    )


def _newest(vault: OpenVault, case: Case, key: tuple[str, str]) -> StoredMessage:
    """Return the version that was read last; versions of one key come in the order in which they were first seen."""
    found = [
        one for one in vault.ledger.messages(case.case_id) if (one.message.room.value, one.message.message_id) == key
    ]
    if not found:
        raise SelectionUnknownError(names=":".join(key))
    return max(found, key=lambda one: max(part for part, _, _ in one.sources))


def _members(stored: StoredMessage) -> Mapping[str, Json]:
    message = stored.message
    media: list[Json] = [
        {name: _plain(value) for name, value in asdict(reference).items()} for reference, _ in stored.media
    ]
    return {
        "platform": message.room.platform,
        "room": _plain(message.room.value),
        "message_id": _plain(message.message_id),
        "kind": message.kind.value,
        "sender": _plain(message.sender.value) if message.sender else None,
        "sender_label": _plain(message.sender_label),
        "names": [[_plain(account.value), _plain(label)] for account, label in message.named],
        "time_as_written": _plain(message.time_as_written),
        "sent_at": message.sent_at,
        "edited_at": message.edited_at,
        "text": _plain(message.text),
        "links": [_plain(link) for link in message.links],
        "reply_to": _plain(message.reply_to),
        "media": media,
    }


def _plain(value: object) -> Json:
    """Return a value for JSON. A lone surrogate, which a damaged export can have, becomes U+FFFD."""
    if isinstance(value, str):
        return str(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return value if isinstance(value, bool | int) else None


def _holds_picture(kept: Json) -> bool:
    """Say whether a picture may be written out in what is kept: raw, in hexadecimal, in base64, in lines of any length.

    The importer takes these out of a reference-only case; a case that became one later still has them. In doubt there
    is no copy: a long text without a full stop or a space can look like one.
    """
    found: list[dict[str, Any]] = []
    without_pictures(kept, found)
    without_pictures(_unspaced(kept), found)
    return bool(found)


def _unspaced(value: Json) -> Json:
    """Return the value with lines and columns of every text put together: encoders break base64 at 64 or 76, and need not."""
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, Mapping):
        return {name: _unspaced(member) for name, member in value.items()}
    if isinstance(value, Sequence):
        return [_unspaced(member) for member in value]
    return value


def _last_window(vault: OpenVault, parts: Collection[int]) -> int:
    """Return the last `window` entry of the newest of these parts: its root is over all messages of the part."""
    newest, last = max(parts), None
    for entry in vault.ledger.entries():
        if b'"type":"window"' not in entry.raw:
            continue
        members = json.loads(entry.raw)
        if members["type"] == EntryType.WINDOW.value and members["counts"]["part"] == newest:
            last = entry.index
    if last is None:
        raise CustodyBrokenError(kind="window", place=f"part {newest}")
    return last
