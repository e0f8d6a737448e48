"""NCMEC hash sharing v2: `<queryResult>` with `<images>` and `<videos>` of `<image>`, `<video>`, `<deletedImage>`, `<deletedVideo>`.

Read by expat as it comes. A document type is refused before anything is read of it, so that there are no entities to expand.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from haechi.adapters.exchanges.values import RowError, facts, read_hash, read_name, refused
from haechi.domain.bank import Signal, SignalType
from haechi.domain.errors import HashListRefusedError
from haechi.domain.hash_list import ListedRow, RefusedRow

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
ENTRIES = {"image": "image", "video": "video", "deletedimage": "image", "deletedvideo": "video"}
_LISTS = ("images", "videos")
_KINDS = {("image", "md5"): SignalType.MD5, ("video", "md5"): SignalType.VIDEO_MD5, ("image", "pdq"): SignalType.PDQ}
NAMES = {SignalType.MD5: "md5", SignalType.VIDEO_MD5: "md5", SignalType.PDQ: "pdq"}
_CHUNK = 1 << 16
_MOST_DEPTH = 16
_MOST_TEXT = 1 << 16  # characters of one element; TMK+PDQF, the longest that stands in a list, is passed over
_MOST_ENTRY = 1_000  # elements of one entry


def read(stream: BinaryIO) -> Iterator[ListedRow | RefusedRow]:
    """Yield the rows. Raises `HashListRefusedError` when it is no such list; one that breaks off ends with a refused row `cut`."""
    yield from EntryReader().read(stream)


class EntryReader:
    """Reads one document. After it, `next` is the address of the next page and `newest` the largest `maxTimestamp` (text as it stood)."""

    def __init__(self) -> None:
        self.next: str | None = None
        self.newest: str | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._path: list[str] = []
        self._words: list[str] = []
        self._length = 0
        self._entry: dict[str, str] | None = None
        self._prints: list[tuple[str, str]] = []
        self._elements = 0
        self._is_long = False
        self._ready: list[ListedRow | RefusedRow] = []

    def read(self, stream: BinaryIO) -> Iterator[ListedRow | RefusedRow]:
        """Yield the rows as they are complete."""
        is_list = False
        while True:
            chunk = stream.read(_CHUNK)
            try:
                self._parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                yield from self._ready
                if not is_list and not self._ready and not self._seen_root:
                    raise HashListRefusedError(path=None, problem="no-xml", place=f"line {error.lineno}") from error
                yield RefusedRow(f"line {error.lineno}", "cut")
                return
            except (ValueError, LookupError) as error:  # an encoding that there is none of
                raise HashListRefusedError(path=None, problem="no-xml", place="line 1") from error
            is_list = is_list or bool(self._ready)
            yield from self._ready
            self._ready.clear()
            if not chunk:
                return

    _seen_root = False

    def _doctype(self, *_declared: object) -> None:
        raise HashListRefusedError(path=None, problem="document-type", place=f"line {self._parser.CurrentLineNumber}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2].lower()
        self._path.append(tag)
        self._words, self._length = [], 0
        if len(self._path) > _MOST_DEPTH:
            raise HashListRefusedError(path=None, problem="too-deep", place=f"line {self._parser.CurrentLineNumber}")
        if len(self._path) == 1:
            if tag != "queryresult":
                raise HashListRefusedError(path=None, problem="no-list", place="line 1")
            self._seen_root = True
        if len(self._path) == 2 and tag in _LISTS and (at := attributes.get("maxTimestamp")):  # noqa: PLR2004 - below the root
            self.newest = max(self.newest or "", at[:64])
        if self._entry is not None:
            self._elements += 1
            self._is_long = self._is_long or self._elements > _MOST_ENTRY
            if tag == "member" and self._path[-2] in ENTRIES:
                self._entry["member"] = attributes.get("id", "")
        elif tag in ENTRIES and len(self._path) == 3 and self._path[1] in _LISTS:  # noqa: PLR2004 - root, list, entry
            self._entry, self._prints, self._elements, self._is_long = {}, [], 0, False
            self._line = self._parser.CurrentLineNumber

    _line = 0

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length <= _MOST_TEXT:
            self._words.append(text)

    def _end(self, _name: str) -> None:
        tag = self._path.pop()
        text = "".join(self._words).strip() if self._length <= _MOST_TEXT else None
        self._words, self._length = [], 0
        if self._path == ["queryresult", "paging"] and tag == "next" and text:
            self.next = text
        if self._entry is None:
            return
        parent = self._path[-1]
        if tag in ENTRIES and len(self._path) == 2:  # noqa: PLR2004 - root and list
            self._finish(tag)
        elif parent == "fingerprints" and not self._is_long:
            self._prints.append((tag, text or ""))
        elif parent in ENTRIES and tag in ("id", "timestamp", "classification", "member"):
            key = "member_name" if tag == "member" else tag
            self._entry[key] = text if text is not None else ""

    def _finish(self, tag: str) -> None:
        entry, self._entry = self._entry or {}, None
        place = f"line {self._line}"
        shown = f"{tag} {entry.get('member', '')} {entry.get('id', '')}"
        if self._is_long:
            self._ready.append(refused(place, "long", shown))
            return
        try:
            self._ready.append(_row(tag, entry, self._prints, place))
        except RowError as error:
            self._ready.append(refused(place, error.problem, shown))


def _row(tag: str, entry: dict[str, str], prints: list[tuple[str, str]], place: str) -> ListedRow:
    kind = ENTRIES[tag]
    name = f"{read_name(entry.get('member'))}/{kind}/{read_name(entry.get('id'))}"
    told = facts(
        member=entry.get("member"),
        member_name=entry.get("member_name"),
        id=entry.get("id"),
        classification=entry.get("classification"),
        modified=entry.get("timestamp"),
    )
    if tag.startswith("deleted"):
        return ListedRow(name, (), is_withdrawn=True, facts=told, place=place)
    wanted = [(_KINDS[kind, print_tag], text) for print_tag, text in prints if (kind, print_tag) in _KINDS]
    if not wanted:
        raise RowError(problem="type" if prints else "form")
    return ListedRow(name, tuple(read_hash(one, text) for one, text in wanted), facts=told, place=place)


def write(listed: Iterable[ListedRow], stream: BinaryIO) -> int:
    """Write the entries whose types the format has, pictures and videos as they come; return how many.

    A run of pictures or videos is one `<images>` or `<videos>`: the rows are read once and none is kept.
    """
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<queryResult xmlns="{NAMESPACE}">\n'.encode())
    count = 0
    for kind, run in groupby(_entries(listed), key=lambda one: one[0]):
        stream.write(f"<{kind}s>\n".encode())
        for _kind, text in run:
            stream.write(text.encode())
            count += 1
        stream.write(f"</{kind}s>\n".encode())
    stream.write(b"</queryResult>\n")
    return count


def _entries(listed: Iterable[ListedRow]) -> Iterator[tuple[str, str]]:
    for one in listed:
        parts = one.source.split("/", 2)
        written = [signal for signal in one.signals if signal.type in NAMES]
        if not written and not one.is_withdrawn:
            continue
        member, kind, name = parts if len(parts) == 3 and parts[1] in _PLURALS else ("0", "", one.source)  # noqa: PLR2004 - as `_row` writes it
        kinds = [kind] if kind else sorted({_kind(signal) for signal in written})
        for each in kinds:
            mine = [signal for signal in written if kind or _kind(signal) == each]
            yield each, _entry(one, member, each, name, mine)


_PLURALS = ("image", "video")


def _kind(signal: Signal) -> str:
    return "video" if signal.type is SignalType.VIDEO_MD5 else "image"


def _entry(one: ListedRow, member: str, kind: str, name: str, signals: list[Signal]) -> str:
    tag = f"deleted{kind.capitalize()}" if one.is_withdrawn else kind
    lines = [f"<{tag}>", f"<member id={quoteattr(member)}>{escape(str(one.facts.get('member_name', '')))}</member>"]
    lines.append(f"<id>{escape(name)}</id>")
    for fact, element in (("modified", "timestamp"), ("classification", "classification")):
        if fact in one.facts:
            lines.append(f"<{element}>{escape(str(one.facts[fact]))}</{element}>")
    if not one.is_withdrawn:
        prints = "".join(f"<{NAMES[signal.type]}>{signal.value.hex()}</{NAMES[signal.type]}>" for signal in signals)
        lines.append(f"<fingerprints>{prints}</fingerprints>")
    return "".join([*lines, f"</{tag}>\n"])
