"""`haechi items`: the numbers of what a case holds, to choose from. Reads only; tells names and numbers, and shows no picture."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, jsonable, plain_json, size
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.evidence import EvidenceItem, MediaKind, Role
from haechi.domain.vault import Operation
from haechi.language import _, korean, plain

_SHOWN = 40
_KINDS = {
    MediaKind.IMAGE: korean("사진"),
    MediaKind.VIDEO: korean("영상"),
    MediaKind.AUDIO: korean("소리"),
    MediaKind.OTHER: korean("다른 파일"),
}


def items(
    *,
    case: Annotated[str | None, Parameter(help=korean("어느 사건인지"))] = None,
    own: Annotated[bool, Parameter(help=korean("내 사진으로 넣은 것만 봅니다."))] = False,
    every: Annotated[bool, Parameter(name="--all", help=korean("줄이지 않고 모두 보여 줍니다."))] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the items of a case: her own photos first, then what was found, each in the order it was put in."""
    with opened(options, operation=Operation.READ) as vault:
        chosen = need_case(vault, case)
        known = [one for one in vault.items(chosen) if one.role is Role.OWN_PHOTO or not own]
    known.sort(key=lambda one: one.role is not Role.OWN_PHOTO)
    if json:
        plain_json({"case": jsonable(chosen), "items": [_told(one) for one in known]})
    else:
        _tell(known, every=every, own=own)


def _told(one: EvidenceItem) -> dict[str, object]:
    return {
        "item": one.item_id,
        "role": one.role.value,
        "claimed_path": one.path,
        "kind": one.examined.kind.value,
        "mime": one.examined.mime,
        "size": one.size,
        "sha256": one.digest,
        "sealed": one.is_sealed,
    }


def _tell(known: Sequence[EvidenceItem], *, every: bool, own: bool) -> None:
    photos = [one for one in known if one.role is Role.OWN_PHOTO]
    found = known[len(photos) :]
    left = len(known) if every else _SHOWN
    for title, rows in (
        (_("내 사진 {count}장", count=len(photos)), photos),
        (_("찾은 것 {count}개", count=len(found)), found),
    ):
        if rows or (own and rows is photos):
            screen.title(title)
            screen.pairs([(plain(one.path), _row(one)) for one in rows[:left]])
            left = max(0, left - len(rows))
    rest = 0 if every else max(0, len(known) - _SHOWN)
    if rest:
        screen.line(_("그 밖에 {count}개가 더 있습니다. 모두 보려면 --all 을 붙이세요.", count=rest))
    if not known and own:
        screen.line(_("haechi import 내_사진_폴더 --as own-photos 로 내 사진을 넣으세요."))
    elif not known:
        screen.line(_("넣은 것이 아직 없습니다. haechi import 로 넣으세요."))
    steps = []
    seen = [one for one in found if one.examined.kind in (MediaKind.IMAGE, MediaKind.VIDEO)]
    if seen:
        steps.append(
            _("haechi trace {item} — 이것이 내 사진 가운데 어느 것으로 만들어졌는지 봅니다.", item=seen[0].item_id)
        )
    if photos:
        steps.append(
            _("haechi audience add {item} … — 이 사진을 어디에 언제 올렸는지 적습니다.", item=photos[0].item_id)
        )
    if steps:
        screen.next_steps(steps)


def _row(one: EvidenceItem) -> str:
    kept = _("보관함") if one.is_sealed else _("기록만")
    return "\n".join([str(one.item_id), f"{_(_KINDS[one.examined.kind])} · {size(one.size)} · {kept}"])
