"""Meta ThreatExchange over HTTP: the updates of a privacy group with a cursor, descriptors submitted, reactions to them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from haechi.adapters.exchanges.asking import Asking, Reply
from haechi.adapters.exchanges.threatexchange import KEY, NAMES, row
from haechi.adapters.exchanges.values import RowError, refused
from haechi.domain.errors import ExchangeCannotError, ExchangeCursorExpiredError
from haechi.domain.hash_list import ListedRow, RefusedRow
from haechi.ports.exchange import Feedback, Page, Verdict
from haechi.ports.now import Now

BASE = "https://graph.facebook.com/v19.0"
_PAGE = 500
_LASTS_S = 85 * 24 * 3600
"""The service keeps deletions for 90 days: a reading that began earlier may have missed some."""
_FIELDS = "id,indicator,type,creation_time,last_updated,should_delete,is_expired,tags,status,descriptors"
_MOST_PAGES = 1_000_000
_OK, _BAD_REQUEST = range(200, 300), 400
_DENIED = (401, 403)
_DENIED_CODES = (102, 190)  # https://developers.facebook.com/docs/graph-api/guides/error-handling
_REACTIONS = {Verdict.CONFIRMED: "HELPFUL", Verdict.REFUTED: "DISAGREE_WITH_TAGS", Verdict.MATCHED: "SAW_THIS_TOO"}


class ThreatExchangeClient:
    """One privacy group. `settings`: `privacy_group`, `url` (default: Meta's own); `credentials`: `api_token`."""

    def __init__(
        self, asking: Asking, settings: Mapping[str, object], credentials: Mapping[str, str], *, now: Now
    ) -> None:
        self._asking = asking
        self._base = str(settings.get("url") or BASE).rstrip("/")
        self._group = str(settings.get("privacy_group", ""))
        self._token = credentials.get("api_token", "")
        if not self._group.isascii() or not self._group.isdecimal():
            raise asking.failed(problem="address")
        if not self._token:
            raise asking.failed(problem="credentials")
        self._now = now

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what changed since `cursor`. Raises `ExchangeCursorExpiredError` when deletions since then may be lost."""
        now = int(datetime.fromisoformat(self._now().at).timestamp())
        since, after = _read_cursor(cursor)
        if since and since + _LASTS_S < now:
            raise ExchangeCursorExpiredError(exchange=self._asking.exchange, problem="expired")
        newest, was_after, was_lost = since, None, False
        for _number in range(_MOST_PAGES):
            query: dict[str, object] = {"fields": _FIELDS, "limit": _PAGE, "start_time": since}
            query |= {"after": after} if after else {}
            reply = self._ask("GET", f"/{self._group}/threat_updates?{urlencode(query)}")
            if reply.status == _BAD_REQUEST and after and not _is_denied(reply):
                # A cursor within a reading does not last; the time at which the reading began does.
                if was_lost:
                    raise self._asking.failed(problem="answer")
                after, was_after, was_lost = "", None, True
                continue
            rows, following, reached = self._read(reply)
            newest = max(newest, reached)
            if following and following in (after, was_after):
                raise self._asking.failed(problem="answer")
            was_after, after = after, following
            kept = {"since": since, "after": after} if after else {"since": min(newest, now), "after": ""}
            yield Page(rows, json.dumps(kept))
            if not after:
                return
        raise self._asking.failed(problem="answer")

    def submit(self, rows: Sequence[ListedRow]) -> None:
        """Submit each hash as a descriptor that the privacy group sees."""
        for one in rows:
            for signal in one.signals:
                if signal.type not in NAMES:
                    raise ExchangeCannotError(exchange=self._asking.exchange, problem="type")
                form = {
                    "indicator": signal.value.hex(),
                    "type": NAMES[signal.type],
                    "description": "haechi",
                    "share_level": "AMBER",
                    "status": "UNKNOWN",
                    "privacy_type": "HAS_PRIVACY_GROUP",
                    "privacy_members": self._group,
                }
                self._post("/threat_descriptors", form)

    def tell(self, feedback: Sequence[Feedback]) -> None:
        """Send a reaction to each descriptor."""
        for one in feedback:
            if not one.source.isascii() or not one.source.isdecimal():
                raise ExchangeCannotError(exchange=self._asking.exchange, problem="feedback")
            self._post(f"/{one.source}", {"reactions": _REACTIONS[one.verdict]})

    def _read(self, reply: Reply) -> tuple[list[ListedRow | RefusedRow], str, int]:
        self._require(reply)
        try:
            answer = orjson.loads(reply.body)
        except ValueError as error:
            raise self._asking.failed(problem="answer") from error
        records = answer.get(KEY) if isinstance(answer, dict) else None
        if not isinstance(records, list):
            raise self._asking.failed(problem="answer")
        rows: list[ListedRow | RefusedRow] = []
        newest = 0
        for number, record in enumerate(records, 1):
            place = f"record {number}"
            try:
                if not isinstance(record, dict):
                    raise RowError(problem="form")  # noqa: TRY301 - one way out for a record
                # One without descriptors is a deletion too: https://github.com/facebook/ThreatExchange/issues/834
                rows.append(row(record if record.get("descriptors") else {**record, "should_delete": True}, place))
                at = record.get("last_updated")
                newest = max(newest, at) if isinstance(at, int) else newest
            except RowError as error:
                rows.append(refused(place, error.problem, repr(record)[:1000]))
        return rows, _after(answer), newest

    def _ask(self, method: str, target: str, body: bytes | None = None) -> Reply:
        # The token goes into a header: an address stands in others' logs.
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        return self._asking(method, self._base + target, headers=headers, body=body)

    def _post(self, target: str, form: Mapping[str, str]) -> None:
        self._require(self._ask("POST", target, urlencode(form).encode()))

    def _require(self, reply: Reply) -> None:
        if reply.status in _DENIED or _is_denied(reply):
            raise self._asking.failed(problem="credentials", status=reply.status)
        if reply.status not in _OK:
            raise self._asking.failed(problem="status", status=reply.status)


def _after(answer: Mapping[str, object]) -> str:
    """Return the cursor of the next page, when there is one. Its address is not followed: it could lead anywhere with the token."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if isinstance(after, str) and after:
        return after
    found = parse_qs(urlsplit(str(paging["next"])).query).get("after") if isinstance(paging["next"], str) else None
    return found[0] if found else ""


def _is_denied(reply: Reply) -> bool:
    if reply.status in _OK:
        return False
    try:
        answer = orjson.loads(reply.body)
    except ValueError:
        return False
    error = answer.get("error") if isinstance(answer, dict) else None
    return isinstance(error, dict) and error.get("code") in _DENIED_CODES


def _read_cursor(cursor: str | None) -> tuple[int, str]:
    try:
        kept = json.loads(cursor or "{}")
        return int(kept.get("since", 0)), str(kept.get("after", ""))
    except (ValueError, TypeError, AttributeError):
        return 0, ""
