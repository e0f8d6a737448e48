"""`haechi packet`: the folder that police, a lawyer or a centre gets, checkable with programs they have."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.progress import ShownProgress
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.packet import Selection
from haechi.domain.sshkey import key_fingerprint
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.flows.build_packet import Built


def packet(
    target: Annotated[Path, Parameter(help=korean("증거 묶음을 만들 새 폴더"))],
    /,
    *,
    case: Annotated[str | None, Parameter(help=korean("어느 사건의 묶음인지"))] = None,
    room: Annotated[
        tuple[str, ...],
        Parameter(help=korean("이 방의 메시지만. 방 번호는 haechi rooms 로 봅니다. 여러 번 쓸 수 있습니다.")),
    ] = (),
    message: Annotated[
        tuple[str, ...],
        Parameter(
            help=korean("이 메시지만, 방:번호 로. 번호는 haechi rooms 방_번호 로 봅니다. 여러 번 쓸 수 있습니다.")
        ),
    ] = (),
    item: Annotated[
        tuple[str, ...],
        Parameter(help=korean("이 증거만. 번호는 haechi rooms 방_번호 로 봅니다. 여러 번 쓸 수 있습니다.")),
    ] = (),
    with_own_photos: Annotated[
        bool,
        Parameter(help=korean("봉인된 내 사진 파일도 넣습니다. 찍은 곳 같은 정보가 파일에 남아 있을 수 있습니다.")),
    ] = False,
    prove_messages: Annotated[
        bool,
        Parameter(
            help=korean(
                "모든 메시지를 원문과 증명으로 넣습니다. 일부만 고르면 고른 메시지는 이것 없이도 증명이 붙고, 나머지는 "
                "드러나지 않습니다."
            )
        ),
    ] = False,
    redacted_only: Annotated[
        bool,
        Parameter(
            help=korean(
                "가린 사본이 있는 사진과 메시지는 원본 없이 가린 사본만 넣습니다. 붙이지 않으면 원본도 들어갑니다."
            )
        ),
    ] = False,
    with_trace_pictures: Annotated[
        bool,
        Parameter(
            help=korean(
                "haechi trace 로 견준 결과에 작은 그림을 싣습니다. 찾은 사진은 견준 얼굴 부분만 나옵니다. "
                "암호화 보관에서만 되고, --reason 이 있어야 합니다."
            )
        ),
    ] = False,
    reason: Annotated[
        str | None, Parameter(help=korean("그림을 싣는 까닭. 보관 기록에 남고 묶음에는 들어가지 않습니다."))
    ] = None,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Make a packet of a whole case, or of the rooms, messages and items named."""
    from haechi.bootstrap.packets import build_packet

    if reason is not None and not with_trace_pictures:
        raise UsageError(_("--reason 은 --with-trace-pictures 와 함께 씁니다."))
    target = target.expanduser()
    options.require_outside(target)
    selection = Selection(frozenset(room), frozenset(_message(one) for one in message), frozenset(item))
    with opened(options) as vault:
        chosen = need_case(vault, case)
        with ShownProgress() as progress:
            built = build_packet(
                vault,
                chosen,
                target,
                selection=selection,
                with_own_photos=with_own_photos,
                prove_messages=prove_messages,
                redacted_only=redacted_only,
                pictures_reason=(reason or "") if with_trace_pictures else None,
                progress=progress,
            )
    signer = key_fingerprint(built.signer_public)
    screen.title(_("증거 묶음을 만들었습니다: {path}", path=built.path))
    screen.pairs(
        [
            (_("묶음 번호"), built.packet_id),
            (_("증거"), f"{built.exhibits:,}"),
            (_("메시지"), f"{built.messages:,}"),
            (_("증명이 붙은 메시지"), f"{built.disclosed:,}"),
            (_("가린 사본"), f"{built.derivatives:,}"),
            (_("같은 사진 묶음"), f"{built.groups:,}"),
            (_("바깥에서 확인받은 기록"), f"{built.anchors:,}"),
            (_("묶음의 해시"), built.digest),
            (_("서명한 열쇠"), signer),
        ]
    )
    _tell_traces(built)
    _tell_originals(built.originals, copies=built.derivatives, redacted_only=redacted_only)
    screen.proven(
        [
            _("묶음의 파일이 하나라도 바뀌거나 빠지거나 더해지면 드러납니다. 확인하는 데 해치가 필요하지 않습니다."),
            _("묶음의 해시와 서명한 열쇠를 종이에 적어 함께 내면, 묶음을 통째로 바꿔치기해도 드러납니다."),
        ],
        [
            _("누가 만들거나 퍼뜨렸는지, 적힌 이름이 누구인지는 알 수 없습니다."),
            _("적힌 시각은 대화 파일과 이 컴퓨터 시계의 것입니다.")
            if built.anchors
            else _(
                "적힌 시각은 대화 파일과 이 컴퓨터 시계의 것입니다. 바깥의 시점확인은 붙어 있지 않습니다. "
                "haechi anchor 로 받은 뒤에 다시 만들 수 있습니다."
            ),
        ],
    )
    screen.next_steps(
        [
            _("data/report 의 report.pdf 를 열어 읽어 보고, hash-confirmation.pdf 를 인쇄해 서명하세요."),
            _(
                "경찰서에서: 이 폴더에서 bash verify/verify.sh --signer {signer} — 컴퓨터에 이미 있는 프로그램만 씁니다.",
                signer=signer,
            ),
            _("이 폴더는 암호화되어 있지 않습니다. 낸 뒤에는 지우거나 안전한 곳에 두세요."),
        ]
    )


def _tell_traces(built: "Built") -> None:
    """Say what the pages on traced pictures show, and whether pictures are on them."""
    if not built.traces:
        return
    rows = [
        _(
            "견주어 본 증거 {traces}점의 결과가 들어 있습니다. 그 가운데 {pages}점이 내 사진과 이어집니다: data/traces/exhibit.pdf",
            traces=built.traces,
            pages=built.traced_from,
        )
    ]
    if built.trace_pictures:
        rows.append(
            _("작은 그림이 실린 쪽이 {count}쪽 있습니다. 까닭을 기록에 남겼습니다.", count=built.trace_pictures)
        )
    else:
        rows.append(_("사진은 한 점도 실려 있지 않습니다."))
    screen.section(_("내 사진과 견준 결과"), rows)


def _tell_originals(originals: Sequence[str], *, copies: int, redacted_only: bool) -> None:
    """Say, wherever there are redacted copies, whether the originals lie beside them."""
    if originals:
        screen.section(
            _("가리지 않은 원본도 들어 있습니다"),
            [
                _("가린 사본이 있는데 원본도 함께 들어간 것: {numbers}", numbers=", ".join(originals)),
                _("가린 사본만 내려면 --redacted-only 를 붙여 새 폴더에 다시 만드세요."),
            ],
        )
    elif redacted_only and copies:
        screen.section(
            _("가린 사본만 들어 있습니다"),
            [
                _(
                    "가린 사본이 있는 사진의 원본과 그 사진의 다른 사본, 가린 사본이 있는 메시지와 그것이 든 대화 파일은 "
                    "들어가지 않았습니다."
                ),
                _(
                    "남은 메시지의 글이나 다른 파일에 같은 이야기가 있는지는 해치가 알지 못합니다. 보고서를 읽어 보세요."
                ),
            ],
        )


def _message(word: str) -> tuple[str, str]:
    """Return room key and message number; a room key may hold colons, a message number none."""
    room, colon, number = word.rpartition(":")
    if not colon or not room or not number:
        raise UsageError(_("메시지는 방:번호 로 씁니다. 받은 것: {word}", word=word))
    return room, number
