"""`haechi key`: another passphrase, or another recovery key, in the place of the one there is."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import keys, questions, screen
from haechi.cli.vaults import VaultOptions, opened_with
from haechi.language import _, korean


class Change(StrEnum):
    """What is changed."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the word, not one
    RECOVERY = "recovery"


def key(
    what: Annotated[Change, Parameter(help=korean("passphrase(암호) 또는 recovery(복구 키)"), show_choices=False)],
    /,
    *,
    new_passphrase_file: Annotated[Path | None, Parameter(help=korean("첫 줄에 새 암호가 있는 파일"))] = None,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 바꿉니다. (스크립트용)"))] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Change the passphrase that is given, or the recovery key."""
    given = options.typed_key()
    if what is Change.PASSPHRASE:
        _change_passphrase(options, given, new_passphrase_file)
    else:
        _change_recovery_key(options, given, asks=not yes)


def _change_passphrase(options: VaultOptions, given: str, file: Path | None) -> None:
    from haechi.bootstrap.people import change_passphrase

    with opened_with(options, given) as vault:
        if file is None and keys.can_ask():
            screen.note(_("새 암호를 정하세요. 서로 상관없는 낱말 서너 개(10자 이상)가 좋습니다."))
        change_passphrase(
            vault, given, keys.from_file(file) if file is not None else keys.asked_twice(option="--new-passphrase-file")
        )
    screen.title(_("암호를 바꾸었습니다. 전의 암호로는 이 금고가 더는 열리지 않습니다."))
    screen.line(_("복구 키는 그대로입니다."))
    _tell_limits()


def _change_recovery_key(options: VaultOptions, given: str, *, asks: bool) -> None:
    from haechi.bootstrap.people import new_recovery_key

    if asks and not questions.confirmed(
        _(
            "새 복구 키를 만듭니다. 종이에 적어 둔 지금의 복구 키는 못 쓰게 됩니다. 도우미들에게 나누어 준 종이(haechi split-key)가 "
            "있다면 그것으로도 더는 열 수 없습니다."
        ),
        _("바꿉니다"),
    ):
        screen.note(_("아무것도 바꾸지 않았습니다."))
        return
    with opened_with(options, given) as vault:
        made = new_recovery_key(vault)
    screen.title(_("복구 키를 바꾸었습니다."))
    screen.section(
        _("새 복구 키"),
        [
            made,
            _("지금 종이에 적으세요. 다시는 보여 주지 않습니다. 전에 적은 종이는 없애세요."),
            _(
                "도우미들의 종이를 만든 적이 있다면 이제 쓸 수 없습니다. 다시 나누려면 haechi split-key 새_폴더 를 하고, 전의 종이는 "
                "돌려받아 없애세요."
            ),
        ],
        mark=" ",
    )
    _tell_limits()


def _tell_limits() -> None:
    screen.section(
        _("꼭 기억할 것"),
        [
            _("전에 복사해 둔 금고 폴더나 백업은 전의 것으로 여전히 열립니다. 필요 없으면 없애세요."),
            _("haechi open 으로 열어 둔 컴퓨터가 있으면 그곳에서 haechi lock 을 하세요."),
        ],
    )
