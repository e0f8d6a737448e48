"""`haechi create`: a new vault, and the recovery key that is shown once."""

from haechi.cli import keys, screen
from haechi.cli.vaults import NewVaultOptions
from haechi.domain.errors import KeyMissingError, VaultExistsError
from haechi.language import _


def create(*, options: NewVaultOptions = NewVaultOptions()) -> None:  # noqa: B008 - cyclopts fills it; it is frozen
    """Make a vault in a new folder and print its recovery key."""
    from haechi import bootstrap

    if options.path.exists() and (not options.path.is_dir() or any(options.path.iterdir())):
        raise VaultExistsError(path=str(options.path))  # said before a passphrase is thought up
    given = options.given_key()
    if given is None and not keys.can_ask():
        raise KeyMissingError(reason="new")
    if given is None:
        screen.note(
            _(
                "이 금고를 열 암호를 정하세요. 서로 상관없는 낱말 서너 개(10자 이상)가 좋습니다. 화면에는 보이지 않습니다."
            )
        )
        given = keys.asked_twice()
    made = bootstrap.create_vault(options.path, passphrase=given)
    screen.title(_("금고를 만들었습니다: {path}", path=options.path))
    screen.section(
        _("복구 키"),
        [
            made.recovery_key,
            _("지금 종이에 적으세요. 다시는 보여 주지 않습니다. 암호를 잊어도 이것으로 열 수 있습니다."),
        ],
        mark=" ",
    )
    screen.section(
        _("꼭 기억할 것"),
        [
            _("암호와 복구 키를 둘 다 잃으면 아무도 이 금고를 열 수 없습니다. 만든 사람도 못 엽니다."),
            _(
                "이 컴퓨터를 다른 사람이 몰래 들여다본다면, 암호를 치는 것도 볼 수 있습니다. 그럴 때는 다른 컴퓨터를 쓰세요."
            ),
        ],
    )
    screen.next_steps([_("haechi import 내보낸_폴더 — 가진 것을 넣습니다.")])
