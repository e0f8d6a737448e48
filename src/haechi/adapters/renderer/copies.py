"""The sections on exhibits and on groups of the same picture."""

from collections.abc import Iterator, Sequence

from haechi.adapters.renderer.blocks import TIME_WIDTH, Block, Cell, Column, Line, digest, line, note, paragraph, table
from haechi.adapters.renderer.telling import MOST_EXHIBITS, Telling
from haechi.domain.evidence import Role, Sha256
from haechi.domain.fingerprint import MATCH_WITHIN, Symmetry
from haechi.domain.match import Group, Pair, Sighting, strength, turned_back
from haechi.domain.packet import Exhibit

_MOST_MEMBERS = 60
_MOST_TOGETHER = 6  # sightings of a group that stays on one page
_MOST_SIGHTINGS = 3
_PATH = 80  # half-em cells


def copies(telling: Telling) -> list[Block]:
    """Return one table of all groups, each under a heading that repeats with it."""
    say, plan = telling.say, telling.plan
    intro = paragraph(say("intro.copies", version=telling.show(plan.haechi_version, most=24), bits=MATCH_WITHIN))
    if not plan.groups:
        return [intro, paragraph(say("copies.none"))]
    columns = [
        Column(say("column.exhibit"), "50pt", hang="30.3pt"),
        Column(say("column.time"), TIME_WIDTH),
        Column(f"{say('column.room')} · {say('column.account')}", "1fr"),
        Column(say("column.similarity"), "176pt"),
    ]
    shown, members = [], 0
    for group in plan.groups:
        shown.append(_group(telling, columns, group))
        members += len(group.sightings)
        if members >= telling.most(MOST_EXHIBITS):
            break
    rest = len(plan.groups) - len(shown)
    left = [note(say("doc.continued", shown=len(shown), rest=rest, file="groups.csv"))] if rest else []
    return [intro, *shown, *left]


def _group(telling: Telling, columns: Sequence[Column], group: Group) -> Block:
    say, first = telling.say, group.first
    reasons = dict(zip(group.digests, _reasons(telling, group), strict=True))
    seen: set[Sha256] = set()
    rows: list[Sequence[Cell]] = []
    for sighting in group.sightings[:_MOST_MEMBERS]:
        again = sighting.digest in seen
        seen.add(sighting.digest)
        repeated = say("copies.same-file", exhibit=_first_with(telling, group, sighting.digest))
        rows.append(_member(telling, sighting, repeated if again else reasons[sighting.digest]))
    told = (
        say("copies.first-own")
        if first.is_own_photo
        else say(
            "copies.first",
            time=telling.time(first.seen_at),
            account=telling.account(first.account),
            room=telling.room(first.room),
        )
    )
    rest = len(group.sightings) - _MOST_MEMBERS
    return table(columns, rows, is_close=telling.is_large, is_whole=len(rows) <= _MOST_TOGETHER) | {
        "title": say("copies.group", number=group.number, count=len(group.sightings), files=len(group.digests)),
        "first": told,
        "rest": say("copies.more", count=rest) if rest > 0 else None,
    }


def _member(telling: Telling, sighting: Sighting, reason: str) -> Sequence[Cell]:
    number = telling.numbers.get(sighting.item_id)
    lines = [line(number or telling.exhibit_of(sighting.digest), "m")]
    if sighting.is_own_photo:
        lines.append(line(telling.say("copies.own"), "t"))
        where: list[Line] = [line(telling.say("doc.empty"))]
    else:
        where = [line(telling.room(sighting.room)), line(telling.account(sighting.account))]
    return [lines, [line(telling.time(sighting.seen_at), "m")], where, [line(reason)]]


def _reasons(telling: Telling, group: Group) -> Iterator[str]:
    """Yield, for each different file, why it is in the group: its strongest link to a file listed before it."""
    links: dict[Sha256, list[tuple[Sha256, Pair]]] = {}
    for pair in group.pairs:
        links.setdefault(pair.left, []).append((pair.right, pair))
        links.setdefault(pair.right, []).append((pair.left, pair))
    listed: set[Sha256] = set()
    for value in group.digests:
        near = [(other, pair) for other, pair in links.get(value, []) if other in listed]
        listed.add(value)
        if near:
            other, pair = min(near, key=lambda one: (strength(one[1]), one[0]))
            told = _method(telling, pair, pair.symmetry if pair.right == value else turned_back(pair.symmetry))
            number = _first_with(telling, group, other)
            yield telling.say("copies.linked", exhibit=number, method=told, bits=pair.bits)
        else:
            yield telling.say("copies.joined" if len(listed) > 1 else "copies.start")


def _method(telling: Telling, pair: Pair, turn: Symmetry) -> str:
    return telling.say(f"method.{pair.method.value}", turn=telling.say(f"symmetry.{turn.value}"))


def _first_with(telling: Telling, group: Group, value: Sha256) -> str:
    """Return the number under which the group first lists these bytes."""
    for sighting in group.sightings:
        if sighting.digest == value and sighting.item_id in telling.numbers:
            return telling.numbers[sighting.item_id]
    return telling.exhibit_of(value)


def exhibits(telling: Telling) -> list[Block]:
    """Return the list of exhibits."""
    say = telling.say
    intro = paragraph(say("intro.exhibits"))
    if not telling.plan.exhibits:
        return [intro, paragraph(say("doc.none"))]
    columns = [
        Column(say("column.exhibit"), "58pt", hang="30.3pt"),
        Column(say("column.digest"), "176pt"),
        Column(say("column.seen"), "1fr"),
        Column(say("column.group"), "38pt", is_numeric=True),
    ]
    shown = telling.plan.exhibits[: telling.most(MOST_EXHIBITS)]
    rest = len(telling.plan.exhibits) - len(shown)
    told = f"{say('doc.continued', shown=len(shown), rest=rest, file='exhibits.csv')} {say('exhibit.rest')}"
    left = [note(told)] if rest else []
    return [intro, table(columns, [_exhibit(telling, one) for one in shown], is_close=telling.is_large), *left]


def _exhibit(telling: Telling, exhibit: Exhibit) -> Sequence[Cell]:
    say, item = telling.say, exhibit.item
    examined = item.examined
    size = f"{examined.width} x {examined.height}" if examined.width and examined.height else None
    kind = [say(f"kind.{examined.kind.value}"), telling.show(examined.mime, most=40), size]
    about = " · ".join(filter(None, [*kind, say("doc.bytes", size=item.size)]))
    state = say("exhibit.sealed" if item.is_sealed else "exhibit.reference")
    enclosed = say("exhibit.enclosed" if exhibit.file else "exhibit.not-enclosed")
    number = [line(exhibit.number, "m")]
    if item.role is Role.OWN_PHOTO:
        number.append(line(say("exhibit.own"), "t"))
    file = [
        *digest(item.digest),
        line(about, "d"),
        line(f"{state} · {say('exhibit.entry', entry=exhibit.entry)} · {enclosed}", "d"),
    ]
    if item.role is Role.OWN_PHOTO and examined.capture is not None and examined.capture.taken_at is not None:
        file.append(line(say("exhibit.taken", time=telling.show(examined.capture.taken_at, most=40)), "d"))
    group = say("doc.empty") if exhibit.group is None else f"{exhibit.group:,}"
    return [number, file, _seen(telling, exhibit), [line(group)]]


def _seen(telling: Telling, exhibit: Exhibit) -> Cell:
    say = telling.say
    lines: list[Line] = []
    for room, message, account, unix in exhibit.sightings[:_MOST_SIGHTINGS]:
        told = say("exhibit.message", id=telling.show(message, most=40))
        lines.append(line(f"{telling.time(unix)} · {told}", "d"))
        lines.append(line(telling.room(room)))
        lines.append(line(telling.account(account)))
    rest = len(exhibit.sightings) - _MOST_SIGHTINGS
    if rest > 0:
        lines.append(line(say("doc.more", count=rest), "d"))
    return lines or [line(telling.show(exhibit.item.path, most=_PATH)), line(say("exhibit.unplaced"), "d")]
