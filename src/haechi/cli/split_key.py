"""`haechi split-key`: sheets for helpers, of which some together open the vault and one alone opens nothing."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import questions, screen
from haechi.cli.vaults import VaultOptions, opened_with
from haechi.language import _, korean

HELPERS = 3
NEEDED = 2


def split_key(
    folder: Annotated[Path, Parameter(help=korean("종이를 둘 새 폴더. 인쇄한 뒤 지우세요."))],
    /,
    *,
    helpers: Annotated[int, Parameter(help=korean("도우미의 수. 기본은 3"))] = HELPERS,
    needed: Annotated[int, Parameter(help=korean("몇 장이 모이면 열리는지. 기본은 2"))] = NEEDED,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 나눕니다. (스크립트용)"))] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Replace the recovery key by sheets for helpers."""
    from haechi.bootstrap.backing_up import check_split, split_recovery_key

    folder = folder.expanduser()
    options.require_outside(folder)
    check_split(folder, needed=needed, total=helpers)  # said before a passphrase is asked for
    given = options.typed_key()
    asked = _(
        "새 복구 키를 만들어 {total}장으로 나눕니다. 종이에 적어 둔 지금의 복구 키와 전에 만든 도우미 종이는 못 쓰게 됩니다.",
        total=helpers,
    )
    if not yes and not questions.confirmed(asked, _("나눕니다")):
        screen.note(_("아무것도 바꾸지 않았습니다."))
        return
    with opened_with(options, given) as vault:
        made = split_recovery_key(vault, folder, needed=needed, total=helpers)
    screen.title(_("도우미 종이 {total}장을 만들었습니다: {path}", total=len(made.sheets), path=folder))
    screen.proven(
        [
            _(
                "{needed}장이 모이면 이 금고가 열립니다. 한 장으로는 아무것도 알 수 없습니다. 전의 복구 키는 이제 쓸 수 없습니다.",
                needed=made.needed,
            )
        ],
        [
            _(
                "종이를 가진 사람 {needed}명이 당신 모르게 뜻을 모으면 금고를 열 수 있습니다. 서로 모르는, 믿을 만한 사람들에게 맡기세요.",
                needed=made.needed,
            ),
            _(
                "전에 만든 백업과 복사해 둔 금고 폴더는 이 종이로 열리지 않고, 전의 복구 키나 전의 종이로 여전히 열립니다."
            ),
        ],
    )
    screen.next_steps(
        [
            _("지금 인쇄해서 한 장씩 나누어 주고, 이 폴더를 지우세요: {path}", path=folder),
            _("haechi back-up 백업_폴더 — 이 종이로 열리는 백업을 새로 만듭니다."),
            _("쓸 때: 어느 명령에나 --recovery-sheets 를 붙이면 낱말을 묻습니다."),
        ]
    )
