"""Options that every command on a vault has, and how it opens the vault and finds the case."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from haechi.cli import keys, questions
from haechi.cli.trouble import UsageError
from haechi.domain.case import Case
from haechi.domain.errors import CaseMissingError, KeyMissingError, VaultMissingError, VaultReadOnlyError, WrongKeyError
from haechi.domain.vault import Operation
from haechi.language import _, korean
from haechi.ports.keys import GivenKey

if TYPE_CHECKING:
    from haechi.bootstrap import OpenVault

_GROUP = Group(korean("금고와 열쇠"), sort_key=9)


@Parameter(name="*")
@dataclass(frozen=True)
class VaultPlace:
    """Which vault."""

    vault: Annotated[
        Path | None, Parameter(group=_GROUP, help=korean("금고 폴더. 없으면 HAECHI_VAULT, 그것도 없으면 ~/haechi"))
    ] = None

    @property
    def path(self) -> Path:
        """The vault's folder: as typed, else as set."""
        from haechi.settings import Settings

        return (self.vault or Settings().vault).expanduser()

    def require_outside(self, target: Path) -> None:
        """Raise `UsageError` for a place in the vault's folder: what is not encrypted is never to lie in there."""
        if target.resolve().is_relative_to(self.path.resolve()):
            raise UsageError(
                _("금고 폴더 안에는 만들지 않습니다: {path}", path=target),
                _("금고 밖의 새 이름을 주세요. 아무것도 만들거나 바꾸지 않았습니다."),
            )


@Parameter(name="*")
@dataclass(frozen=True)
class NewVaultOptions(VaultPlace):
    """Which vault, and where a new passphrase comes from."""

    passphrase_file: Annotated[Path | None, Parameter(group=_GROUP, help=korean("첫 줄에 암호가 있는 파일"))] = None
    passphrase_fd: Annotated[
        int | None, Parameter(group=_GROUP, help=korean("암호를 읽을 파일 디스크립터 번호 (스크립트용)"))
    ] = None

    def given_key(self) -> str | None:
        """Return the key from the one source that was named, None when none was. Raises `UsageError` for two."""
        if sum(source is not None for source in self._sources()) > 1:
            raise UsageError(_("열쇠를 어디에서 읽을지 하나만 고르세요."))
        if self.passphrase_fd is not None:
            return keys.from_descriptor(self.passphrase_fd)
        file = next((source for source in self._sources() if isinstance(source, Path)), None)
        return keys.from_file(file) if file is not None else None

    def _sources(self) -> tuple[Path | int | None, ...]:
        return self.passphrase_file, self.passphrase_fd


@Parameter(name="*")
@dataclass(frozen=True)
class VaultOptions(NewVaultOptions):
    """Which vault, and where its key comes from. Without a source of the key, the keyring and then the person is asked."""

    recovery_key_file: Annotated[Path | None, Parameter(group=_GROUP, help=korean("첫 줄에 복구 키가 있는 파일"))] = (
        None
    )
    recovery_sheets: Annotated[
        bool, Parameter(group=_GROUP, help=korean("도우미들의 종이에 적힌 복구 낱말을 차례로 쳐서 엽니다."))
    ] = False
    recovery_sheets_file: Annotated[
        Path | None, Parameter(group=_GROUP, help=korean("한 줄에 도우미 종이 한 장의 복구 낱말이 있는 파일"))
    ] = None
    keyring: Annotated[
        bool, Parameter(group=_GROUP, help=korean("haechi open 이 운영체제 열쇠고리에 넣어 둔 열쇠만 씁니다."))
    ] = False

    def given_key(self) -> str | None:
        """Return the key from the one source that was named, None when none was. Raises `UsageError`, `SheetsRefusedError`."""
        given = super().given_key()
        if self.recovery_sheets_file is not None:
            return keys.from_sheets(self.recovery_sheets_file)
        return keys.asked_of_sheets() if self.recovery_sheets else given

    def _sources(self) -> tuple[Path | int | None, ...]:
        files = self.passphrase_file, self.recovery_key_file, self.recovery_sheets_file
        return *files, self.passphrase_fd, self.recovery_sheets or None, self.keyring or None

    def key(self) -> str | GivenKey:
        """Return the key to open the vault with. Raises `VaultMissingError` before anybody is asked for a passphrase."""
        from haechi import bootstrap

        if not self.path.exists():
            raise VaultMissingError(path=str(self.path))
        if (given := self.given_key()) is not None:
            return given
        remembered = bootstrap.recall_key(self.path, required=self.keyring)
        return remembered if remembered is not None else keys.asked()

    def typed_key(self) -> str:
        """Return a passphrase or recovery key that is given now: what the keyring keeps does not count. Raises as `key` does."""
        if not self.path.exists():
            raise VaultMissingError(path=str(self.path))
        if self.keyring:
            raise UsageError(_("이 일에는 암호를 새로 받아야 합니다. --keyring 을 빼고 다시 실행하세요."))
        given = self.given_key()
        if given is None and not keys.can_ask():
            raise KeyMissingError(reason="typed")
        return given if given is not None else keys.asked()

    @contextmanager
    def naming_sheets(self) -> Iterator[None]:
        """Say of a wrong key that helpers' sheets gave it, where they did: the words were typed right, or they gave none."""
        try:
            yield
        except WrongKeyError as error:
            if not (self.recovery_sheets or self.recovery_sheets_file is not None):
                raise
            raise WrongKeyError(reason="sheets") from error


@contextmanager
def opened(options: VaultOptions, *, operation: Operation = Operation.WRITE) -> Iterator["OpenVault"]:
    """Open the vault for the length of one command. What only reads can run beside others that only read."""
    from haechi import bootstrap

    with ExitStack() as stack:
        with options.naming_sheets():
            vault = stack.enter_context(bootstrap.open_vault(options.path, options.key(), operation=operation))
        yield vault


@contextmanager
def opened_to_record(options: VaultOptions) -> Iterator["OpenVault"]:
    """Open the vault for writing, or only for reading where nothing can be written: for what answers either way."""
    from haechi import bootstrap

    with ExitStack() as stack:
        key = options.key()
        with options.naming_sheets():
            try:
                vault = stack.enter_context(bootstrap.open_vault(options.path, key))
            except VaultReadOnlyError:
                vault = stack.enter_context(bootstrap.open_vault(options.path, key, operation=Operation.READ))
        yield vault


@contextmanager
def opened_with(options: VaultOptions, key: str) -> Iterator["OpenVault"]:
    """Open the vault for writing with a key that was typed just now."""
    from haechi import bootstrap

    with ExitStack() as stack:
        with options.naming_sheets():
            vault = stack.enter_context(bootstrap.open_vault(options.path, key))
        yield vault


def find_case(vault: "OpenVault", name: str | None) -> Case | None:
    """Return the case of this name, or the only one; None when the vault has none. Raises `CaseMissingError`, `UsageError`.

    With several cases and no name, the person is asked if there is one to ask.
    """
    from haechi.settings import Settings

    name = name or Settings().case
    cases = vault.cases()
    if name is not None:
        for case in cases:
            if name in (case.name, case.case_id):
                return case
        raise CaseMissingError(case=name)
    if len(cases) <= 1:
        return cases[0] if cases else None
    if not keys.can_ask():
        names = ", ".join(f"“{case.name}”" for case in cases)
        raise UsageError(_("사건이 여럿입니다: {names}", names=names), _("--case 로 하나를 고르세요."))
    return cases[questions.choose(_("어느 사건입니까?"), [case.name for case in cases])]


def need_case(vault: "OpenVault", name: str | None) -> Case:
    """Return the case as `find_case` does; raises `UsageError` when the vault has none yet."""
    if (case := find_case(vault, name)) is None:
        raise UsageError(_("이 금고에는 아직 사건이 없습니다."), _("먼저 haechi import 로 가진 것을 넣으세요."))
    return case
