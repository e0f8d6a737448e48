"""The report's sections in order; those on timeline, rooms, accounts, messages, exports and custody stand here."""

import json
from collections.abc import Iterator, Mapping, Sequence

from haechi.adapters.renderer.blocks import (
    TIME_WIDTH,
    Block,
    Cell,
    Column,
    Line,
    digest,
    line,
    note,
    pairs,
    paragraph,
    table,
)  # fmt: skip
from haechi.adapters.renderer.copies import copies, exhibits
from haechi.adapters.renderer.proof import anchored_size, deletions, derivatives, disclosed, limits, outside
from haechi.adapters.renderer.telling import MOST_ROWS, WHOLE, Telling
from haechi.domain.account import AccountName
from haechi.domain.canonical import Json
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.fingerprint import MATCH_WITHIN
from haechi.domain.link import message_link_form
from haechi.domain.packet import PacketMessage, TimelineEvent
from haechi.domain.room import Room
from haechi.domain.sshkey import key_fingerprint

_MOST_LISTED = 500  # rooms, accounts, messages
_MOST_MESSAGES = 100  # in a large packet, where the timeline and the exhibits tell of every one already

_MOST_OPEN = 100  # rows of a table that stays a table in a large packet
_MOST_LINKS = 10
_MOST_NAMES = 20
_TEXT = 400  # half-em cells of a message's text
_FACT = 160
_ACCOUNT_FACTS = frozenset({"account", "actor", "inviter", "members", "accounts"})
_BY_EXPORT = frozenset({"name-changed", "message-gone"})
"""Events whose time is that of the export which shows them."""
_EXPORT_FACTS = frozenset({"last_export", "first_export_without"})
_SILENT = frozenset({"name", "old", "new", "from", "to"})  # told with the account, or as a change


def sections(telling: Telling) -> Iterator[Mapping[str, object]]:
    """Yield every section as code, title and blocks, in order."""
    parts = (
        ("terms", _terms),
        ("timeline", _timeline),
        ("rooms", _rooms),
        ("accounts", _accounts),
        ("copies", copies),
        ("exhibits", exhibits),
        ("derivatives", derivatives),
        ("messages", _messages),
        ("disclosed", disclosed),
        ("sources", _sources),
        ("custody", _custody),
        ("outside", outside),
        ("deletions", deletions),
        ("limits", limits),
    )
    for code, blocks in parts:
        if told := blocks(telling):
            yield {"code": code, "title": telling.say(f"section.{code}"), "blocks": told}


def _terms(telling: Telling) -> list[Block]:
    say = telling.say
    names = [code.split(".")[1] for code in say.table if code.startswith("terms.") and code.endswith(".name")]
    return [
        pairs((say(f"terms.{name}.name"), [line(say(f"terms.{name}.text", bits=MATCH_WITHIN))]) for name in names),
        note(say("doc.zone", offset=telling.zone, zone=telling.show(telling.plan.zone, most=40))),
    ]


def _timeline(telling: Telling) -> list[Block]:
    say, events = telling.say, telling.plan.timeline
    columns = [
        Column(say("column.time"), TIME_WIDTH),
        Column(say("column.room"), "88pt"),
        Column(say("column.event"), "84pt"),
        Column(say("column.details"), "1fr"),
    ]
    rows = [
        [
            [line(telling.seen(event.at) if event.kind in _BY_EXPORT else telling.time(event.at), "m")],
            [line(telling.room(event.room))],
            [line(_kind(telling, event), "b")],
            _details(telling, event),
        ]
        for event in events[: telling.most(MOST_ROWS)]
    ]
    return [paragraph(say("intro.timeline")), *_listed(telling, columns, rows, len(events), "messages.csv")]


def _kind(telling: Telling, event: TimelineEvent) -> str:
    kind = telling.show(event.kind, most=40)
    return telling.say.known("timeline", event.kind, otherwise=telling.say("timeline.other", kind=kind))


def _details(telling: Telling, event: TimelineEvent) -> Cell:
    """Return what an event names: who, then the change, then every other fact under its word."""
    facts = event.facts
    who, label = _text(facts.get("account")), _text(facts.get("name"))
    lines: list[Line] = []
    if who or label:
        lines.append(line(telling.account(who, label)))
    for old, new in (("old", "new"), ("from", "to")):
        if facts.get(old) is not None and facts.get(new) is not None:
            told = {"old": telling.show(str(facts[old]), most=_FACT), "new": telling.show(str(facts[new]), most=_FACT)}
            lines.append(line(telling.say("fact.changed", **told)))
    quiet = []
    for name, fact in facts.items():
        value = fact
        if name == "links" and isinstance(value, (list, tuple)):
            value = [link for link in value if str(link) not in str(facts.get("text"))]  # the text shows the others
        if value in (None, "", []) or name in _SILENT or name == "account":
            continue
        if name == "text":
            lines.append(line(telling.show_body(str(value), most=_FACT)))
        else:
            word = telling.say.known("fact", name, otherwise=telling.show(name, most=40))
            quiet.append(f"{word}: {_value(telling, name, value)}")
    if quiet:
        lines.append(line(" · ".join(quiet), "d"))
    return lines or [line(telling.say("doc.empty"))]


def _value(telling: Telling, name: str, value: Json) -> str:
    values = value if isinstance(value, (list, tuple)) else [value]
    if name in _ACCOUNT_FACTS:
        told = [str(telling.account(_text(one) or None)) for one in values]
    elif name in _EXPORT_FACTS:
        told = [telling.export_time(str(one)) for one in values]
    else:
        told = [
            str(telling.show(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False), most=_FACT))
            for one in values
        ]
    shown = ", ".join(told[:_MOST_LINKS])
    return shown if len(told) <= _MOST_LINKS else f"{shown}, {telling.say('doc.more', count=len(told) - _MOST_LINKS)}"


def _rooms(telling: Telling) -> list[Block]:
    say = telling.say
    columns = [
        Column(say("column.room-names"), "1fr"),
        Column(say("column.identity"), "122pt"),
        Column(say("column.links"), "196pt"),
        Column(say("column.messages"), "46pt", is_numeric=True),
    ]
    rows = []
    for room in telling.rooms_by_size()[:_MOST_LISTED]:
        kind = say.known("room", room.type or "", otherwise=telling.show(room.type or "", most=40))
        rows.append(
            [
                _names(telling, room.names),
                [line(telling.show(room.key.value, most=WHOLE), "m"), line(kind, "d")],
                _links(telling, room),
                [line(f"{room.messages:,}")],
            ]
        )
    return [paragraph(say("intro.rooms")), *_listed(telling, columns, rows, len(telling.plan.rooms), "rooms.csv")]


def _links(telling: Telling, room: Room) -> Cell:
    """Return the links posted in a room, and, marked as derived, the form that links to its messages have."""
    say = telling.say
    lines = [line(telling.show(link, most=WHOLE), "s") for link in room.links[:_MOST_LINKS]]
    if len(room.links) > _MOST_LINKS:
        lines.append(line(say("doc.more", count=len(room.links) - _MOST_LINKS), "d"))
    if form := message_link_form(room.key):
        lines.append(line(say("room.derived", link=telling.show(form, most=WHOLE)), "d"))
    return lines or [line(say("doc.empty"))]


def _accounts(telling: Telling) -> list[Block]:
    say, totals = telling.say, telling.totals()
    columns = [
        Column(say("column.identity"), "136pt"),
        Column(say("column.names"), "1fr"),
        Column(say("column.exhibits"), "46pt", is_numeric=True),
        Column(say("column.messages"), "46pt", is_numeric=True),
    ]
    accounts = telling.accounts_by_presence()
    rows = [
        [
            [line(telling.show(account.key.value, most=WHOLE), "m"), line(telling.identity(account), "d")],
            _names(telling, account.names),
            *([line(f"{count:,}")] for count in totals[account.key.value]),
        ]
        for account in accounts[:_MOST_LISTED]
    ]
    return [paragraph(say("intro.accounts")), *_listed(telling, columns, rows, len(accounts), "accounts.csv")]


def _names(telling: Telling, names: Sequence[AccountName]) -> Cell:
    lines = []
    for name in names[:_MOST_NAMES]:
        lines.append(line(telling.show(name.name, most=WHOLE)))
        if (name.first_seen, name.last_seen) != (None, None):
            lines.append(line(telling.span(name.first_seen, name.last_seen), "d"))
    if len(names) > _MOST_NAMES:
        lines.append(line(telling.say("doc.more", count=len(names) - _MOST_NAMES), "d"))
    return lines or [line(telling.say("doc.empty"))]


def _messages(telling: Telling) -> list[Block]:
    say = telling.say
    carrying = [message for message in telling.plan.messages if message.exhibits]
    columns = [
        Column(say("column.time"), TIME_WIDTH),
        Column(say("column.exhibits"), "44pt"),
        Column(f"{say('column.room')} · {say('column.account')}", "146pt"),
        Column(say("column.text"), "1fr"),
    ]
    rows = [
        [
            [line(telling.time(message.sent_at), "m")],
            _exhibits_of(telling, message),
            [
                line(telling.room(message.room)),
                line(telling.account(message.sender, message.sender_label), "n"),
                line(say("exhibit.message", id=telling.show(message.message_id, most=40)), "d"),
            ],
            _text_of(telling, message),
        ]
        for message in carrying[: _MOST_MESSAGES if telling.is_large else _MOST_LISTED]
    ]
    return [
        paragraph(say("intro.messages", count=len(telling.plan.messages) - len(carrying))),
        *_listed(telling, columns, rows, len(carrying), "messages.csv"),
    ]


def _exhibits_of(telling: Telling, message: PacketMessage) -> Cell:
    lines = [line(number, "m") for number in message.exhibits[:_MOST_LINKS]]
    if len(message.exhibits) > _MOST_LINKS:
        lines.append(line(telling.say("doc.more", count=len(message.exhibits) - _MOST_LINKS), "d"))
    return lines


def _text_of(telling: Telling, message: PacketMessage) -> Cell:
    say = telling.say
    lines = [line(telling.show_body(message.text, most=_TEXT) if message.text.strip() else say("message.no-text"))]
    quiet = []
    if message.reply_to:
        quiet.append(say("message.reply", id=telling.show(message.reply_to, most=40)))
    if message.edited_at is not None:
        quiet.append(say("message.edited", time=telling.time(message.edited_at)))
    if message.versions > 1:
        quiet.append(say("message.versions", count=message.versions))
    if message.gone_between is not None:
        last, first = message.gone_between
        quiet.append(say("message.gone", last=telling.export_time(last), first=telling.export_time(first)))
    if quiet:
        lines.append(line(" · ".join(quiet), "d"))
    return lines


def _sources(telling: Telling) -> list[Block]:
    say = telling.say
    columns = [
        Column(say("column.source"), "1fr"),
        Column(say("source.seal"), "148pt"),
        Column(say("column.counts"), "122pt"),
        Column(say("column.warnings"), "100pt"),
    ]
    rows: list[list[Cell]] = []
    for source in telling.plan.sources:
        warnings = [
            line(say("source.warning", code=telling.show(code, most=60), count=count), "s")
            for code, count in sorted(source.warnings.items())
        ]
        rows.append(
            [
                [
                    line(telling.show(source.name, most=WHOLE)),
                    line(say("source.importer", importer=telling.show(source.importer, most=60)), "d"),
                    line(say("source.sealed", time=telling.recorded(source.sealed_at)), "d"),
                ],
                digest(source.seal_digest),
                [
                    line(say("source.files", count=source.files, size=source.size)),
                    line(say("source.messages", count=source.messages)),
                    line(say("source.unparsed", count=source.unparsed_bytes)),
                ],
                warnings or [line(say("source.no-warnings"))],
            ]
        )
    return [paragraph(say("intro.sources")), *_listed(telling, columns, rows, len(rows), "custody.csv")]


def _custody(telling: Telling) -> list[Block]:
    say, plan = telling.say, telling.plan
    checkpoint = Checkpoint.parse(plan.checkpoint.partition("\n\n")[0] + "\n")
    clocks: dict[tuple[str, str], None] = {}
    by_type: dict[str, list[str]] = {}
    for one in (json.loads(entry.raw) for entry in plan.entries):
        clocks.setdefault((str(one["clock"]["source"]), str(one["clock"]["zone"])))
        by_type.setdefault(str(one["type"]), []).append(str(one["at"]))
    facts: list[tuple[str, Cell]] = [
        (say("custody.origin"), [line(telling.show(checkpoint.origin, most=WHOLE), "m")]),
        (say("custody.size"), [line(f"{checkpoint.size:,}")]),
        (say("custody.root"), digest(checkpoint.root.hex())),
        (say("custody.log-key"), [line(telling.show(plan.log_vkey, most=WHOLE), "m")]),
        (say("custody.packet-key"), [line(key_fingerprint(plan.signer_public), "m")]),
        (
            say("custody.clock"),
            [
                line(say("custody.clock-value", source=telling.show(source, most=80), zone=telling.show(zone, most=40)))
                for source, zone in list(clocks)[:_MOST_LINKS]
            ]
            or [line(say("doc.none"))],
        ),
        (say("custody.anchor"), [line(_anchored(telling))]),
    ]
    if plan.report_certificate is not None:
        facts.insert(5, (say("custody.report-key"), digest(plan.report_certificate)))
    columns = [
        Column(say("column.entry"), "1fr"),
        Column(say("column.count"), "60pt", is_numeric=True),
        Column(say("column.first"), "120pt"),
        Column(say("column.last"), "120pt"),
    ]
    rows = [
        [
            [line(say.known("entry", kind, otherwise=telling.show(kind, most=40)))],
            [line(f"{len(times):,}")],
            [line(telling.recorded(min(times)), "m")],
            [line(telling.recorded(max(times)), "m")],
        ]
        for kind, times in by_type.items()
    ]
    return [paragraph(say("intro.custody")), pairs(facts), table(columns, rows, is_whole=True)]


def _anchored(telling: Telling) -> str:
    size = anchored_size(telling.plan)
    return telling.say("custody.anchor-size", size=size) if size else telling.say("custody.anchor-none")


def _listed(
    telling: Telling, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], total: int, file: str
) -> list[Block]:
    """Return a table, or that there is nothing, and what it leaves out."""
    if not rows:
        return [paragraph(telling.say("doc.none"))]
    rest = total - len(rows)
    left = [note(telling.say("doc.continued", shown=len(rows), rest=rest, file=file))] if rest else []
    return [table(columns, rows, is_close=telling.is_large and len(rows) > _MOST_OPEN), *left]


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
