"""`haechi verify`: everything in the vault computed again, and everything that is wrong named."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.progress import ShownProgress
from haechi.cli.results import JSON_HELP, plain_json
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.vault import Operation
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.bootstrap import OpenVault
    from haechi.flows.ask_witnesses import WitnessFinding
    from haechi.flows.verify import Verified

_SAYS = {
    "continued": korean("{name}: 이 기관이 본 {count}줄까지 이 기록과 같습니다."),
    "nothing": korean("{name}: 이 기관은 이 기록을 아직 본 적이 없습니다."),
    "forgot": korean("{name}: 이 기관은 예전에 서명한 것보다 적게 기억합니다. 그곳에 직접 물어보세요."),
    "unproven": korean("{name}: 답이 왔지만 서명이 맞지 않아 믿지 않았습니다."),
    "unreachable": korean("{name}: 답이 없었습니다. 나중에 다시 물어보세요."),
}


def verify(
    *,
    against: Annotated[
        tuple[Path, ...],
        Parameter(
            negative=(),
            help=korean(
                "다른 곳에 보관한 것과 견줍니다: 증거 묶음 폴더, 그 안의 seal/checkpoint 나 .tlog-proof 파일, 금고 복사본의 checkpoint. "
                "여러 번 쓸 수 있습니다."
            ),
        ),
    ] = (),
    ask_witnesses: Annotated[
        bool,
        Parameter(
            help=korean(
                "증인 기관이 무엇을 보았는지 인터넷으로 물어봅니다. 기록의 무작위 이름을 해시한 값 말고는 알리지 않습니다."
            )
        ),
    ] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Verify the vault; exit code 5 and the places when something does not fit."""
    from haechi.bootstrap.checking import verify_vault

    with opened(options, operation=Operation.CHECK) as vault:
        try:
            with ShownProgress() as progress:
                found = verify_vault(vault.unlocked, progress=progress, against=against, ask=ask_witnesses)
        except CustodyBrokenError as error:
            _show_findings(vault, error)
            raise
    if json:
        plain_json(found)
        return
    screen.title(_("금고의 기록이 모두 맞습니다."))
    screen.pairs(_counts(found))
    screen.proven(_shown(found), [*_unasked(found, asked=ask_witnesses), *_not_shown(found)])


def _counts(found: "Verified") -> list[tuple[str, str]]:
    answered = found.answered
    rows = [
        (_("기록"), _("{count}줄", count=found.entries)),
        (_("메시지"), f"{found.messages:,}"),
        (_("증거 (파일)"), f"{found.items:,}"),
        (_("봉인된 파일 (똑같은 파일은 하나로 셈)"), f"{found.blobs:,}"),
    ]
    more = [
        (_("다른 사람만 열 수 있게 봉인된 파일"), found.sealed_elsewhere),
        (_("지운 내용 (기록의 줄은 남음)"), found.erased),
        (_("시점확인"), answered.stamps),
        (_("증인의 서명"), answered.cosignatures),
        (_("견준 요약"), found.compared),
    ]
    return rows + [(name, f"{count:,}") for name, count in more if count]


def _shown(found: "Verified") -> list[str]:
    answered = found.answered
    rows = [_("기록의 첫 줄부터 끝까지, 모든 증거와 메시지가 넣을 때 그대로입니다.")]
    if found.erased:
        rows.append(
            _(
                "{count}줄의 내용은 삭제 기록에 적힌 대로 지워졌습니다. 적힌 것 말고는 지워진 것이 없습니다.",
                count=found.erased,
            )
        )
    if answered.stamped:
        rows.append(
            _("처음 {count}줄은 바깥의 시점확인 기관이 도장을 찍은 때에 이미 있었습니다.", count=answered.stamped)
        )
    if answered.cosigned:
        rows.append(
            _("처음 {count}줄까지 기록이 늘어나기만 했다고 바깥의 증인 기관이 서명했습니다.", count=answered.cosigned)
        )
    if found.compared:
        rows.append(
            _(
                "다른 곳에 보관한 요약 {count}개가 모두 이 기록의 앞부분입니다. 그보다 예전 것으로 되돌려지지 않았습니다.",
                count=found.compared,
            )
        )
    return rows + _witnesses(found.witnesses, ("continued",))


def _not_shown(found: "Verified") -> list[str]:
    answered = found.answered
    rows = _witnesses(found.witnesses, ("nothing", "forgot", "unproven", "unreachable"))
    if not found.compared and not any(one.says == "continued" for one in found.witnesses):
        rows.append(
            _(
                "금고 전체를 예전 복사본으로 되돌려 놓은 것은 이것만으로 알 수 없습니다. haechi verify --against 로 예전에 만든 증거 묶음과 "
                "견주면 드러납니다."
            )
        )
    if answered.unanchored:
        rows.append(
            _(
                "마지막 {count}줄은 바깥에서 확인받지 않았습니다. 언제 적혔는지는 이 컴퓨터의 시계만 말해 줍니다.",
                count=answered.unanchored,
            )
        )
    if answered.is_quorum_reached is False:
        rows.append(
            _("마지막 요약에는 정해 둔 규칙만큼 증인의 서명이 없습니다. haechi anchor 를 실행하면 다시 묻습니다.")
        )
    if found.sealed_elsewhere:
        rows.append(
            _(
                "다른 사람만 열 수 있는 파일 {count}개는 열어 보지 못했습니다. 봉인된 그대로 있는지만 확인했습니다.",
                count=found.sealed_elsewhere,
            )
        )
    return [
        *rows,
        _("이름 목록, 경고, 사진 지문처럼 원본에서 다시 뽑을 수 있는 것은 견주지 않았습니다."),
        _("이 컴퓨터의 시계가 맞았는지는 알 수 없습니다."),
    ]


def _unasked(found: "Verified", *, asked: bool) -> list[str]:
    """Say so where witnesses were to be asked and there are none."""
    if not asked or found.witnesses:
        return []
    return [_("정해 둔 증인이 없어서 아무에게도 묻지 않았습니다. haechi witness add 로 정합니다.")]


def _witnesses(witnesses: "Sequence[WitnessFinding]", kinds: tuple[str, ...]) -> list[str]:
    return [_(_SAYS[one.says], name=one.witness, count=one.size or 0) for one in witnesses if one.says in kinds]


def _show_findings(vault: "OpenVault", error: CustodyBrokenError) -> None:
    """List all that is wrong, with the names of the exhibits that are hit; the first is told again at the end."""
    from haechi.bootstrap.checking import paths_of
    from haechi.language.errors import tell

    findings: Any = error.facts["findings"]
    paths = {}
    try:
        paths = dict(paths_of(vault.unlocked, [one["item"] for one in findings if one["item"] is not None]))
    except VaultDamagedError:
        screen.note(_("장부가 상해서 증거의 이름은 찾지 못했습니다."))
    if len(findings) == 1 and findings[0]["item"] not in paths:
        return  # it is told at the end, with what to do
    for one in findings:
        told = tell(CustodyBrokenError(kind=one["kind"], place=one["place"]))[0]
        name = paths.get(one["item"])
        screen.note(f"· {told}" + (_(" (들어온 이름: {name})", name=name) if name is not None else ""))
    count = error.facts["count"]
    if isinstance(count, int) and count > len(findings):
        screen.note(_("그리고 {count}곳이 더 있습니다.", count=count - len(findings)))
