"""`haechi rooms`: room keys, message numbers and item ids, to choose from for a packet. Reads only; shows no content."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, jsonable, moment, plain_json
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
    every: Annotated[
        bool, Parameter(name="--all", help=korean("줄이지 않고, 파일이 없는 메시지까지 모두 보여 줍니다."))
    ] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the rooms of a case, or the messages of one room that carry files. Raises `SelectionUnknownError`."""
    with opened(options, operation=Operation.READ) as vault:
        chosen = need_case(vault, case)
        known = vault.rooms(chosen)
        if room is None:
            listed = None
        elif all(one.key.value != room for one in known):
            raise SelectionUnknownError(names=room)
        else:
            listed = [one for one in vault.listed(chosen, room) if every or one.items]
    if json:
        found = {"rooms": known} if listed is None else {"room": room, "messages": listed}
        plain_json({"case": jsonable(chosen), **{name: jsonable(value) for name, value in found.items()}})
    elif room is None or listed is None:
        _tell_rooms(known)
    else:
        _tell_messages(room, listed, every=every)


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
                _("haechi packet 새_폴더 --room {room} — 그 방만 묶습니다.", room=key),
            ]
        )


def _tell_messages(room: str, listed: Sequence["Listed"], *, every: bool) -> None:
    count = len(listed)
    screen.title(_("메시지 {count}개", count=count) if every else _("파일이 있는 메시지 {count}개", count=count))
    shown = listed if every else listed[:_SHOWN_MESSAGES]
    for one in shown:
        place = [moment(one.sent_at)]
        if one.account is not None:
            place.append(_("계정 {account}", account=one.account))
        place += [_("증거 {item}", item=item) for item in one.items]
        screen.pairs([(_("메시지 {number}", number=plain(one.message_id)), "\n".join(place))])
    if count > len(shown):
        screen.line(_("그 밖에 {count}개가 더 있습니다. 모두 보려면 --all 을 붙이세요.", count=count - len(shown)))
    if not shown:
        screen.line(_("이 방에는 파일이 있는 메시지가 없습니다. 모든 메시지의 번호는 --all 로 봅니다."))
        return
    screen.next_steps(
        [
            _(
                "haechi packet 새_폴더 --message {message} — 고른 메시지만 묶습니다. --message 는 여러 번 쓸 수 있습니다.",
                message=f"{room}:{shown[0].message_id}",
            )
        ]
    )
