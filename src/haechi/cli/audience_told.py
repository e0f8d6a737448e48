"""How `haechi audience` tells what is recorded and what was taken in."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haechi.cli import screen
from haechi.cli.results import moment
from haechi.domain.audience import Circle
from haechi.language import _
from haechi.language import audience as word

if TYPE_CHECKING:
    from haechi.domain.evidence import ItemId
    from haechi.domain.trace_lead import Lead
    from haechi.flows.import_viewers import TakenLists
    from haechi.flows.show_audience import ShownAudience
    from haechi.ports.audience_records import ListRecord


def tell_audience(shown: "Sequence[ShownAudience]", paths: Mapping[str, str], *, with_names: bool) -> None:
    """Print each post, who could see it in numbers, and the times nobody knows the whole list of."""
    screen.title(_("올린 글 {count}개", count=len(shown)))
    screen.line(_("볼 수 있던 사람의 범위일 뿐이고, 누가 했다는 뜻이 아닙니다."))
    for one in shown:
        screen.line()
        _tell_post(one, paths, with_names=with_names)
    if shown:
        screen.proven([], _not_shown())
    else:
        screen.next_steps(
            [
                _(
                    "haechi audience add 증거_번호 --platform instagram --account 내_계정 --to followers — 올린 글을 적습니다."
                )
            ]
        )


def tell_where_posted(
    shown: "Sequence[ShownAudience]", paths: Mapping[str, str], leads: "Mapping[ItemId, Lead]"
) -> None:
    """Print for each photo that a trace leads to, and how far it does, where it was posted, in numbers; nothing where nothing is recorded."""
    if not shown:
        return
    told = []
    for one in shown:
        photo = one.audience.post.photo
        told.append(f"{paths.get(photo, photo)} — {word.led(word.summary(one, moment), leads[photo])}")
    screen.section(_("이 사진을 올린 곳"), [*told, _("볼 수 있던 사람의 범위일 뿐이고, 누가 했다는 뜻이 아닙니다.")])


def tell_lists(lists: "Sequence[ListRecord]") -> None:
    """Print what lists there are, by number and size."""
    screen.section(
        _("적어 둔 명단: {count}개", count=len(lists)),
        [
            _(
                "{place}, {circle}, 계정 {count}개, 빠짐없는 기간 {known}개 (번호 {name})",
                place=word.place(one.told.place),
                circle=word.circle(one.told.place.circle),
                count=len({viewer.account for viewer in one.told.viewers}),
                known=len(one.told.known),
                name=one.list_id,
            )
            for one in lists
        ],
    )


def tell_taken(taken: "TakenLists", *, is_complete: bool) -> None:
    """Print what an import brought, and what it did not."""
    screen.title(_("명단 {lists}개와 올린 글 {posts}개를 적었습니다.", lists=len(taken.lists), posts=taken.posts))
    screen.pairs([(word.circle(circle), _("계정 {count}개", count=count)) for circle, count in taken.lists])
    left = [
        (taken.without_photo, _("{count}개: 그 사진이 내 사진으로 들어 있지 않음", count=taken.without_photo)),
        (taken.ambiguous, _("{count}개: 맞는 내 사진이 여럿이라 고르지 않음", count=taken.ambiguous)),
        (taken.known, _("{count}개: 이미 적혀 있음", count=taken.known)),
        (
            taken.waiting,
            _("{count}개: 누구에게 보였는지 몰라 적지 않음. --to 를 붙여 다시 하세요.", count=taken.waiting),
        ),
    ]
    screen.section(_("적지 않은 글"), [told for count, told in left if count])
    screen.section(
        _("읽지 못한 줄: {count}개", count=taken.refused_count),
        [f"{one.path}, {one.place}: {word.problem(one.problem)}" for one in taken.refused]
        if taken.refused_count
        else [],
    )
    if taken.lists:
        screen.section(_("이 명단이 말하는 것"), _meaning(taken, is_complete=is_complete))
    screen.next_steps([_("haechi audience show — 누가 볼 수 있었는지와 모르는 기간을 봅니다.")])


def _meaning(taken: "TakenLists", *, is_complete: bool) -> list[str]:
    rows = [_("받은 때의 명단입니다. 그 전에 나간 사람은 들어 있지 않습니다. 그래서 그 전은 모르는 기간으로 둡니다.")]
    if taken.is_complete:
        return rows
    if is_complete and taken.refused_count:
        rows.append(_("읽지 못한 줄이 있어서 빠짐없는 명단으로 세지 않았습니다."))
    elif is_complete:
        rows.append(_("받은 시각까지는 몰라서, 빠짐없다고 할 수 있는 때가 없습니다."))
    else:
        rows.append(_("빠진 사람이 있을 수 있는 명단으로 적었습니다."))
    return rows


def _tell_post(one: "ShownAudience", paths: Mapping[str, str], *, with_names: bool) -> None:
    post = one.audience.post
    screen.title(paths.get(post.photo, post.photo))
    rows = [
        (_("번호"), one.post_id),
        (_("올린 곳"), word.place(post.place)),
        (_("누구에게"), word.circle(post.circle)),
        (_("올린 때"), word.posted(post.posted, moment)),
    ]
    if post.removed_at is not None:
        rows.append((_("지운 때"), moment(post.removed_at)))
    if post.circle is Circle.PUBLIC:
        rows.append((_("볼 수 있던 사람"), _("누구나. 명단이 있을 수 없습니다.")))
        screen.pairs(rows)
        return
    rows.append((_("아는 계정"), _("모두 {count}개", count=len(one.accounts))))
    if one.at_posting is not None:
        if not one.is_complete_then:
            told = _("적어도 {count}개, 더 있을 수 있음", count=len(one.at_posting))
        elif one.maybe_at_posting:
            told = _("확실한 것 {count}개. 아래의 것까지 하면 빠짐없는 명단", count=len(one.at_posting))
        else:
            told = _("{count}개, 빠짐없는 명단", count=len(one.at_posting))
        rows.append((_("올린 그때"), told))
    if one.maybe_at_posting:
        rows.append(
            (
                _("그때 볼 수 있었을 수도 있음"),
                _(
                    "{count}개. 올린 정확한 때를 몰라서, 볼 수 있었다고도 없었다고도 할 수 없습니다.",
                    count=len(one.maybe_at_posting),
                ),
            )
        )
    if one.unbound:
        rows.append((_("이름만 아는 드나듦"), _("{count}번. 계정에 잇지 않았습니다.", count=one.unbound)))
    rows.append(
        (
            _("명단을 다 알지 못하는 기간"),
            "\n".join(word.interval(gap, moment) for gap in one.gaps) or _("없음"),
        )
    )
    if with_names:
        rows.append((_("계정 (가나다순)"), "\n".join(one.accounts) or _("없음")))
    screen.pairs(rows)


def _not_shown() -> list[str]:
    return [
        _("누가 사진을 썼는지는 알 수 없습니다. 명단에 있는 사람은 거의 모두 아무 일도 하지 않았습니다."),
        _(
            "명단에 없는 사람도 볼 수 있었을 수 있습니다: 화면을 찍어 보낸 사람, 남의 계정을 쓴 사람, 빈 기간에 있던 사람."
        ),
        _("단서는 틀릴 수 있습니다. 스스로 따지지 말고 경찰이나 변호사와 함께 보세요."),
    ]
