"""Tell where own photos were posted and who could see them: a range of people, with its gaps, and nobody's guilt."""

from collections.abc import Collection
from dataclasses import dataclass

from haechi.domain.audience import Access, Audience, Circle, Interval, Place, Viewer, ViewerList, Word, audience_of
from haechi.domain.case import Case
from haechi.domain.evidence import ItemId
from haechi.domain.membership import members_seen
from haechi.flows.open_vault import OpenVault
from haechi.ports.audience_records import PostRecord


@dataclass(frozen=True, slots=True)
class ShownAudience:
    """One post and who could see it.

    `at_posting` are the accounts known to have been able to see it when it was posted (None: that time is not known),
    whenever it was within the time that is known; `maybe_at_posting` those that could for a part of that time only.
    `is_complete_then` says whether both together are known to be the whole list all through it. `unbound` counts people who
    came into or left the room and are named by a display name alone.
    """

    post_id: str
    audience: Audience
    accounts: tuple[str, ...]
    at_posting: tuple[str, ...] | None
    maybe_at_posting: tuple[str, ...]
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


def _shown(one: PostRecord, lists: list[ViewerList], room: tuple[ViewerList, int] | None) -> ShownAudience:
    audience = audience_of(one.post, lists if room is None else [*lists, room[0]])
    accesses = audience.accesses()
    certain = tuple(account for account, access in accesses.items() if access is Access.COULD)
    return ShownAudience(
        post_id=one.post_id,
        audience=audience,
        accounts=tuple(accesses),
        at_posting=None if one.post.posted is None else certain,
        maybe_at_posting=tuple(account for account, access in accesses.items() if access is Access.MAY_HAVE),
        is_complete_then=audience.is_whole_at_posting,
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
    at = None if post.posted is None else post.posted.start
    return at is None, at or 0, post.platform, post.account, post.circle.value, one.post_id
