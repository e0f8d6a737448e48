"""Telegram Desktop exports as an importer: finds their parts, reads each in a worker, resolves the files they name."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from haechi.adapters.importers.feeding import Feed, Run, in_worker
from haechi.adapters.importers.records import Records
from haechi.adapters.importers.references import References
from haechi.domain import warning
from haechi.domain.errors import HaechiError
from haechi.ports.container import Container, Member
from haechi.ports.importer import Parsed, Part

_HEAD = 64 << 10
# People rename copies: `messages (1).html`, `messages_old.html`.
_HTML = re.compile(r"messages(\d*)(?:[ _(-][^/]*)?\.html")
_PAGES = re.compile(r"(?:messages\d*|export_results)\.html|lists/[a-z_]+\d*\.html")
_RESOURCES = re.compile(r"css/style\.css|js/script\.js|images/(?:back|(?:media|section)_[a-z_]+)(?:@[23]x)?\.png")
_DATED = re.compile(r"(?:Chat|Data)Export_(\d{4}-\d\d-\d\d)")
_WRITTEN = re.compile(
    rb'"(?:chats|left_chats|messages)"\s*:|^\s*\{\s*"(?:about|personal_information|name|type|id)"\s*:'
)
_MESSAGE = re.compile(rb'"type"\s*:\s*"(?:message|service|unsupported)"')
# Possessive: a name of 60,000 spaces would otherwise be tried from each of them, for minutes.
_EMPTY_CHAT = re.compile(
    rb'^\s*+\{\s*+(?:"name"\s*+:\s*+(?:null|"[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+,\s*+)?+'
    rb'"type"\s*+:\s*+"[^"\\]*+"\s*+,\s*+"id"\s*+:\s*+-?\d++\s*+,\s*+"messages"\s*+:',
    re.DOTALL,
)
_ACCOUNT = re.compile(rb'^\s*\{\s*"(?:about|personal_information)"\s*:')
_TASKS = "haechi.adapters.importers.telegram"


class TelegramImporter:
    """Reads `result.json`, and `messages*.html` where there is no JSON beside them.

    `read_json` and `read_html` run the worker's tasks; tests that look at one step hand the plain generators in.
    """

    name = "telegram"
    version = "1"
    takes_everything = False

    def __init__(self, read_json: Run | None = None, read_html: Run | None = None) -> None:
        self._read_json = read_json or in_worker(f"{_TASKS}.reader:read_json")
        self._read_html = read_html or in_worker(f"{_TASKS}.html_reader:read_html")
        self._html_folders: set[str] = set()

    def is_resource(self, path: str) -> bool:
        """Say whether `path` is a page, style sheet, script or icon that the exporter puts beside HTML."""
        return any(
            path.startswith(folder) and (_RESOURCES.fullmatch(path, len(folder)) or _PAGES.fullmatch(path, len(folder)))
            for folder in self._html_folders
        )

    def parts(self, container: Container) -> tuple[Part, ...]:
        """Return the JSON parts, then the HTML pages of chats that have no JSON beside them, in page order."""
        json_parts: list[Member] = []
        pages: list[tuple[str, int, Member]] = []
        newest = ""
        for member in container.members():
            if member.is_directory or member.refused is not None:
                continue
            newest = max(newest, str(member.facts.get("modified") or ""))
            folder, name = _split(member.path)
            page = _HTML.fullmatch(name)
            if page:
                pages.append((folder, int(page[1] or 1), member))
            elif name == "export_results.html":
                self._html_folders.add(folder)
            elif name.lower().endswith(".json") and _is_export(container, member):
                json_parts.append(member)
        has_json = {_split(member.path)[0] for member in json_parts}
        pages = [page for page in pages if _is_page(container, page[2])]
        self._html_folders.update(folder for folder, _, _ in pages)
        alone = [page for page in pages if not any(page[0].startswith(folder) for folder in has_json)]
        ordered = [*json_parts, *(member for _, _, member in sorted(alone, key=lambda page: page[:2]))]
        return tuple(Part(member, _exported_at(container, member, newest)) for member in ordered)

    def read(self, container: Container, part: Part, *, paths: AbstractSet[str], skip: int) -> Iterator[Parsed]:
        """Yield the part's records; see the port. Raises `HaechiError`, `OSError`."""
        path = part.member.path
        folder, name = _split(path)
        is_html = name.endswith(".html")
        if not is_html:
            yield from _beside(folder, path, paths)
        feed = Feed(container.open(part.member))
        records = Records(platform="telegram", path=path, references=References(folder, paths))
        page = _HTML.fullmatch(name)
        request = {"skip": skip, "page": int(page[1] or 1) if page else 0}
        yield from records.records(feed.frames(self._read_html if is_html else self._read_json, request), feed)


def _beside(folder: str, path: str, paths: AbstractSet[str]) -> Iterator[Parsed]:
    """Note HTML of the same chat: it holds forward dates and own reactions that JSON lacks, and is not read twice."""
    beside = sorted(found for found in paths if found.startswith(folder) and _HTML.fullmatch(_split(found)[1]))
    if beside:
        yield warning.ReadWarning("html-beside-json", path, facts={"pages": len(beside), "first": beside[0]})


def _split(path: str) -> tuple[str, str]:
    folder, slash, name = path.rpartition("/")
    return folder + slash, name


def _head(container: Container, member: Member) -> bytes:
    try:
        with container.open(member) as stream:
            return stream.read(_HEAD)
    except (OSError, ValueError, HaechiError):
        return b""


def _is_export(container: Container, member: Member) -> bool:
    """Say whether a JSON file reads like Telegram's; one named `result.json` may also be cut before its messages."""
    head = _head(container, member).removeprefix(b"\xef\xbb\xbf")
    name = _split(member.path)[1]
    if _MESSAGE.search(head) and _WRITTEN.search(head):
        return True
    is_ours = name.startswith("result") and (not member.size or _WRITTEN.search(head))
    return bool(is_ours or _EMPTY_CHAT.search(head) or (_ACCOUNT.search(head) and b'"chats"' in head))


def _is_page(container: Container, member: Member) -> bool:
    head = _head(container, member)
    return b'class="message ' in head or b'class="history"' in head


def _exported_at(container: Container, member: Member, newest: str) -> str | None:
    """Return the date in the folder's name, the innermost first, else the newest member's time of modification."""
    folders = [container.name, *member.path.split("/")[:-1]]
    for name in reversed(folders):
        dated = _DATED.match(name)
        if dated:
            return dated[1]
    return newest or None
