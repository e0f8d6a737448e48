"""`haechi status`: how much is in the vault, without a name and without content."""

from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, plain_json, size
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.note import NoteKey
from haechi.domain.sshkey import key_fingerprint
from haechi.domain.vault import Operation
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
            (_("그중 봉인된 파일"), _("{count} ({size})", count=now.sealed_items, size=size(now.blob_bytes))),
            (_("기록"), _("{count}줄, 마지막 {at}", count=now.log_size, at=now.last_entry_at or "-")),
            (_("기록의 뿌리 해시"), now.log_root),
            (_("기록 서명 열쇠"), now.log_key),
            (_("증거 묶음 서명 열쇠"), key_fingerprint(NoteKey.parse(now.packet_key).public)),
        ]
    )
    screen.proven(
        [],
        [_("이 화면은 금고가 적어 둔 것을 그대로 보여 줍니다. 맞는지 다시 계산하려면 haechi verify 를 쓰세요.")],
    )
    if now.unfinished_imports:
        screen.next_steps(
            [
                _(
                    "끝나지 않은 가져오기가 {count}개 있습니다. 같은 haechi import 명령을 다시 실행하면 이어집니다.",
                    count=now.unfinished_imports,
                )
            ]
        )
