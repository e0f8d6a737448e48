"""`haechi match`: where the same picture shows up again. Words and numbers only; no picture is ever drawn."""

from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.progress import ShownProgress
from haechi.cli.results import JSON_HELP, jsonable, moment, plain_json
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.fingerprint import MATCH_WITHIN
from haechi.domain.match import Group, Sighting
from haechi.language import _, korean, plain
from haechi.language import words as word

_SHOWN_GROUPS = 20
_SHOWN_SIGHTINGS = 5


def match(
    *,
    case: Annotated[str | None, Parameter(help=korean("찾아볼 사건의 이름"))] = None,
    every: Annotated[bool, Parameter(name="--all", help=korean("줄이지 않고 모두 보여 줍니다."))] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the groups of the same picture in a case."""
    with opened(options) as vault:
        chosen = need_case(vault, case)
        with ShownProgress() as progress:

            def told(stage: str, done: int, total: int | None) -> None:
                if stage == "compiling" and not screen.err().is_terminal:  # there is no bar to say it
                    screen.note(_("처음 한 번만 비교할 준비를 합니다. 수십 초쯤 걸리고, 다음부터는 바로 찾습니다."))
                progress(stage, done, total)

            groups = vault.match(chosen, progress=told)
    if json:
        plain_json({"case": jsonable(chosen), "threshold_bits": MATCH_WITHIN, "groups": jsonable(groups)})
        return
    screen.title(_("같은 사진 묶음 {count}개 (후보)", count=len(groups)))
    for group in groups if every else groups[:_SHOWN_GROUPS]:
        _tell(group, every=every)
    if len(groups) > _SHOWN_GROUPS and not every:
        screen.line(
            _("그 밖에 {count}묶음이 더 있습니다. 모두 보려면 --all 을 붙이세요.", count=len(groups) - _SHOWN_GROUPS)
        )
    if not groups:
        screen.section(
            _("이것으로 확인되지 않는 것"),
            [_("찾지 못했다는 것이 없다는 뜻은 아닙니다. 많이 자르거나 크게 고친 사진은 찾지 못할 수 있습니다.")],
        )
        return
    screen.proven(
        [_("“바이트까지 같음”은 두 파일이 똑같다는 뜻입니다.")],
        [
            _(
                "나머지는 256비트 지문의 차이가 {bits} 이하라는 뜻인 후보입니다. 사람이 확인하기 전에는 같은 사진이라고 단정할 수 없습니다.",
                bits=MATCH_WITHIN,
            ),
            _("이 자료에서 얼마나 틀리는지는 재지 않았습니다. 많이 자르거나 크게 고친 사진은 찾지 못할 수 있습니다."),
            _("처음 본 곳은 이 금고에 있는 것 가운데 처음입니다. 누가 만들거나 퍼뜨렸는지는 알 수 없습니다."),
        ],
    )
    screen.next_steps([_("haechi packet 새_폴더 — 경찰에 낼 증거 묶음을 만듭니다.")])


def _tell(group: Group, *, every: bool) -> None:
    first = group.first
    screen.line()
    screen.title(_("[{number}] 같은 사진 {count}곳", number=group.number, count=len(group.sightings)))
    screen.pairs([(_("처음"), _place(first)), (_("방법"), "\n".join(word.ways(group)))])
    others = [sighting for sighting in group.sightings if sighting is not first]
    shown = others if every else others[:_SHOWN_SIGHTINGS]
    screen.pairs([("·", _place(sighting)) for sighting in shown])
    if len(others) > len(shown):
        screen.line("  " + _("그 밖에 {count}곳", count=len(others) - len(shown)))


def _place(sighting: Sighting) -> str:
    """Return when and where an item was seen: her own photo by its path, a found one by room, account and message."""
    if sighting.is_own_photo:
        return _("내 사진 {path}", path=sighting.path)
    if sighting.room is None:
        return _("파일 {path}", path=sighting.path)
    parts = [moment(sighting.seen_at), _("방 {room}", room=sighting.room)]
    if sighting.account is not None:
        parts.append(_("계정 {account}", account=sighting.account))
    if sighting.message_id is not None:
        parts.append(_("메시지 {number}", number=plain(sighting.message_id)))
    return " · ".join(parts)
