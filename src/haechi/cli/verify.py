"""`haechi verify`: everything in the vault computed again, and the first thing that is wrong named."""

from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.progress import ShownProgress
from haechi.cli.results import JSON_HELP, plain_json
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.vault import Operation
from haechi.language import _


def verify(
    *,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Verify the vault; exit code 5 and the place when something does not fit."""
    with opened(options, operation=Operation.READ) as vault, ShownProgress() as progress:
        found = vault.verify(progress=progress)
    if json:
        plain_json(found)
        return
    screen.title(_("금고의 기록이 모두 맞습니다."))
    screen.pairs(
        [
            (_("기록"), _("{count}줄", count=found.entries)),
            (_("메시지"), f"{found.messages:,}"),
            (_("증거 (파일)"), f"{found.items:,}"),
            (_("봉인된 파일"), f"{found.blobs:,}"),
        ]
    )
    screen.proven(
        [_("기록의 첫 줄부터 끝까지, 모든 증거와 메시지가 넣을 때 그대로입니다.")],
        [
            _(
                "금고 전체를 예전 복사본으로 되돌려 놓은 것은 이것만으로 알 수 없습니다. 예전에 만든 증거 묶음과 견주면 드러납니다."
            ),
            _("이 컴퓨터의 시계가 맞았는지는 알 수 없습니다."),
        ],
    )
