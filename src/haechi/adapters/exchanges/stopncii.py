"""StopNCII v1 over HTTP: FetchHashes page by page, SubmitHashes, SubmitFeedback."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

import orjson

from haechi.adapters.exchanges.asking import Asking, Reply
from haechi.adapters.exchanges.stopncii_json import KEY, NAMES, row
from haechi.adapters.exchanges.values import RowError, refused
from haechi.domain.bank import Signal
from haechi.domain.errors import ExchangeCannotError
from haechi.domain.hash_list import ListedRow, RefusedRow
from haechi.ports.exchange import Feedback, Page, Verdict
from haechi.ports.now import Now

BASE = "https://api.stopncii.org/v1"
_PAGE = 800
_FIRST = 10  # the earliest time that its reference client asks for
_MOST_PAGES = 1_000_000
_OK = range(200, 300)
_DENIED, _GONE = (401, 403), (400, 404, 410)
_VALUES = {Verdict.CONFIRMED: "Blocked", Verdict.REFUTED: "NotBlocked", Verdict.MATCHED: "PendingReview"}
_RUN = 500  # hashes of one request


class StopNciiClient:
    """`settings`: `url` (default: StopNCII's own); `credentials`: `subscription_key`, and `FetchHashes`, `SubmitHashes`, `SubmitFeedback` keys."""

    def __init__(
        self, asking: Asking, settings: Mapping[str, object], credentials: Mapping[str, str], *, now: Now
    ) -> None:
        self._asking = asking
        self._base = str(settings.get("url") or BASE).rstrip("/")
        self._credentials = credentials
        if not credentials.get("subscription_key"):
            raise asking.failed(problem="credentials")
        self._now = now

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what changed since `cursor`. A page's own token does not last: without it the reading begins anew at the last time."""
        (since, token), was_lost = _read_cursor(cursor), False
        for _number in range(_MOST_PAGES):
            reply = self._ask("GET", "FetchHashes", since, token)
            if reply.status in _GONE and token:
                if was_lost:
                    raise self._asking.failed(problem="answer")
                token, was_lost = "", True
                continue
            answer = self._answer(reply)
            rows, following, reached, has_more = self._read(answer)
            if has_more and (not following or following == token):
                raise self._asking.failed(problem="answer")
            token = following if has_more else ""
            since = since if has_more else max(since, reached)
            yield Page(rows, json.dumps({"since": since, "page": token}))
            if not has_more:
                return
        raise self._asking.failed(problem="answer")

    def submit(self, rows: Sequence[ListedRow]) -> None:
        """Submit hashes as blocked by this platform."""
        records = [
            {
                "lastModtimestamp": self._seconds(),
                "signalType": self._name(signal),
                "hashValue": signal.value.hex(),
                "CSPFeedbacks": [{"tags": [], "feedbackValue": _VALUES[Verdict.CONFIRMED]}],
            }
            for one in rows
            for signal in one.signals
        ]
        for at in range(0, len(records), _RUN):
            run = records[at : at + _RUN]
            self._post("SubmitHashes", {"count": len(run), "hashRecords": run})

    def tell(self, feedback: Sequence[Feedback]) -> None:
        """Send a verdict on each hash."""
        told = [
            {
                "signalType": self._name(one.signal),
                "hashValue": one.signal.value.hex(),
                "tags": [],
                "feedbackValue": _VALUES[one.verdict],
            }
            for one in feedback
        ]
        for at in range(0, len(told), _RUN):
            run = told[at : at + _RUN]
            self._post("SubmitFeedback", {"count": len(run), "hashFeedbacks": run})

    def _read(self, answer: dict[str, object]) -> tuple[list[ListedRow | RefusedRow], str, int, bool]:
        records, token = answer.get(KEY), answer.get("nextPageToken") or ""
        reached, has_more = answer.get("nextSetTimestamp"), answer.get("hasMoreRecords", False)
        is_sound = isinstance(records, list) and isinstance(token, str) and isinstance(has_more, bool)
        if not is_sound or isinstance(reached, bool) or not isinstance(reached, int) or not 0 <= reached < 1 << 53:
            raise self._asking.failed(problem="answer")
        rows: list[ListedRow | RefusedRow] = []
        for number, record in enumerate(records if isinstance(records, list) else [], 1):
            place = f"record {number}"
            try:
                if not isinstance(record, dict):
                    raise RowError(problem="form")  # noqa: TRY301 - one way out for a record
                rows.append(row(record, place))
            except RowError as error:
                rows.append(refused(place, error.problem, repr(record)[:1000]))
        return rows, str(token), reached, bool(has_more)

    def _answer(self, reply: Reply) -> dict[str, object]:
        self._require(reply)
        try:
            answer = orjson.loads(reply.body)
        except ValueError as error:
            raise self._asking.failed(problem="answer") from error
        if not isinstance(answer, dict):
            raise self._asking.failed(problem="answer")
        return answer

    def _ask(self, method: str, endpoint: str, since: int, token: str) -> Reply:
        query: dict[str, object] = {"startTimestamp": since, "pageSize": _PAGE}
        query |= {"nextPageToken": token} if token else {}
        return self._asking(method, f"{self._base}/{endpoint}?{urlencode(query)}", headers=self._headers(endpoint))

    def _post(self, endpoint: str, payload: object) -> None:
        headers = self._headers(endpoint) | {"Content-Type": "application/json"}
        self._require(self._asking("POST", f"{self._base}/{endpoint}", headers=headers, body=orjson.dumps(payload)))

    def _require(self, reply: Reply) -> None:
        if reply.status in _DENIED:
            raise self._asking.failed(problem="credentials", status=reply.status)
        if reply.status not in _OK:
            raise self._asking.failed(problem="status", status=reply.status)

    def _headers(self, endpoint: str) -> dict[str, str]:
        key = self._credentials.get(endpoint)
        if not key:
            raise self._asking.failed(problem="credentials")
        return {"x-functions-key": key, "Ocp-Apim-Subscription-Key": self._credentials["subscription_key"]}

    def _name(self, signal: Signal) -> str:
        if signal.type not in NAMES:
            raise ExchangeCannotError(exchange=self._asking.exchange, problem="type")
        return NAMES[signal.type]

    def _seconds(self) -> int:
        return unix_seconds(self._now().at)


def unix_seconds(at: str) -> int:
    """Return a time as seconds since 1970."""
    return int(datetime.fromisoformat(at).timestamp())


def _read_cursor(cursor: str | None) -> tuple[int, str]:
    try:
        kept = json.loads(cursor or "{}")
        return int(kept.get("since", _FIRST)), str(kept.get("page", ""))
    except (ValueError, TypeError, AttributeError):
        return _FIRST, ""
