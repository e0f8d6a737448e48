"""NCMEC hash sharing v2 over HTTP: entries by time, feedback by fingerprint.

Entries do not come in order of time: only a reading that came to its end says how far it was read.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode, urlsplit
from xml.sax.saxutils import escape

from haechi.adapters.exchanges.asking import Asking, Reply
from haechi.adapters.exchanges.ncmec_xml import NAMES, NAMESPACE, EntryReader
from haechi.domain.bank import in_utc
from haechi.domain.errors import ExchangeCannotError, HashListRefusedError
from haechi.domain.hash_list import ListedRow, RefusedRow
from haechi.ports.exchange import Feedback, Page, Verdict
from haechi.ports.now import Now

ENVIRONMENTS = {
    "industry": "https://report.cybertip.org/hashsharing",
    "ngo": "https://hashsharing.ncmec.org/npo",
    "exploitative": "https://hashsharing.ncmec.org/exploitative",
    "test-industry": "https://exttest.cybertip.org/hashsharing",
    "test-ngo": "https://hashsharing-test.ncmec.org/npo",
    "test-exploitative": "https://hashsharing-test.ncmec.org/exploitative",
}
_MOST_PAGES = 100_000
_OK = range(200, 300)
_DENIED = (401, 403)


class NcmecClient:
    """One environment. `settings`: `url`, or `environment`; `credentials`: `username`, `password`."""

    def __init__(
        self, asking: Asking, settings: Mapping[str, object], credentials: Mapping[str, str], *, now: Now
    ) -> None:
        self._asking = asking
        self._base = str(settings.get("url") or ENVIRONMENTS.get(str(settings.get("environment", "")), "")).rstrip("/")
        if not self._base:
            raise asking.failed(problem="address")
        user, password = credentials.get("username"), credentials.get("password")
        if not user or not password:
            raise asking.failed(problem="credentials")
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._now = now

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what changed since `cursor`, a time; the last page alone has a cursor."""
        query = urlencode({"from": _seconds(cursor or "1970-01-01T00:00:00Z"), "to": _seconds(self._now().at)})
        target: str | None = f"/v2/entries?{query}"
        newest, seen = cursor, set[str]()
        while target is not None:
            if target in seen or len(seen) >= _MOST_PAGES:
                # A page that leads back to one before would be read for ever.
                raise self._asking.failed(problem="answer")
            seen.add(target)
            rows, target, reached = self._page(target)
            newest = max(filter(None, (newest, reached)), default=None)
            yield Page(rows, newest if target is None else None)

    def submit(self, rows: Sequence[ListedRow]) -> None:
        """Submitting goes by NCMEC's own contract, which is not public."""
        raise ExchangeCannotError(exchange=self._asking.exchange, problem="submit", rows=len(rows))

    def tell(self, feedback: Sequence[Feedback]) -> None:
        """Send a verdict on each fingerprint: affirmative, or negative with the number of a reason of NCMEC's."""
        for one in feedback:
            member, _, rest = one.source.partition("/")
            name = rest.partition("/")[2]
            if one.signal.type not in NAMES or not name or one.verdict is Verdict.MATCHED:
                raise ExchangeCannotError(exchange=self._asking.exchange, problem="feedback")
            if one.verdict is Verdict.REFUTED and not one.reason:
                raise ExchangeCannotError(exchange=self._asking.exchange, problem="feedback")
            vote = "<affirmative/>"
            if one.verdict is Verdict.REFUTED:
                vote = f"<negative><reasonIds><guid>{escape(one.reason or '')}</guid></reasonIds></negative>"
            body = f'<feedbackSubmission xmlns="{NAMESPACE}">{vote}</feedbackSubmission>'.encode()
            place = "/".join(quote(part, safe="") for part in (member, name, NAMES[one.signal.type]))
            self._ask("PUT", f"/v2/entries/{place}/feedback", body)

    def _page(self, target: str) -> tuple[list[ListedRow | RefusedRow], str | None, str | None]:
        reply = self._ask("GET", target)
        reader = EntryReader()
        try:
            rows = list(reader.read(io.BytesIO(reply.body)))
            newest = in_utc(reader.newest) if reader.newest else None
        except (HashListRefusedError, ValueError) as error:
            raise self._asking.failed(problem="answer") from error
        if rows and isinstance(rows[-1], RefusedRow) and rows[-1].problem == "cut":
            raise self._asking.failed(problem="cut")
        return rows, self._following(reader.next), newest

    def _following(self, text: str | None) -> str | None:
        """Return the next page's place below the address that was configured: a page cannot send the password elsewhere."""
        if text is None:
            return None
        parts = urlsplit(text)
        base = urlsplit(self._base)
        path = parts.path
        if parts.netloc and (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
            raise self._asking.failed(problem="answer")
        if parts.netloc:
            path = path.removeprefix(base.path)
        if not path.startswith("/v2/") or ".." in path:
            raise self._asking.failed(problem="answer")
        return f"{path}?{parts.query}" if parts.query else path

    def _ask(self, method: str, target: str, body: bytes | None = None) -> Reply:
        headers = {"Authorization": self._authorization, "Accept": "application/xml"}
        headers |= {"Content-Type": "application/xml"} if body is not None else {}
        reply = self._asking(method, self._base + target, headers=headers, body=body)
        if reply.status in _DENIED:
            raise self._asking.failed(problem="credentials", status=reply.status)
        if reply.status not in _OK:
            raise self._asking.failed(problem="status", status=reply.status)
        return reply


def _seconds(at: str) -> str:
    return in_utc(at)[:19] + "Z"
