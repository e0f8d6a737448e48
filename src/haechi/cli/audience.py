"""`haechi audience`: where her own photos were posted, when, and who could see them. A range of people, with its gaps."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import questions, screen
from haechi.cli.app import group
from haechi.cli.audience_told import tell_audience, tell_lists, tell_taken
from haechi.cli.deletion_asked import asked_approval, asked_reason
from haechi.cli.deletion_told import back_up_step, certificate_step, tell_unfinished
from haechi.cli.results import JSON_HELP, jsonable, moment, plain_json
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened, opened_with
from haechi.domain.audience import Circle, Interval, Place, place_of
from haechi.domain.evidence import ItemId
from haechi.domain.vault import Operation
from haechi.language import _, korean
from haechi.language import audience as word
from haechi.ports.audience_records import ListRecord, PostRecord

_PLATFORM = korean("어느 서비스인지. 예: instagram, telegram, kakaotalk")
_ACCOUNT = korean("거기에서 쓰는 내 계정. 대화방이라면 방 번호 (haechi rooms 에서 봅니다)")
_CIRCLE = korean("누구에게 보였는지: public(전체), followers(팔로워), close-friends(친한 친구), chat(대화방)")
_CASE = korean("어느 사건인지")
_REMOVED = "haechi audience remove"
"""What stands as the reason where none was given."""

audience = group(
    "audience",
    korean("내 사진을 어디에 언제 올렸고 누가 볼 수 있었는지 적어 둡니다. 범위일 뿐, 누가 했다는 뜻이 아닙니다."),
)


@audience.command(name="add", help=korean("내 사진 한 장을 어디에 언제 올렸는지 적습니다."))
def add(
    photo: Annotated[str, Parameter(help=korean("올린 사진의 증거 번호. 내 사진으로 넣은 것이어야 합니다."))],
    /,
    *,
    platform: Annotated[str, Parameter(help=_PLATFORM)],
    account: Annotated[str, Parameter(help=_ACCOUNT)],
    to: Annotated[Circle, Parameter(help=_CIRCLE, show_choices=False)],
    posted: Annotated[
        str | None,
        Parameter(help=korean("올린 때. 아는 만큼만: 2024-05, 2024-05-01 또는 “2024-05-01 21:30”. 모르면 빼세요.")),
    ] = None,
    removed: Annotated[str | None, Parameter(help=korean("지운 때. 아직 있거나 모르면 빼세요."))] = None,
    case: Annotated[str | None, Parameter(help=_CASE)] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Record a post."""
    from haechi.bootstrap import audience as feature

    place = _place(platform, account, to)
    within, removed_at = _span("--posted", posted, with_months=True), _end("--removed", removed)
    with opened(options) as vault:
        chosen = need_case(vault, case)
        made = feature.add_post(vault, chosen, photo, place, posted=within, removed_at=removed_at)
        shown = feature.audiences(vault, chosen, {ItemId(photo)})
    if json:
        plain_json({"post": jsonable(made.post), "post_id": made.post_id})
        return
    screen.title(_("적었습니다."))
    for one in shown:
        if one.post_id == made.post_id:
            screen.line(word.summary(one, moment))
    if place.circle is not Circle.PUBLIC:
        screen.next_steps(
            [
                _("haechi audience import 명단_파일 — 가지고 있는 명단을 넣습니다."),
                _("haechi audience viewer 계정 … — 볼 수 있던 계정을 적습니다."),
            ]
        )


@audience.command(name="viewer", help=korean("볼 수 있던 계정을 적습니다. 여러 개를 한 번에 쓸 수 있습니다."))
def viewer(
    *accounts: Annotated[str, Parameter(help=korean("볼 수 있던 계정"))],
    platform: Annotated[str, Parameter(help=_PLATFORM)],
    account: Annotated[str, Parameter(help=_ACCOUNT)],
    to: Annotated[Circle, Parameter(help=_CIRCLE, show_choices=False)],
    since: Annotated[str, Parameter(name="--from", help=korean("언제부터 볼 수 있었는지. 예: 2024-05-01"))],
    until: Annotated[str | None, Parameter(help=korean("언제까지. 그 날도 들어갑니다. 없으면 지금까지"))] = None,
    complete: Annotated[bool, Parameter(help=korean("그동안 볼 수 있던 계정이 이것뿐이라고 확신할 때만"))] = False,
    case: Annotated[str | None, Parameter(help=_CASE)] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Record accounts that could see what was posted at a place."""
    from haechi.bootstrap import audience as feature
    from haechi.domain.audience import account_key

    place = _place(platform, account, to)
    names = [account_key(place.platform, one) for one in accounts]
    if not names or not all(names):
        raise UsageError(_("볼 수 있던 계정을 하나 이상 쓰세요."))
    start, end = _start("--from", since), _end("--until", until)
    if start is None:
        raise UsageError(_("언제부터인지 --from 으로 알려 주세요."))
    with opened(options) as vault:
        chosen = need_case(vault, case)
        made = feature.add_viewers(vault, chosen, names, place, start=start, end=end, is_complete=complete)
    if json:
        plain_json({"list": jsonable(made.told), "list_id": made.list_id})
        return
    screen.title(
        _("볼 수 있던 계정 {count}개를 적었습니다: {place}", count=len(made.told.viewers), place=word.place(place))
    )
    screen.section(_("아는 기간"), [word.interval(made.told.viewers[0].during, moment)])
    screen.next_steps([_("haechi audience show — 적어 둔 것을 봅니다.")])


@audience.command(
    name="import",
    help=korean("가지고 있는 명단을 넣습니다: 인스타그램에서 받은 JSON(파일, 폴더, 압축 파일)이나 표(CSV)."),
)
def import_(
    path: Annotated[
        Path,
        Parameter(
            help=korean(
                "followers_1.json, close_friends.json, posts_1.json 이나 그것이 든 폴더, 압축 파일. 또는 첫 줄이 "
                "account,from,until 인 표"
            )
        ),
    ],
    /,
    *,
    platform: Annotated[str, Parameter(help=_PLATFORM)] = "instagram",
    account: Annotated[str, Parameter(help=_ACCOUNT)],
    as_of: Annotated[
        str | None,
        Parameter(help=korean("명단을 내려받은 때. 예: “2024-06-01 15:00”. 시각을 모르면 날짜만 쓰세요.")),
    ] = None,
    to: Annotated[
        Circle | None,
        Parameter(
            show_choices=False,
            help=korean("표의 계정과 올린 글이 누구에게 보였는지: public, followers, close-friends, chat"),
        ),
    ] = None,
    complete: Annotated[
        bool,
        Parameter(help=korean("빠진 사람이 없을 때만. 인스타그램은 기간을 “전체”로 골라 받았을 때만 빠짐이 없습니다.")),
    ] = False,
    since: Annotated[
        str | None, Parameter(name="--from", help=korean("--complete 와 함께: 표가 빠짐없는 기간의 처음"))
    ] = None,
    until: Annotated[str | None, Parameter(help=korean("--complete 와 함께: 표가 빠짐없는 기간의 끝"))] = None,
    case: Annotated[str | None, Parameter(help=_CASE)] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Record lists and posts from files."""
    from haechi.bootstrap import audience as feature
    from haechi.flows.import_viewers import Told

    place = _place(platform, account, to or Circle.FOLLOWERS)
    told = Told(
        place.platform,
        place.account,
        to,
        _span("--as-of", as_of),
        is_complete=complete,
        between=_between(since, until, is_complete=complete),
    )
    with opened(options) as vault:
        taken = feature.import_lists(vault, need_case(vault, case), path, told)
    if json:
        plain_json({"taken": jsonable(taken)})
        return
    tell_taken(taken, is_complete=complete)


@audience.command(name="show", help=korean("어디에 언제 올렸고 누가 볼 수 있었는지, 모르는 기간은 언제인지 봅니다."))
def show(
    *photos: Annotated[str, Parameter(help=korean("내 사진의 증거 번호. 없으면 적어 둔 것 모두"))],
    names: Annotated[bool, Parameter(help=korean("계정 이름도 가나다순으로 보여 줍니다."))] = False,
    case: Annotated[str | None, Parameter(help=_CASE)] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Show posts with their audiences, and the lists that were recorded."""
    from haechi.bootstrap import audience as feature

    with opened(options, operation=Operation.READ) as vault:
        chosen = need_case(vault, case)
        shown = feature.audiences(vault, chosen, {ItemId(one) for one in photos} if photos else None)
        lists = feature.lists(vault, chosen)
        paths: dict[str, str] = {item.item_id: item.path for item in vault.unlocked.ledger.items(chosen.case_id)}
    if json:
        plain_json({"case": jsonable(chosen), "posts": jsonable(shown), "lists": jsonable(lists)})
        return
    tell_audience(shown, paths, with_names=names)
    tell_lists(lists)


@audience.command(
    name="remove",
    help=korean(
        "적어 둔 글이나 명단을 되살릴 수 없게 뺍니다. 사진과 증거는 그대로입니다. 둘이 쓰는 금고라면 다른 사람의 동의가 필요합니다."
    ),
)
def remove(
    name: Annotated[str, Parameter(help=korean("뺄 글이나 명단의 번호 (haechi audience show 에서 봅니다)"))],
    /,
    *,
    reason: Annotated[str, Parameter(help=korean("빼는 이유. 기록에 남으니 이름은 쓰지 마세요."))] = "",
    approve_as: Annotated[str | None, Parameter(help=korean("함께 동의하는 다른 사람의 이름"))] = None,
    approver_passphrase_file: Annotated[
        Path | None, Parameter(help=korean("첫 줄에 동의하는 사람의 암호가 있는 파일"))
    ] = None,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 뺍니다. (스크립트용)"))] = False,
    case: Annotated[str | None, Parameter(help=_CASE)] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Destroy a post or a list: it tells of third persons, so it goes as `haechi delete` does, from older back-ups too."""
    from haechi.bootstrap import audience as feature
    from haechi.bootstrap import erasing

    if json and not yes:
        raise UsageError(_("--json 은 무엇이 없어지는지 먼저 보여 주지 않습니다. --yes 도 함께 붙이세요."))
    with opened_with(options, options.typed_key()) as vault:
        chosen = need_case(vault, case)
        found = feature.find(vault, chosen, name)
        if not json:
            screen.line(_told(found))
        doomed = erasing.Doomed(chosen.case_id, audience=name)
        is_team = erasing.is_team(vault)
        why = asked_reason(reason) if is_team else reason.strip() or _REMOVED
        erased = erasing.foresee(vault, doomed)
        request = erasing.request(vault, doomed, erased, reason=why)
        if not yes and not questions.confirmed(_("이것을 되살릴 수 없게 뺍니다."), _("뺍니다")):
            screen.note(_("아무것도 바꾸지 않았습니다."))
            return
        approval = (
            asked_approval(vault, request, approve_as, approver_passphrase_file) if is_team or approve_as else None
        )
        done = erasing.erase(vault, doomed, request, approval)
    if json:
        plain_json({"entry": done.entry.index, "erased": erased})
        return
    screen.title(_("뺐습니다. 기록에는 무엇이 있었다가 빠졌다는 것만 이름 없이 남습니다."))
    tell_unfinished(done)
    screen.next_steps([back_up_step(), certificate_step(done.entry.index)])


def _told(found: PostRecord | ListRecord) -> str:
    """Return what a post or a list is, in a line."""
    if isinstance(found, PostRecord):
        return _("올린 글 하나: {place}", place=word.place(found.post.place))
    return _(
        "명단 하나: {place}, 계정 {count}개",
        place=word.place(found.told.place),
        count=len({one.account for one in found.told.viewers}),
    )


def _place(platform: str, account: str, circle: Circle) -> Place:
    try:
        return place_of(platform, account, circle)
    except ValueError as error:
        raise UsageError(_("서비스와 계정이 비어 있습니다."), _("--platform 과 --account 를 주세요.")) from error


def _span(option: str, typed: str | None, *, with_months: bool = False) -> Interval | None:
    from haechi.bootstrap.audience import span

    if typed is None:
        return None
    found = span(typed, with_months=with_months)
    if found is None:
        raise UsageError(
            _("{name} 에 쓸 수 없는 값입니다: {value}", name=option, value=typed),
            _("2026-03-05 나 “2026-03-05 14:30” 처럼 쓰세요."),
        )
    return found


def _start(option: str, typed: str | None) -> int | None:
    found = _span(option, typed)
    return None if found is None else found.start


def _end(option: str, typed: str | None) -> int | None:
    found = _span(option, typed)
    return None if found is None else found.end


def _between(since: str | None, until: str | None, *, is_complete: bool) -> Interval | None:
    start, end = _start("--from", since), _end("--until", until)
    if start is None and end is None:
        return None
    if start is None or end is None or not is_complete:
        raise UsageError(_("--from 과 --until 은 함께, --complete 와 같이 씁니다."))
    if end <= start:
        raise UsageError(_("끝나는 때가 시작보다 늦어야 합니다."))
    return Interval(start, end)
