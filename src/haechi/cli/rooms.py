"""`haechi rooms`: room keys, message numbers and item ids, to choose from. Reads only; shows words only when asked to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, jsonable, moment, plain_json
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.errors import SelectionUnknownError
from haechi.domain.room import Room
from haechi.domain.vault import Operation
from haechi.language import _, korean, plain

if TYPE_CHECKING:
    from haechi.bootstrap import Listed

_SHOWN_MESSAGES = 40


def rooms(
    room: Annotated[str | None, Parameter(help=korean("방 번호. 없으면 방 목록을 보여 줍니다."))] = None,
    /,
    *,
    case: Annotated[str | None, Parameter(help=korean("어느 사건인지"))] = None,
    text: Annotated[
        bool, Parameter(help=korean("누가 무엇이라고 썼는지도 보여 줍니다. 화면을 볼 사람이 없는 곳에서 쓰세요."))
    ] = False,
    since: Annotated[
        str | None, Parameter(name="--from", help=korean("이때부터의 메시지만. 예: 2026-03-05 또는 2026-03-05T14:30"))
    ] = None,
    until: Annotated[
        str | None, Parameter(name="--to", help=korean("이때까지의 메시지만. 날짜만 쓰면 그날 끝까지"))
    ] = None,
    every: Annotated[
        bool, Parameter(name="--all", help=korean("줄이지 않고, 파일이 없는 메시지까지 모두 보여 줍니다."))
    ] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the rooms of a case, or the messages of one room that carry files. Raises `SelectionUnknownError`."""
    if room is None and (text or since or until):
        raise UsageError(_("어느 방의 메시지인지 방 번호를 쓰세요."), _("방 번호는 haechi rooms 로 봅니다."))
    earliest, latest = _instant("--from", since), _instant("--to", until, is_end=True)
    with opened(options, operation=Operation.READ) as vault:
        chosen = need_case(vault, case)
        known = vault.rooms(chosen)
        if room is None:
            listed = None
        elif all(one.key.value != room for one in known):
            raise SelectionUnknownError(names=room)
        else:
            listed = [
                one
                for one in vault.listed(chosen, room, with_text=text)
                if (every or text or one.items) and _is_between(one.sent_at, earliest, latest)
            ]
    if json:
        found = {"rooms": known} if listed is None else {"room": room, "messages": listed}
        plain_json({"case": jsonable(chosen), **{name: jsonable(value) for name, value in found.items()}})
    elif room is None or listed is None:
        _tell_rooms(known)
    else:
        _tell_messages(room, listed, every=every, with_text=text)


def _tell_rooms(known: Sequence[Room]) -> None:
    screen.title(_("방 {count}개", count=len(known)))
    for one in known:
        screen.line()
        screen.line(", ".join(f"“{name.name}”" for name in one.names) or _("이름 없는 방"))
        screen.pairs([(_("방 번호"), one.key.value), (_("메시지"), f"{one.messages:,}")])
    if known:
        key = known[0].key.value
        screen.next_steps(
            [
                _("haechi rooms {room} — 그 방에서 파일이 있는 메시지의 번호를 봅니다.", room=key),
                _("haechi rooms {room} --text — 누가 무엇이라고 썼는지도 봅니다.", room=key),
                _("haechi packet 새_폴더 --room {room} — 그 방만 묶습니다.", room=key),
            ]
        )


def _tell_messages(room: str, listed: Sequence["Listed"], *, every: bool, with_text: bool) -> None:
    count = len(listed)
    screen.title(
        _("메시지 {count}개", count=count) if every or with_text else _("파일이 있는 메시지 {count}개", count=count)
    )
    shown = listed if every else listed[:_SHOWN_MESSAGES]
    for one in shown:
        place = [moment(one.sent_at)]
        if one.sender is not None:
            place.append(f"“{one.sender}”")
        if one.account is not None:
            place.append(_("계정 {account}", account=one.account))
        place += [_("증거 {item}", item=item) for item in one.items]
        if one.text:
            place.append(one.text)
        screen.pairs([(_("메시지 {number}", number=plain(one.message_id)), "\n".join(place))])
    if count > len(shown):
        screen.line(
            _(
                "그 밖에 {count}개가 더 있습니다. 모두 보려면 --all 을, 날짜를 정하려면 --from 과 --to 를 붙이세요.",
                count=count - len(shown),
            )
        )
    if not shown and with_text:
        screen.line(_("여기에 맞는 메시지가 없습니다."))
        return
    if not shown:
        screen.line(_("여기에 맞는, 파일이 있는 메시지가 없습니다. 파일이 없는 메시지는 --text 나 --all 로 봅니다."))
        return
    screen.next_steps(
        [
            _(
                "haechi packet 새_폴더 --message {message} — 고른 메시지만 묶습니다. --message 는 여러 번 쓸 수 있습니다.",
                message=f"{room}:{shown[0].message_id}",
            )
        ]
    )


def _is_between(sent_at: int | None, earliest: int | None, latest: int | None) -> bool:
    """Say whether a message is of these times; one without a time is of none."""
    if sent_at is None:
        return earliest is None and latest is None
    return (earliest is None or sent_at >= earliest) and (latest is None or sent_at <= latest)


def _instant(option: str, typed: str | None, *, is_end: bool = False) -> int | None:
    """Return a typed day or time in unix seconds, in this machine's zone where it names none; a day's end with `is_end`."""
    if typed is None:
        return None
    try:
        at = datetime.fromisoformat(typed)
        if is_end and len(typed) == len("2026-03-05"):
            at += timedelta(days=1, seconds=-1)
        return int(at.timestamp())
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            _("{name} 에 쓸 수 없는 값입니다: {value}", name=option, value=typed),
            _("2026-03-05 나 2026-03-05T14:30 처럼 쓰세요."),
        ) from error
