"""Put what was traced into a packet's plan: the newest answer for each exhibit, with what may be drawn of it.

Nothing is drawn in a reference-only case, nor where the person is not known to be an adult, nor of an exhibit whose own
file does not go along. Pictures are drawn only when they were asked for with a reason (`check_pictures`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from haechi.domain.canonical import canonical
from haechi.domain.case import Case
from haechi.domain.evidence import EvidenceItem, ItemId, Role, Sha256
from haechi.domain.packet import Exhibit, PacketPlan
from haechi.domain.trace_drawing import Drawing, may_draw
from haechi.domain.trace_exhibit import (
    MOST_PAGES,
    ShownTrace,
    TracePage,
    newest,
    pages_of,
    photos_on,
    traces_json,
)
from haechi.domain.trace_record import KeptTrace
from haechi.flows.number_exhibits import numbers_of
from haechi.flows.photos_at_hand import PhotosAtHand
from haechi.ports.exhibit_drawer import ExhibitDrawer, ToDraw
from haechi.ports.ledger import Ledger
from haechi.ports.progress import Progress
from haechi.ports.tracer import Still

_SAME = 0.02
"""How far a number measured again may lie from the recorded one: the same pictures give the same, versions may differ."""
_COMPARED = ("third", "coherence")


@dataclass(slots=True)
class _Draughtsman:
    """Brings up pictures one after the other and has them drawn; keeps what was computed of photos that come again."""

    case: Case
    items: Mapping[ItemId, EvidenceItem]
    hand: PhotosAtHand
    drawer: ExhibitDrawer
    photos: dict[ItemId, Still | str] = field(default_factory=dict)

    def drawn(self, page: TracePage, *, with_pictures: bool) -> TracePage:
        """Return the page with its drawing, or with the reason why there is none; as it is where nothing is to be drawn."""
        fit = page.fit if with_pictures else None
        if fit is None and page.scene is None:
            return page
        if page.photo not in self.photos:
            self.photos[page.photo] = self._still(page.photo, None)
        photo, questioned = self.photos[page.photo], self._still(page.answer.item, page.answer.at_ms)
        for one in (photo, questioned):
            if isinstance(one, str):
                return replace(page, undrawn=one)
        if isinstance(photo, str) or isinstance(questioned, str):
            return page
        wanted = ToDraw(
            photo=photo,
            questioned=questioned,
            face=None if fit is None else page.face,
            numbers={} if fit is None else fit.numbers,
            with_scene=page.scene is not None,
        )
        [(_, found)] = self.drawer.draw([(page.photo, wanted)])
        if not isinstance(found, Drawing):
            return replace(page, undrawn=found[0])
        if fit is not None and (found.face is None or not _measures(found.face.numbers, fit.numbers)):
            return replace(page, undrawn="measures-otherwise")
        return replace(page, drawing=found)

    def _still(self, item: ItemId, at_ms: int | None) -> Still | str:
        if item not in self.items:
            return "gone"
        unread: list[tuple[ItemId, str]] = []
        rows = self.hand.pictures(self.case, [self.items[item]], unread)
        for _, looked in self.drawer.look(rows):
            for still in looked.stills:
                if still.at_ms == at_ms:
                    return still
            return looked.findings[-1][0] if looked.findings else "undecodable"
        return unread[-1][1] if unread else "gone"


def traced_photos(case: Case, *, ledger: Ledger) -> set[ItemId]:
    """Return her own photos that the pages would name, to be exhibits of a packet of the whole case."""
    named: set[ItemId] = set()
    for kept in newest(ledger.traces(case.case_id)).values():
        named |= photos_on(pages_of(kept.record))
    return named


def show_traces(
    plan: PacketPlan,
    case: Case,
    *,
    ledger: Ledger,
    hand: PhotosAtHand,
    drawer: ExhibitDrawer | None,
    with_pictures: bool,
    tells_all: bool,
    progress: Progress,
) -> PacketPlan:
    """Return the plan with what was traced of its exhibits; a plan of which nothing was traced as it is.

    `tells_all` says that nothing of the case is left out of the packet, so that whole records may be opened. Without a
    `drawer` nothing is drawn. Raises `CustodyBrokenError` when sealed bytes are not the item's.
    """
    known = newest(ledger.traces(case.case_id))
    told = [one for one in plan.exhibits if one.item.role is not Role.OWN_PHOTO and one.item.digest in known]
    if not told:
        return plan
    by_digest = numbers_of(one for one in plan.exhibits if one.item.role is Role.OWN_PHOTO)
    rows: list[tuple[Exhibit, KeptTrace, tuple[TracePage, ...]]] = []
    room = MOST_PAGES
    for exhibit in told:
        kept = known[exhibit.item.digest]
        pages = pages_of(kept.record)[:room]
        room -= len(pages)
        rows.append((exhibit, kept, pages))
    can_draw = drawer is not None and may_draw(case)
    draughtsman = None
    if drawer is not None and can_draw:
        named = {item for _, _, pages in rows for page in pages for item in (page.photo, page.answer.item)}
        items = {item.item_id: item for item in ledger.items(case.case_id) if item.item_id in named}
        draughtsman = _Draughtsman(case, items, hand, drawer)
    traces: list[ShownTrace] = []
    done, total = 0, MOST_PAGES - room
    for exhibit, kept, pages in rows:
        numbers = _numbers(kept, by_digest)
        drawn: list[TracePage] = []
        for page in pages:
            progress("drawing", done, total)
            done += 1
            if draughtsman is not None and exhibit.file is not None:
                drawn.append(draughtsman.drawn(page, with_pictures=with_pictures and page.photo in numbers))
            else:
                drawn.append(replace(page, undrawn=_undrawn(case, exhibit)))
        opening = ledger.opening(kept.entry) if tells_all else None
        is_same = opening is not None and opening.subject == kept.record.to_json()
        traces.append(ShownTrace(exhibit.number, kept, numbers, opening if is_same else None, tuple(drawn)))
    return _with(plan, tuple(traces))


def _undrawn(case: Case, exhibit: Exhibit) -> str:
    if not may_draw(case):
        return "mode" if not case.mode.keeps_bytes else "age"
    return "not-enclosed" if exhibit.file is None else "no-drawer"


def _numbers(kept: KeptTrace, by_digest: Mapping[Sha256, str]) -> Mapping[ItemId, str]:
    photos = kept.record.photos
    return {photo: by_digest[digest] for photo, digest in photos.items() if digest in by_digest}


def _measures(found: Mapping[str, float], recorded: Mapping[str, float]) -> bool:
    return all(abs(found[name] - recorded[name]) <= _SAME for name in _COMPARED)


def _with(plan: PacketPlan, traces: tuple[ShownTrace, ...]) -> PacketPlan:
    openings = {one.kept.entry: one.opening for one in traces if one.opening is not None}
    named = canonical({"packet": plan.packet_id, "traces": traces_json("", traces)})
    return replace(
        plan,
        packet_id=f"HP-{hashlib.sha256(named).hexdigest()[:12]}",
        openings=dict(sorted({**plan.openings, **openings}.items())),
        traces=traces,
    )
