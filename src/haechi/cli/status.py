"""`haechi status`: how much is in the vault, without a name and without content."""

from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, moment, plain_json, size, written
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.note import NoteKey
from haechi.domain.sshkey import key_fingerprint
from haechi.domain.vault import Operation, VaultStatus
from haechi.language import _


def status(
    *,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Tell what the vault holds and where its log stands."""
    with opened(options, operation=Operation.READ) as vault:
        now = vault.status()
    if json:
        plain_json(now)
        return
    screen.title(_("금고: {path}", path=options.path))
    screen.pairs(
        [
            (_("사건"), f"{now.cases:,}"),
            (_("가져온 것"), f"{now.imports:,}"),
            (_("메시지"), f"{now.messages:,}"),
            (_("증거 (파일)"), f"{now.items:,}"),
            (_("그중 파일도 보관한 증거"), f"{now.sealed_items:,}"),
            (
                _("봉인된 파일 (똑같은 파일은 하나로 셈)"),
                _("{count} ({size})", count=now.sealed_files, size=size(now.blob_bytes)),
            ),
            (
                _("얼굴 특징"),
                _("{count}개 (생체 정보, {size})", count=now.features, size=size(now.feature_bytes)),
            ),
            (_("기록"), _("{count}줄, 마지막 {at}", count=now.log_size, at=written(now.last_entry_at))),
            (_("바깥의 확인"), _anchored(now)),
            (_("기록의 뿌리 해시"), now.log_root),
            (_("기록 서명 열쇠"), now.log_key),
            (_("증거 묶음 서명 열쇠"), key_fingerprint(NoteKey.parse(now.packet_key).public)),
        ]
    )
    screen.proven(
        [],
        [_("이 화면은 금고가 적어 둔 것을 그대로 보여 줍니다. 맞는지 다시 계산하려면 haechi verify 를 쓰세요.")],
    )
    screen.next_steps(_next_steps(now))


def _anchored(now: VaultStatus) -> str:
    """Say how far the log was confirmed by others."""
    if now.anchored_at is None:
        return _("아직 없음 (봉인은 되어 있음)")
    if not now.unanchored_entries:
        return _("끝까지 확인받음 ({at})", at=moment(now.anchored_at))
    return _(
        "{at} 까지. 그 뒤 {count}줄은 봉인되었고 아직 확인받지 않음",
        at=moment(now.anchored_at),
        count=now.unanchored_entries,
    )


def _next_steps(now: VaultStatus) -> list[str]:
    steps = []
    if now.features:
        steps.append(_("내 사진에서 뽑아 암호화해 둔 얼굴 특징을 모두 지우려면 haechi trace --forget 을 쓰세요."))
    if now.unfinished_imports:
        steps.append(
            _(
                "끝나지 않은 가져오기가 {count}개 있습니다. 같은 haechi import 명령을 다시 실행하면 이어집니다.",
                count=now.unfinished_imports,
            )
        )
    if now.waiting_requests:
        steps.append(
            _(
                "아직 답하지 않은 곳이 {count}곳 있습니다. haechi anchor 를 다시 실행하면 다시 묻습니다.",
                count=now.waiting_requests,
            )
        )
    if now.is_quorum_reached is False:
        steps.append(
            _("마지막 요약에는 정해 둔 규칙만큼 증인의 서명이 없습니다. haechi anchor 를 실행하면 다시 묻습니다.")
        )
    if now.dying_stamps:
        steps.append(
            _(
                "시점확인 {count}개의 인증서가 90일 안에 끝납니다. 기한이 더 긴 기관을 정하고 haechi anchor 를 실행하세요.",
                count=now.dying_stamps,
            )
        )
    return steps
