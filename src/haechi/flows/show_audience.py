"""Tell where own photos were posted and who could see them: a range of people, with its gaps, and nobody's guilt."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from haechi.domain.audience import Audience, Circle, Interval, Place, Viewer, ViewerList, Word, audience_of
from haechi.domain.case import Case
from haechi.domain.evidence import ItemId
from haechi.domain.membership import members_seen
from haechi.domain.trace import Answer, Outcome, Scene
from haechi.flows.open_vault import OpenVault
from haechi.ports.audience_records import PostRecord


@dataclass(frozen=True, slots=True)
class ShownAudience:
    """One post and who could see it.

    `at_posting` are the accounts known to have been able to see it when it was posted (None: that time is not known);
    `is_complete_then` whether the list is known to be whole at that moment. `unbound` counts people who came into or left the
    room and are named by a display name alone.
    """

    post_id: str
    audience: Audience
    accounts: tuple[str, ...]
    at_posting: tuple[str, ...] | None
    is_complete_then: bool
    gaps: tuple[Interval, ...]
    unbound: int = 0


def show_audience(vault: OpenVault, case: Case, photos: Collection[ItemId] | None = None) -> tuple[ShownAudience, ...]:
    """Return the posts of these photos, or all of the case, by time, then by place."""
    posts = [one for one in vault.ledger.posts(case.case_id) if photos is None or one.post.photo in photos]
    if not posts:
        return ()
    lists = [one.told for one in vault.ledger.viewer_lists(case.case_id)]
    rooms: dict[Place, tuple[ViewerList, int]] = {}
    for place in {one.post.place for one in posts if one.post.circle is Circle.CHAT}:
        rooms[place] = _seen_in_room(vault, case, place)
    shown = [_shown(one, lists, rooms.get(one.post.place)) for one in posts]
    return tuple(sorted(shown, key=_order))


def donor_photos(answers: Iterable[Answer]) -> frozenset[ItemId]:
    """Return the photos that a trace points to: the leading group of each face, and photos that much of a picture is."""
    found: set[ItemId] = set()
    for answer in answers:
        for face in answer.faces:
            if face.outcome in {Outcome.MADE_FROM, Outcome.POINTS_TO} and face.groups:
                found.update(fit.photo for fit in face.groups[0].fits)
        found.update(fit.photo for fit in answer.scenes if fit.scene is Scene.SAME_SCENE)
    return frozenset(found)


def _shown(one: PostRecord, lists: list[ViewerList], room: tuple[ViewerList, int] | None) -> ShownAudience:
    audience = audience_of(one.post, lists if room is None else [*lists, room[0]])
    at = one.post.posted_at
    return ShownAudience(
        post_id=one.post_id,
        audience=audience,
        accounts=tuple(sorted({viewer.account for viewer in audience.viewers})),
        at_posting=None if at is None else audience.at_least(at),
        is_complete_then=at is not None and audience.at(at) is not None,
        gaps=audience.gaps,
        unbound=0 if room is None else room[1],
    )


def _seen_in_room(vault: OpenVault, case: Case, place: Place) -> tuple[ViewerList, int]:
    """Return who was in a room as its imported messages show it. That is never the whole list: silent members leave no sign."""
    members = members_seen(vault.ledger.room_rows(case.case_id, place.platform, place.account))
    viewers = tuple(Viewer(account, during, Word.EXPORT) for account, during in members.stays)
    return ViewerList(place, viewers, (), Word.EXPORT), members.unbound


def _order(one: ShownAudience) -> tuple[bool, int, str, str, str, str]:
    post = one.audience.post
    return post.posted_at is None, post.posted_at or 0, post.platform, post.account, post.circle.value, one.post_id
