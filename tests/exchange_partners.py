"""Partners that hand out lists, played by a small server on this machine: their pages, their cursors, and their bad days."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit


class Request(NamedTuple):
    """What came; header names in lower case."""

    method: str
    target: str
    headers: dict
    body: bytes


class Partner:
    """A partner: `records` in pages of `page`; `asked` is every request that came, with headers and body.

    `trouble` is what goes wrong with the next requests, one after the other: None, a status, `drip`, `huge`, `cut`, `redirect`, `garbage` or `gzip`.
    """

    def __init__(self, records=(), page=3):
        self.records = list(records)
        self.page = page
        self.asked = []
        self.trouble = []
        self.expired = set()
        self.url = ""

    def answer(self, request):
        """Return status, type and body."""
        raise NotImplementedError


class Ncmec(Partner):
    """`records` are (kind, id, md5 or None): without one it is deleted. The newest page comes first, as NCMEC warns."""

    newest = "2026-11-20T00:00:00Z"
    loops = False
    elsewhere = ""

    def answer(self, request):
        if request.method == "PUT":
            return 200, "application/xml", b"<ok/>"
        query = parse_qs(urlsplit(request.target).query)
        start = int(query.get("start", ["0"])[0])
        shown = self.records[start : start + self.page]
        lines = ['<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">']
        lines.append(f'<images count="{len(shown)}" maxTimestamp="{self.newest}">')
        for kind, name, md5 in shown:
            prints = f"<fingerprints><md5>{md5}</md5></fingerprints>" if md5 else ""
            tag = kind if md5 else f"deleted{kind.capitalize()}"
            lines.append(f'<{tag}><member id="7">M</member><id>{name}</id>{prints}</{tag}>')
        lines.append("</images>")
        following = 0 if self.loops else start + self.page
        if self.loops or following < len(self.records):
            lines.append(f"<paging><next>{self.elsewhere}/v2/entries?from=x&amp;start={following}</next></paging>")
        return 200, "application/xml", "".join([*lines, "</queryResult>"]).encode()


class StopNcii(Partner):
    """`records` are StopNCII's own, each newer than the one before."""

    def answer(self, request):
        if request.method == "POST":
            return 200, "application/json", b"{}"
        query = parse_qs(urlsplit(request.target).query)
        token = query.get("nextPageToken", [""])[0]
        if token in self.expired:
            return 400, "application/json", b'{"error":"token"}'
        since = int(query["startTimestamp"][0])
        newer = [one for one in self.records if one["lastModtimestamp"] > since]
        start = int(token or 0)
        shown = newer[start : start + self.page]
        more = start + self.page < len(newer)
        reached = max([one["lastModtimestamp"] for one in shown], default=since)
        page = {"count": len(shown), "hashRecords": shown, "hasMoreRecords": more, "nextSetTimestamp": reached}
        return (
            200,
            "application/json",
            json.dumps(page | {"nextPageToken": str(start + self.page) if more else ""}).encode(),
        )


class ThreatExchange(Partner):
    """`records` are updates of a privacy group, in order of time."""

    def answer(self, request):
        if request.method == "POST":
            return 200, "application/json", b'{"success":true}'
        if request.headers.get("authorization") != "Bearer token":
            return 400, "application/json", b'{"error":{"code":190}}'
        query = parse_qs(urlsplit(request.target).query)
        after = query.get("after", [""])[0]
        if after in self.expired:
            return 400, "application/json", b'{"error":{"code":100}}'
        newer = [one for one in self.records if one["last_updated"] >= int(query["start_time"][0])]
        start = int(after or 0)
        shown, following = newer[start : start + self.page], start + self.page
        paging = {"cursors": {"after": str(following)}}
        if following < len(newer):
            paging["next"] = "http://elsewhere.invalid/"
        return 200, "application/json", json.dumps({"data": shown, "paging": paging}).encode()


class _Handler(BaseHTTPRequestHandler):
    partner: Partner

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.partner.asked.append(request)
        trouble = self.partner.trouble.pop(0) if self.partner.trouble else None
        status, kind, content = self.partner.answer(request)
        if isinstance(trouble, int):
            status, content = trouble, b""
        elif trouble == "garbage":
            content = b"<<<{{{"
        elif trouble == "redirect":
            status = 302
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Retry-After", "7")
        if trouble == "redirect":
            self.send_header("Location", self.partner.url)
        if trouble == "gzip":
            self.send_header("Content-Encoding", "gzip")
        if trouble not in ("huge", "drip"):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self._send(content, trouble)

    def _send(self, content, trouble):
        try:
            if trouble == "cut":
                self.wfile.write(content[: len(content) // 2])
            elif trouble == "huge":
                while True:
                    self.wfile.write(b" " * 65_536)
            elif trouble == "drip":
                for _byte in range(200):
                    self.wfile.write(b" ")
                    time.sleep(0.02)
            else:
                self.wfile.write(content)
        except OSError:
            pass  # the client went away, as it should

    do_POST = do_PUT = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *_words):
        pass


@contextmanager
def served(partner: Partner):
    """Serve a partner on a port of this machine; its `url` says where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"partner": partner}))
    server.daemon_threads = True
    partner.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield partner
    finally:
        server.shutdown()
        server.server_close()
