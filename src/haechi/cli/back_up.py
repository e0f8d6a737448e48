"""`haechi back-up`: a copy of the vault in another folder, encrypted as the vault is."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.progress import ShownProgress
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.errors import BackUpDamagedError
from haechi.language import _, korean

KEEP = 3


def back_up(
    folder: Annotated[Path, Parameter(help=korean("백업을 둘 폴더. 다른 디스크나 USB가 좋습니다."))],
    /,
    *,
    keep: Annotated[int, Parameter(help=korean("남겨 둘 백업의 수. 더 오래된 것은 지웁니다. 기본은 3"))] = KEEP,
    check: Annotated[bool, Parameter(help=korean("만들지 않고, 있는 백업을 모두 읽어 온전한지 봅니다."))] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Make a back-up, or check those that are there."""
    from haechi.bootstrap import backing_up

    folder = folder.expanduser()
    if check:
        with ShownProgress() as progress:
            found = backing_up.check_copies(folder, progress=progress)
        if wrong := list(dict.fromkeys(file for files in found.values() for file in files)):
            sound = ", ".join(str(number) for number, files in found.items() if not files)
            reason = "others" if sound else ""
            raise BackUpDamagedError(path=", ".join(wrong), reason=reason, numbers=sound)
        screen.title(_("백업 {count}개가 모두 온전합니다: {path}", count=len(found), path=folder))
        return
    if keep < 1:
        raise UsageError(_("--keep 은 1 이상이어야 합니다."))
    with opened(options) as vault, ShownProgress() as progress:
        made = backing_up.back_up(vault, folder, keep=keep, progress=progress)
    manifest = made.copy.manifest
    screen.title(_("백업을 만들었습니다: {path}", path=folder))
    screen.pairs(
        [
            (_("백업 번호"), f"{made.copy.number}"),
            (_("기록"), _("{count}줄", count=manifest.log_size)),
            (_("봉인된 파일 (똑같은 파일은 하나로 셈)"), f"{len(manifest.blobs):,}"),
        ]
    )
    if made.removed:
        screen.note(_("지운 오래된 백업: {numbers}", numbers=", ".join(map(str, made.removed))))
    if made.outdated:
        screen.note(
            _(
                "그중에는 금고에서 없앤 것이 아직 들어 있거나, 들어 있는지 읽을 수 없던 백업이 있었습니다. 이제 그것도 없습니다."
            )
        )
    if made.unreadable:
        screen.note(
            _(
                "주의: 전에 만든 백업 가운데 상해서 되살릴 수 없는 것: {numbers}",
                numbers=", ".join(map(str, made.unreadable)),
            )
        )
    screen.proven(
        [_("쓴 파일을 디스크에서 다시 읽어 같은지 확인했습니다. 백업은 금고와 똑같이 암호화되어 있습니다.")],
        [_("이 폴더를 가진 사람이 백업을 지우거나 예전 것으로 바꾸는 것은 막지 못합니다. 백업은 두 곳에 두세요.")],
    )
    screen.next_steps(
        [
            _("haechi restore {path} 새_금고_폴더 — 암호나 복구 키로 되살립니다. 새 컴퓨터에서도 됩니다.", path=folder),
            _("금고에서 무언가를 없앴다면 다른 곳의 예전 백업도 지우세요. 해치는 이 폴더의 것만 지웁니다."),
        ]
    )
