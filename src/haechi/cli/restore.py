"""`haechi restore`: the vault put back from a back-up, on this machine or a new one."""

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import keys, screen
from haechi.cli.progress import ShownProgress
from haechi.cli.results import written
from haechi.cli.vaults import VaultOptions
from haechi.domain.errors import KeyMissingError
from haechi.language import _, korean
from haechi.ports.keys import GivenKey


def restore(
    folder: Annotated[Path, Parameter(help=korean("백업이 있는 폴더"))],
    target: Annotated[Path, Parameter(help=korean("되살린 금고를 둘 새 폴더"))],
    /,
    *,
    copy: Annotated[int | None, Parameter(help=korean("몇 번 백업을 되살릴지. 없으면 가장 새것"))] = None,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Restore a vault, then verify it from its first entry on."""
    from haechi import bootstrap
    from haechi.bootstrap import backing_up

    folder, target = folder.expanduser(), target.expanduser()
    # Said before a passphrase is asked for.
    backing_up.choose_copy(folder, copy)
    backing_up.check_target(target)
    typed = options.given_key()
    if typed is None and not keys.can_ask():
        raise KeyMissingError
    given = GivenKey(text=typed if typed is not None else keys.asked())
    with ShownProgress() as progress:
        with options.naming_sheets():
            made = backing_up.restore(folder, target, given, number=copy, progress=progress)
        with bootstrap.open_vault(target, given) as vault:
            found = vault.verify(progress=progress)
    screen.title(_("금고를 되살렸습니다: {path}", path=target))
    screen.pairs(
        [
            (_("백업 번호"), f"{made.number}"),
            (_("백업을 만든 때"), written(made.manifest.made_at)),
            (_("기록"), _("{count}줄", count=found.entries)),
            (_("메시지"), f"{found.messages:,}"),
            (_("증거 (파일)"), f"{found.items:,}"),
        ]
    )
    screen.proven(
        [_("되살린 금고의 기록을 첫 줄부터 다시 계산해 모두 맞는 것을 확인했습니다.")],
        [
            _("백업한 뒤에 넣은 것은 들어 있지 않습니다."),
            _(
                "이 백업이 가장 새것인지는 이것만으로 알 수 없습니다. 나중에 만든 증거 묶음이나 증인과 견주면 드러납니다."
            ),
        ],
    )
    screen.next_steps(
        [
            _("예전 금고가 아직 있다면 하나만 계속 쓰세요. 둘에 따로 넣으면 기록이 갈라져 의심을 삽니다."),
            _("쓰기 전에: export HAECHI_VAULT={path}", path=shlex.quote(str(target.absolute()))),
        ]
    )
