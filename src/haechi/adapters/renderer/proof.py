"""The sections on what others confirmed, what is proven singly, what was redacted or deleted, and what all of it proves."""

import json
from collections.abc import Sequence

from haechi.adapters.renderer.blocks import (
    TIME_WIDTH,
    Block,
    Cell,
    Column,
    digest,
    line,
    note,
    pairs,
    paragraph,
    points,
    table,
)  # fmt: skip
from haechi.adapters.renderer.telling import WHOLE, Telling
from haechi.domain.anchor import Anchor, unanchored
from haechi.domain.custody import EntryType
from haechi.domain.packet import PacketPlan, ShownDerivative, anchor_number
from haechi.domain.sshkey import key_fingerprint

_MOST_ROWS = 300
_MOST_TOLD = 12  # stamps and cosignatures in the list of what is proven; the newest say most
_REASON = 160  # half-em cells


def outside(telling: Telling) -> list[Block]:
    """Return who outside confirmed the log, when, how far, and what to compare."""
    say, plan = telling.say, telling.plan
    rows = [row for position, one in enumerate(plan.anchors, 1) for row in _anchor(telling, position, one)]
    if not rows:
        return [paragraph(say("outside.none"))]
    columns = [
        Column(say("column.covered"), "92pt"),
        Column(say("column.time"), TIME_WIDTH),
        Column(say("column.who"), "1fr"),
        Column(say("column.fingerprint"), "190pt"),
    ]
    covered = anchored_size(plan)
    answers = [entry.index for entry in plan.entries[covered:] if json.loads(entry.raw).get("type") == EntryType.ANCHOR]
    rest = unanchored(covered, len(plan.entries), answers)
    left = say("outside.rest", count=rest) if rest > 0 else say("outside.all")
    return [
        paragraph(say("intro.outside")),
        table(columns, rows[-_MOST_ROWS:]),
        *_rest(telling, len(rows), "anchors.csv"),
        note(left),
    ]


def anchored_size(plan: PacketPlan) -> int:
    """Return how many entries somebody outside has confirmed."""
    return max((one.size for one in plan.anchors if one.is_anchored), default=0)


def _anchor(telling: Telling, position: int, anchor: Anchor) -> list[Sequence[Cell]]:
    say = telling.say
    covered = [line(anchor_number(position), "m"), line(say("outside.covered", size=anchor.size), "d")]
    rows: list[Sequence[Cell]] = [
        [
            covered,
            [line(telling.time(stamp.at // 1_000_000), "m")],
            [line(telling.show(stamp.authority, most=WHOLE)), line(say("outside.stamp"), "d")],
            digest(stamp.certificate),
        ]
        for stamp in anchor.stamps
    ]
    rows += [
        [
            covered,
            [line(telling.time(one.at), "m")],
            [line(telling.show(one.witness, most=WHOLE)), line(say("outside.cosignature"), "d")],
            [line(telling.show(one.vkey, most=WHOLE), "m")],
        ]
        for one in anchor.cosignatures
    ]
    return rows


def disclosed(telling: Telling) -> list[Block]:
    """Return the messages that are proven one by one, and how many stay hidden beside them."""
    say, shown = telling.say, telling.plan.disclosed
    if not shown:
        return []
    hidden = sum({one.log.part_id: one.log.size for one in shown}.values()) - len(shown)
    columns = [
        Column(say("column.message"), "64pt"),
        Column(say("column.room"), "1fr"),
        Column(say("column.place"), "120pt"),
        Column(say("column.file"), "150pt"),
    ]
    rows = [
        [
            [line(one.number, "m")],
            [
                line(telling.room(one.room)),
                line(say("exhibit.message", id=telling.show(one.message_id, most=40)), "d"),
            ],
            [
                line(say("disclosed.place", index=one.index + 1, size=one.log.size)),
                line(say("exhibit.entry", entry=one.log.entry), "d"),
            ],
            [line(one.file, "m")],
        ]
        for one in shown[:_MOST_ROWS]
    ]
    return [
        paragraph(say("intro.disclosed", count=len(shown), hidden=hidden)),
        table(columns, rows, is_close=telling.is_large),
        *_rest(telling, len(shown), "disclosed.csv"),
    ]


def derivatives(telling: Telling) -> list[Block]:
    """Return the redacted copies: of what, how, and why."""
    say, shown = telling.say, telling.plan.derivatives
    if not shown:
        return []
    columns = [
        Column(say("column.copy"), "176pt"),
        Column(say("column.original"), "84pt"),
        Column(say("column.method"), "1fr"),
        Column(say("column.reason"), "110pt"),
    ]
    rows = [
        [
            [line(one.number, "m"), *digest(one.derivative.digest)],
            _original(telling, one),
            [
                line(_how(telling, one)),
                line(telling.show(one.derivative.method, most=_REASON), "d"),
                line(say("exhibit.entry", entry=one.derivative.entry), "d"),
            ],
            [line(telling.show_body(one.derivative.reason, most=_REASON) or say("doc.empty"))],
        ]
        for one in shown[:_MOST_ROWS]
    ]
    return [
        paragraph(say("intro.derivatives")),
        table(columns, rows, is_close=telling.is_large),
        *_rest(telling, len(shown), "derivatives.csv"),
    ]


def _original(telling: Telling, shown: ShownDerivative) -> Cell:
    say = telling.say
    if shown.exhibit is not None:
        first = line(shown.exhibit, "m")
    elif shown.derivative.source_item is None:
        first = line(say("derivative.message"))
    else:
        first = line(say("derivative.withheld"))
    return [first, line(say("exhibit.entry", entry=shown.derivative.source_entry), "d")]


def _how(telling: Telling, shown: ShownDerivative) -> str:
    if shown.derivative.regions:
        return telling.say("derivative.regions", count=len(shown.derivative.regions))
    fields = [
        telling.say.known("taken", name, otherwise=telling.show(name, most=40)) for name in shown.derivative.fields
    ]
    return telling.say("derivative.fields", fields=", ".join(fields))


def deletions(telling: Telling) -> list[Block]:
    """Return when contents were destroyed and how much; why only where the packet opens it."""
    say = telling.say
    rows: list[Sequence[Cell]] = []
    for entry in telling.plan.entries:
        if b'"type":"delete"' not in entry.raw:
            continue
        told = json.loads(entry.raw)
        if told["type"] != EntryType.DELETE.value:
            continue
        counts = told.get("counts", {})
        opening = telling.plan.openings.get(entry.index)
        subject = opening.subject if opening is not None else None
        reason = subject.get("reason") if isinstance(subject, dict) else None
        rows.append(
            [
                [line(say("exhibit.entry", entry=entry.index))],
                [line(telling.recorded(str(told["at"])), "m")],
                [line(f"{counts.get('entries', 0):,}")],
                [line(f"{counts.get('blobs', 0):,}")],
                [line(telling.show_body(str(reason), most=_REASON) if reason else say("deletion.sealed"))],
            ]
        )
    columns = [
        Column(say("column.entry"), "84pt"),
        Column(say("column.time"), TIME_WIDTH),
        Column(say("column.contents-gone"), "92pt", is_numeric=True),
        Column(say("column.files-gone"), "92pt", is_numeric=True),
        Column(say("column.reason"), "1fr"),
    ]
    if not rows:
        return []
    rest = _rest(telling, len(rows), "custody.csv")
    return [paragraph(say("intro.deletions")), table(columns, rows[:_MOST_ROWS]), *rest]


def limits(telling: Telling) -> list[Block]:
    """Return what a packet that passes proves and what it does not, by the codes that its verifiers give."""
    say = telling.say
    return [
        paragraph(say("intro.limits")),
        pairs(_proven(telling), title=say("limit.proven-title")),
        pairs(_unproven(telling), title=say("limit.unproven-title")),
        points(say("limit.care-title"), say.all_of("care")),
    ]


def _proven(telling: Telling) -> list[tuple[str, Cell]]:
    say, plan = telling.say, telling.plan
    told: list[tuple[str, Cell]] = [
        ("files", [line(say("proven.files"))]),
        ("signature", [line(say("proven.signature")), line(key_fingerprint(plan.signer_public), "m")]),
        ("log", [line(say("proven.log", entries=len(plan.entries)))]),
        ("exhibits", [line(say("proven.exhibits", count=len(plan.exhibits)))]),
    ]
    if plan.disclosed:
        told.append(("messages", [line(say("proven.messages", count=len(plan.disclosed)))]))
    if plan.derivatives:
        told.append(("derivatives", [line(say("proven.derivatives", count=len(plan.derivatives)))]))
    stamps = [(stamp.at // 1_000_000, stamp.authority, one.size) for one in plan.anchors for stamp in one.stamps]
    seen = [(given.at, given.witness, one.size) for one in plan.anchors for given in one.cosignatures]
    for code, words, found in (("stamp", "proven.stamp", stamps), ("cosignature", "proven.cosignature", seen)):
        for at, name, size in sorted(found)[-_MOST_TOLD:]:
            confirmed = say(words, entries=size, at=telling.moment(at))
            told.append((code, [line(confirmed), line(telling.show(name, most=WHOLE), "d")]))
    return told


def _unproven(telling: Telling) -> list[tuple[str, Cell]]:
    say = telling.say
    told = [
        ("author", say("unproven.author")),
        ("served", say("unproven.served")),
        ("export-true", say("unproven.export-true")),
        ("clock", say("unproven.clock")),
        ("unpinned", say("unproven.unpinned")),
    ]
    if not anchored_size(telling.plan):
        told.append(("unanchored", say("unproven.unanchored")))
    return [(code, [line(words)]) for code, words in told]


def _rest(telling: Telling, total: int, file: str) -> list[Block]:
    rest = total - _MOST_ROWS
    return [note(telling.say("doc.continued", shown=_MOST_ROWS, rest=rest, file=file))] if rest > 0 else []
