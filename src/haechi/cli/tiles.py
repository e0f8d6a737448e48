"""`haechi tiles`: the custody log as files that a partner can mirror and check, without a name or a word in it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.vaults import VaultOptions, opened
from haechi.language import _, korean


def tiles(
    folder: Annotated[Path, Parameter(help=korean("기록을 둘 폴더. 전에 만든 폴더면 늘어난 것만 더합니다."))],
    /,
    *,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Export the custody log as C2SP tlog-tiles; entries hold random numbers and salted hashes only."""
    from haechi.bootstrap.tiles import export_tiles

    folder = folder.expanduser()
    options.require_outside(folder)
    with opened(options) as vault:
        exported = export_tiles(vault, folder)
    screen.title(_("기록을 폴더에 썼습니다: {path}", path=folder))
    screen.pairs(
        [
            (_("기록의 줄"), f"{exported.entries:,}"),
            (_("더한 파일"), f"{exported.added:,}"),
            (_("기록의 열쇠"), exported.vkey),
        ]
    )
    screen.proven(
        [
            _(
                "이 폴더를 가진 사람은 나중의 기록이 이것을 그대로 이어 가는지, 되돌리거나 바꾸지 않았는지 확인할 수 있습니다."
            )
        ],
        [_("무엇을 넣었는지는 이것으로 알 수 없습니다. 이름도 내용도 없고, 무엇을 언제 했는지와 해시만 있습니다.")],
    )
