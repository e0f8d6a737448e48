"""`haechi open`: check the key and, where the system has a keyring, keep the vault open until `haechi lock`."""

from haechi.cli import screen
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.errors import KeyringUnavailableError, VaultOlderError
from haechi.domain.vault import Operation
from haechi.language import _
from haechi.language.errors import tell


def open_(*, options: VaultOptions = VaultOptions()) -> None:  # noqa: B008 - cyclopts fills it; it is frozen
    """Open the vault once to check the key, then hand the key to the system keyring."""
    try:
        _remember(options)
    except VaultOlderError:
        with opened(options):
            screen.line(
                _("이전 판의 해치가 만든 금고를 새 형식으로 바꿨습니다. 바꾸기 전의 사본은 다음에 열 때 없어집니다.")
            )
        _remember(options)


def _remember(options: VaultOptions) -> None:
    with opened(options, operation=Operation.READ) as vault:
        screen.title(_("열쇠가 맞습니다: {path}", path=options.path))
        try:
            vault.remember_key()
        except KeyringUnavailableError as error:
            for sentence in tell(error):
                screen.line(sentence)
            return
    screen.line(_("이제 이 컴퓨터의 열쇠고리가 열쇠를 갖고 있어서, 명령마다 암호를 묻지 않습니다."))
    screen.section(
        _("꼭 기억할 것"),
        [_("이 계정으로 로그인한 사람은 누구나 금고를 열 수 있습니다. 자리를 뜨기 전에 꼭 잠그세요.")],
    )
    screen.next_steps([_("haechi lock — 잠급니다.")])
