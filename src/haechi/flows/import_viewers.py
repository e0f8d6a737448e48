"""Take in lists of who could see her posts, and her posts, from what a platform gave her or from a table she keeps.

A downloaded list tells of the moment of the download: whoever left before is not in it, so before that moment it is a lower
bound and the whole list is not known. All of an import is one transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from haechi.domain.audience import Circle, Interval, Place, Post, Viewer, ViewerList, Word, account_key
from haechi.domain.case import Case
from haechi.domain.errors import AudienceRefusedError
from haechi.domain.evidence import EvidenceItem, Role
from haechi.flows.open_vault import OpenVault
from haechi.flows.record_audience import add_list, add_post
from haechi.flows.record_post import clock_of, require_list
from haechi.ports.audience_lists import ListedFile, ListedPost, ListedViewer, ListKind, RefusedEntry

READ_AS_MOMENT = 60
"""Seconds: a download whose minute is known tells the whole list of that minute; one whose day is known, of no moment."""
SHOWN_REFUSED = 20
_CIRCLES = {ListKind.FOLLOWERS: Circle.FOLLOWERS, ListKind.CLOSE_FRIENDS: Circle.CLOSE_FRIENDS}


@dataclass(frozen=True, slots=True)
class Told:
    """What the person says of what she imports.

    `account` is hers on the platform, `circle` to whom posts and tables belong (None where the files tell). `as_of` is the time
    of the download as exactly as she knows it. `is_complete`: the list left nobody out then, or, of a table, all through `between`:
    who left before a download is not in it, whatever she says.
    """

    platform: str
    account: str
    circle: Circle | None = None
    as_of: Interval | None = None
    is_complete: bool = False
    between: Interval | None = None


@dataclass(frozen=True, slots=True)
class TakenLists:
    """What was taken: accounts by circle, posts, and what was not. `files` are the paths that were read.

    `without_photo` posts show no photo of this case that is marked as her own; `ambiguous` ones fit several; `known` were
    recorded before; `waiting` were left out because nobody said to whom they were open.
    """

    files: tuple[str, ...] = ()
    lists: tuple[tuple[Circle, int], ...] = ()
    is_complete: bool = False
    posts: int = 0
    without_photo: int = 0
    ambiguous: int = 0
    known: int = 0
    waiting: int = 0
    refused: tuple[RefusedEntry, ...] = ()
    refused_count: int = 0


@dataclass(slots=True)
class _Taking:
    now: int
    downloaded: set[Circle] = field(default_factory=set)
    viewers: dict[Circle, set[Viewer]] = field(default_factory=dict)
    listed: list[ListedPost] = field(default_factory=list)
    refused: list[RefusedEntry] = field(default_factory=list)
    refused_count: int = 0

    def refuse(self, path: str, place: str, problem: str) -> None:
        self.refused.append(RefusedEntry(path, place, problem))
        self.refused_count += 1


def import_viewers(
    vault: OpenVault, case: Case, files: Iterable[ListedFile], told: Told, *, span: Callable[[str], Interval | None]
) -> TakenLists:
    """Record what the files list. `span` reads a written time.

    Raises `AudienceRefusedError` and what reading the files raises; nothing is recorded then.
    """
    taking = _Taking(clock_of(vault))
    told = replace(told, as_of=_past(told.as_of, taking.now), between=_past(told.between, taking.now))
    paths: list[str] = []
    for file in files:
        paths.append(file.path)
        taking.refused += file.refused
        taking.refused_count += file.refused_count
        if file.kind is ListKind.POSTS:
            taking.listed += file.posts
        else:
            circle = _CIRCLES.get(file.kind, told.circle)
            if circle is None:
                raise AudienceRefusedError(reason="circle-missing")
            require_list(Place(told.platform, told.account, circle))
            taking.viewers.setdefault(circle, set()).update(_viewers(file, told, span, taking))
            if file.kind is not ListKind.TABLE:
                taking.downloaded.add(circle)
    is_complete = told.is_complete and not taking.refused_count
    lists = [
        _list(circle, found, told, is_complete=is_complete, is_download=circle in taking.downloaded)
        for circle, found in sorted(taking.viewers.items())
    ]
    posts, counts = _posts(vault, case, taking.listed, told)
    before = {one.told for one in vault.ledger.viewer_lists(case.case_id)}
    with vault.ledger.begin() as writer:
        for one in lists:
            if one not in before:
                add_list(vault, writer, case, one)
        for post in posts:
            add_post(vault, writer, case, post)
    vault.checkpoint()
    return TakenLists(
        files=tuple(paths),
        lists=tuple((one.place.circle, len({viewer.account for viewer in one.viewers})) for one in lists),
        is_complete=any(one.known for one in lists),
        posts=len(posts),
        refused=tuple(taking.refused[:SHOWN_REFUSED]),
        refused_count=taking.refused_count,
        **counts,
    )


def _past(span: Interval | None, now: int) -> Interval | None:
    """Return what of a time has been; nothing is known of the future. Raises `AudienceRefusedError` (`in-future`) where none has."""
    if span is None or span.start is None:
        return span
    if span.start > now:
        raise AudienceRefusedError(reason="in-future")
    return Interval(span.start, max(span.start + 1, now if span.end is None else min(span.end, now)))


def _viewers(file: ListedFile, told: Told, span: Callable[[str], Interval | None], taking: _Taking) -> Iterator[Viewer]:
    word = Word.TYPED if file.kind is ListKind.TABLE else Word.EXPORT
    for number, row in enumerate(file.viewers, 1):
        account = account_key(told.platform, row.account)
        if row.first or row.last:
            problem, during = _typed(row, told.as_of, span, taking.now)
            if during is None:
                taking.refuse(file.path, f"entry {number}", problem)
            else:
                yield Viewer(account, during, word)
        else:
            yield Viewer(account, _until_download(row.since, _needed(told.as_of)), word)


def _needed(as_of: Interval | None) -> Interval:
    if as_of is None:
        raise AudienceRefusedError(reason="as-of-missing")
    return as_of


def _until_download(since: int | None, as_of: Interval) -> Interval:
    """Return for how long an account could see, which the list has: certainly up to the beginning of the download's day or minute."""
    start, end = as_of.start, as_of.end
    if start is None or end is None:
        raise TypeError(as_of)
    if since is None:
        return as_of
    if since >= end:
        raise AudienceRefusedError(reason="as-of-early")
    return Interval(since, end if since >= start or end - start <= READ_AS_MOMENT else start + 1)


def _typed(
    row: ListedViewer, as_of: Interval | None, span: Callable[[str], Interval | None], now: int
) -> tuple[str, Interval | None]:
    """Return the interval that a table's row tells, or why it tells none."""
    first, last = span(row.first) if row.first else None, span(row.last) if row.last else None
    if not row.first:
        return "no-from", None
    if first is None or first.start is None or (row.last and last is None):
        return "bad-time", None
    end = _until_download(first.start, _needed(as_of)).end if last is None else last.end
    if end is None or min(end, now) <= first.start:
        return "times", None
    return "", Interval(first.start, min(end, now))


def _list(circle: Circle, found: set[Viewer], told: Told, *, is_complete: bool, is_download: bool) -> ViewerList:
    known: tuple[Interval, ...] = ()
    if is_complete:
        spans = (None if is_download else told.between, told.as_of)
        known = tuple(one for one in spans if one is not None and (one is told.between or _is_moment(one)))
    ordered = sorted(found, key=lambda one: (one.account, one.during.start or 0, one.during.end or 0))
    word = Word.TYPED if any(one.word is Word.TYPED for one in ordered) else Word.EXPORT
    return ViewerList(
        Place(told.platform, told.account, circle),
        tuple(Viewer(one.account, one.during, word) for one in ordered),
        known,
        word,
    )


def _is_moment(span: Interval) -> bool:
    return span.start is not None and span.end is not None and span.end - span.start <= READ_AS_MOMENT


def _posts(
    vault: OpenVault, case: Case, listed: Sequence[ListedPost], told: Told
) -> tuple[tuple[Post, ...], dict[str, int]]:
    """Return the posts to record and how many were not: a post's file is found among her photos by where the download has it."""
    counts = {"without_photo": 0, "ambiguous": 0, "known": 0, "waiting": 0}
    if not listed:
        return (), counts
    if told.circle is None:
        return (), {**counts, "waiting": len(listed)}
    by_name: dict[str, list[EvidenceItem]] = {}
    for item in vault.ledger.items(case.case_id):
        if item.role is Role.OWN_PHOTO:
            by_name.setdefault(_parts(item.path)[-1], []).append(item)
    before = {one.post for one in vault.ledger.posts(case.case_id)}
    posts: dict[Post, None] = {}
    for one in listed:
        fitting = [item for item in by_name.get(_parts(one.uri)[-1], []) if _is_end(item.path, one.uri)]
        if len({item.digest for item in fitting}) != 1:
            counts["ambiguous" if fitting else "without_photo"] += 1
            continue
        post = Post(fitting[0].item_id, told.platform, told.account, _second(one.at), None, told.circle, Word.EXPORT)
        if post in before or post in posts:
            counts["known"] += 1
        else:
            posts[post] = None
    return tuple(posts), counts


def _second(at: int) -> Interval:
    return Interval(at, at + 1)


def _is_end(path: str, uri: str) -> bool:
    """Say whether one path is the end of the other: she may have imported the whole download or a folder inside it."""
    one, other = _parts(path), _parts(uri)
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part and part != ".") or ("",)
