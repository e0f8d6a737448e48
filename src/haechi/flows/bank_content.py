"""Add contents to a bank: into the records first, then into the index. What looks like poison is held for a curator."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from haechi.domain.bank import (
    MOST_NOTE,
    MOST_SIGNALS,
    Bank,
    Content,
    ContentNumber,
    Held,
    SignalType,
    in_utc,
)
from haechi.domain.errors import ContentRefusedError
from haechi.domain.fingerprint import ENOUGH_QUALITY, distance
from haechi.domain.lookup import FRAMES_SHARED
from haechi.flows.find_near import find_near
from haechi.flows.follow_changes import shelf
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.catalogue import AuditLine, CatalogueWriter, NewContent

MOST_ALIKE = 256
"""Contents of one bank within its radius of one hash; more near it add nothing to what is found and slow every lookup there."""
RUN = 1_000  # contents of one transaction
_FIRST_ASKED = 16


def bank_content(tools: MatcherTools, bank: Bank, new: Iterable[NewContent], *, by: str) -> list[Content]:
    """Return the new contents as they stand in the bank; those with `held` set are not matched until a curator lets them in.

    Every run of 1,000 is one transaction, and is found by lookups once it is committed. Raises `HashRefusedError`, `ContentRefusedError` for the
    first that is wrong; the runs before it are added.
    """
    added: list[Content] = []
    left = iter(new)
    while run := [checked(one) for one in islice(left, RUN)]:
        added += add_run(tools, bank, run, by=by, action="add")
    return added


def add_run(
    tools: MatcherTools,
    bank: Bank,
    run: Sequence[NewContent],
    *,
    by: str,
    action: str,
    replaced: Sequence[ContentNumber] = (),
    replaced_by: str = "",
    check: Callable[[CatalogueWriter], None] = lambda _writer: None,
) -> list[Content]:
    """Add contents that were checked, and withdraw those they replace (as `replaced_by`), in one transaction, unless `check` raises in it."""
    held = list(_held(tools, bank, run)) if run else []
    run = [one if one.held is reason else replace(one, held=reason) for one, reason in zip(run, held, strict=True)]
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        check(writer)
        tools.follower.note(writer)
        if replaced:
            writer.withdraw(replaced, by=replaced_by or by, at=at)
        numbers = writer.add_contents(bank.name, run, by=by, at=at)
        facts: dict[str, object] = {"bank": bank.name, "contents": len(numbers)}
        facts |= {"first": numbers[0]} if numbers else {}
        facts |= {"withdrawn": len(replaced)} if replaced else {}
        facts |= {reason.value: count for reason, count in Counter(filter(None, held)).items()}
        writer.tell(AuditLine(at, by, action, facts))
    added = [_content(number, bank, one, by, at) for number, one in zip(numbers, run, strict=True)]
    tools.follower.follow({content.number: content for content in added})
    return added


def checked(new: NewContent) -> NewContent:
    """Return it with its times in one form. Raises `HashRefusedError`, `ContentRefusedError`."""
    if not new.signals:
        raise ContentRefusedError(problem="nothing")
    if len(new.signals) > MOST_SIGNALS:
        raise ContentRefusedError(problem="too-many-hashes")
    for signal in new.signals:
        signal.check()
    if len(new.note) > MOST_NOTE:
        raise ContentRefusedError(problem="note")
    if new.expires_at is None and new.held is None:
        return new
    return replace(new, expires_at=None if new.expires_at is None else given_time(new.expires_at), held=None)


def given_time(at: str) -> str:
    """Return a time that somebody gave, in the form in which times are compared. Raises `ContentRefusedError`."""
    try:
        return in_utc(at)
    except ValueError as error:
        raise ContentRefusedError(problem="time") from error


def _content(number: ContentNumber, bank: Bank, one: NewContent, by: str, at: str) -> Content:
    return Content(
        number,
        bank.name,
        one.signals,
        one.tier,
        at,
        by,
        note=one.note,
        claimed_id=one.claimed_id,
        claimed_uri=one.claimed_uri,
        claimed_facts=one.claimed_facts,
        source=one.source,
        expires_at=one.expires_at,
        held=one.held,
    )


def _held(tools: MatcherTools, bank: Bank, run: Sequence[NewContent]) -> Iterator[Held | None]:
    """Yield for each content why it has to be held, if it has."""
    near = {kind: _of_other_kind(tools, bank, kind, run) for kind in SignalType}
    flooded = _flooded(tools, bank, run)
    reason = Held.NEAR_REPORTED if bank.is_negative else Held.NEAR_INNOCENT
    for place, one in enumerate(run):
        if _lies_near(one, near):
            yield reason
        else:
            yield Held.FLOOD if place in flooded else None


def _of_other_kind(tools: MatcherTools, bank: Bank, kind: SignalType, run: Sequence[NewContent]) -> set[bytes]:
    """Return the values that lie near a content of a bank that is negative where this one is not, or the other way round."""
    others = [one for one in tools.catalogue.banks() if one.is_negative is not bank.is_negative]
    values = {
        one.value
        for content in run
        for one in content.signals
        if one.type is kind and (kind.is_exact or one.quality >= ENOUGH_QUALITY)
    }
    if not others or not values:
        return set()
    found = find_near(values, kind, others, catalogue=tools.catalogue, index=tools.index, now=tools.now().at, most=1)
    return {value for value, around in found.items() if around.found}


def _lies_near(one: NewContent, near: Mapping[SignalType, set[bytes]]) -> bool:
    """Say whether a hash of the content lies near, or of a film as many frames as make two films the same."""
    frames = {
        signal.value for signal in one.signals if signal.type is SignalType.VPDQ and signal.quality >= ENOUGH_QUALITY
    }
    if frames and len(frames & near[SignalType.VPDQ]) * 100 >= FRAMES_SHARED * len(frames):
        return True
    return any(signal.type is not SignalType.VPDQ and signal.value in near[signal.type] for signal in one.signals)


def _flooded(tools: MatcherTools, bank: Bank, run: Sequence[NewContent]) -> set[int]:
    """Return the places of contents that are part of a flood: near a hash that `MOST_ALIKE` contents are near, of the bank or before them in the run."""
    pictures = {
        place: one.value
        for place, content in enumerate(run)
        for one in content.signals
        if one.type is SignalType.PDQ and one.quality >= ENOUGH_QUALITY
    }
    known = _alike(tools, bank, list(dict.fromkeys(pictures.values())))
    full = {place for place, value in pictures.items() if value not in known}
    open_places = [place for place in pictures if place not in full]
    hashes = [pictures[place] for place in open_places]
    before: dict[int, list[int]] = {}
    for left, right, _distance in tools.pairs.pairs(hashes, hashes, within=bank.radius) if len(hashes) > 1 else ():
        if left < right:
            before.setdefault(open_places[right], []).append(open_places[left])
    for place in open_places:
        alike = sum(other not in full for other in before.get(place, ()))
        if alike and known[pictures[place]] + alike >= MOST_ALIKE:
            full.add(place)
    return full


def _alike(tools: MatcherTools, bank: Bank, values: Sequence[bytes]) -> dict[bytes, int]:
    """Return how many contents of the bank lie near each value, without the values that are part of a flood.

    Where one of a list is in a flood the next most often is, too: a few are asked first, and what lies near them is not asked any more.
    """
    radii = {shelf(bank.number, SignalType.PDQ): bank.radius}
    known: dict[bytes, int] = {}
    centres: list[bytes] = []
    left, size = list(values), _FIRST_ASKED
    while left:
        asked, left, size = left[:size], left[size:], 2 * size
        for value, answer in zip(asked, tools.index.search(asked, radii, most=MOST_ALIKE), strict=True):
            count = len({row.content for row in answer.rows})
            if count >= MOST_ALIKE:
                centres.append(value)
            else:
                known[value] = count
        if centres:
            left = [one for one in left if all(distance(one, centre) > bank.radius for centre in centres)]
    near = [one for one in known if any(distance(one, centre) <= bank.radius for centre in centres)]
    for value in near:
        del known[value]
    return known
