"""`haechi lock`: make the system keyring forget the vault's key."""

from haechi.cli import screen
from haechi.cli.vaults import VaultPlace
from haechi.domain.errors import KeyringUnavailableError, VaultMissingError
from haechi.language import _


def lock(*, options: VaultPlace = VaultPlace()) -> None:  # noqa: B008 - cyclopts fills it; it is frozen
    """Forget the key, if it was remembered."""
    from haechi import bootstrap

    if not options.path.exists():
        raise VaultMissingError(path=str(options.path))
    try:
        was_open = bootstrap.forget_key(options.path)
    except KeyringUnavailableError:
        was_open = False
    if was_open:
        screen.title(_("잠갔습니다. 이제 암호나 복구 키가 있어야 열립니다: {path}", path=options.path))
    else:
        screen.title(_("이미 잠겨 있습니다: {path}", path=options.path))
