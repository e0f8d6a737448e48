"""`haechi share`: write hashes of what was found into files that a matcher takes, after showing what would be in them. It sends nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from haechi.cli import keys, questions, screen
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.bank import Depicted, SignalType, Tier
from haechi.domain.errors import PathMissingError, TargetExistsError
from haechi.domain.hash_list import ListFormat
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.flows.share_hashes import Chosen, Written

_SHOWN = 5
_DEPICTED = {Depicted.ADULT: korean("성인"), Depicted.MINOR: korean("미성년 (나이를 모르는 경우 포함)")}
_TIERS = {
    Tier.SELF_ASSERTED: korean("본인이나 가진 사람의 말"),
    Tier.WORKER_VERIFIED: korean("지원 기관이나 플랫폼의 담당자가 확인"),
    Tier.POLICE: korean("경찰이 확인"),
    Tier.REGULATOR: korean("규제 기관이 확인"),
}


def share(
    folder: Annotated[Path, Parameter(name="FOLDER", help=korean("파일을 만들 폴더. 이미 있는 폴더여야 합니다."))],
    /,
    *,
    case: Annotated[tuple[str, ...], Parameter(help=korean("어느 사건의 것인지. 여러 번 쓸 수 있습니다."))] = (),
    item: Annotated[
        tuple[str, ...],
        Parameter(help=korean("이 증거만. 번호는 haechi rooms 방_번호 로 봅니다. 여러 번 쓸 수 있습니다.")),
    ] = (),
    format_: Annotated[
        Literal["plain", "stopncii-json", "threatexchange-csv"],
        Parameter(name="--format", help=korean("파일의 형식. 받는 곳이 정해 준 것을 고르세요.")),
    ] = "plain",
    tier: Annotated[Tier, Parameter(help=korean("누가 확인한 것인지"))] = Tier.SELF_ASSERTED,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 만듭니다 (스크립트용)."))] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Write hashes, and nothing else, of what was found."""
    from haechi.bootstrap import sharing

    folder = folder.expanduser()
    if not folder.is_dir():
        raise PathMissingError(path=str(folder))
    options.require_outside(folder)
    with opened(options) as vault:
        cases = list(dict.fromkeys(need_case(vault, name) for name in case or (None,)))
        chosen = sharing.choose_hashes(vault, cases, item, ListFormat(format_))
        for one in chosen:
            if (folder / one.hashes.name).exists():
                raise TargetExistsError(path=str(folder / one.hashes.name))
        _preview(chosen, tier)
        _agree(yes=yes)
        written = sharing.share_hashes(vault, chosen, folder, tier=tier)
    _tell(written)


def _preview(chosen: "Sequence[Chosen]", tier: Tier) -> None:
    screen.title(_("이것이 파일에 들어갑니다"))
    for one in chosen:
        hashes = one.hashes
        screen.section(
            _("{name}: 해시 {count}개", name=hashes.name, count=len(hashes.signals)),
            [
                _("그림에 나온 사람: {who}", who=_(_DEPICTED[hashes.depicted])),
                _("누가 확인했나: {who}", who=_(_TIERS[tier])),
                _(
                    "고른 증거 {count}개 가운데 넣을 해시가 없는 것: {without}개",
                    count=hashes.items,
                    without=hashes.without,
                ),
                *(f"{kind.value}: {count:,}" for kind in SignalType if (count := _of(hashes.signals, kind))),
                *(f"{signal.type.value} {signal.value.hex()}" for signal in hashes.signals[:_SHOWN]),
            ],
        )
    screen.section(
        _("들어가지 않는 것"),
        [
            _("사진과 영상, 이름, 계정, 방, 메시지, 주소, 파일 이름, 시각, 사건 이름과 번호는 들어가지 않습니다."),
            _("내 사진은 --item 으로 직접 고른 것만 들어갑니다."),
        ],
    )
    screen.section(
        _("알아 둘 것"),
        [
            _(
                "해시로 사진을 되살릴 수는 없습니다. 그러나 같은 사진을 가진 사람은 그 사진이 이 목록에 있다는 것을 알 수 "
                "있습니다."
            ),
            _("준 파일은 되돌려 받을 수 없습니다. 믿을 수 있는 기관에만 주세요."),
        ],
    )


def _of(signals: Sequence[object], kind: SignalType) -> int:
    return sum(getattr(one, "type", None) is kind for one in signals)


def _agree(*, yes: bool) -> None:
    """Go on only with a yes. Raises `UsageError`."""
    if yes:
        return
    if not keys.can_ask():
        raise UsageError(_("확인하지 못해 만들지 않았습니다."), _("위의 목록이 맞으면 --yes 를 붙여 다시 실행하세요."))
    if questions.choose(_("위의 해시를 파일로 만들까요?"), [_("아니요"), _("예")], default=0) == 0:
        raise UsageError(_("만들지 않았습니다."), _("아무것도 바뀌지 않았습니다."))


def _tell(written: "Sequence[Written]") -> None:
    screen.line()
    screen.title(_("해시 파일을 만들었습니다. 보내지는 않았습니다."))
    for one in written:
        screen.pairs([(_("파일"), str(one.path)), (_("해시"), f"{one.hashes:,}"), ("SHA-256", one.digest)])
    screen.proven(
        [
            _(
                "이 파일을 만들었다는 것과 파일의 SHA-256이 기록에 남았습니다. 무엇이 들어갔는지는 기록에 드러나지 않습니다."
            )
        ],
        [
            _("받은 곳이 같은 사진을 찾았는지, 무엇을 했는지는 이것으로 알 수 없습니다."),
            _("많이 자르거나 크게 고친 사진은 이 해시로 찾지 못할 수 있습니다."),
        ],
    )
    screen.next_steps(
        [
            _("파일을 열어 읽어 보고, 지원 기관이나 플랫폼이 정해 준 방법으로 직접 전하세요."),
            _("성인과 미성년의 파일은 섞지 말고 따로 전하세요. 전한 뒤에는 지우거나 안전한 곳에 두세요."),
        ]
    )
