"""Where a passphrase or recovery key comes from: a question, a file, a descriptor or the system keyring. Never an argument.

An argument would stand in the shell's history and in the process list of
everybody on the machine.
"""

import getpass
import os
import sys
from pathlib import Path

from haechi.cli.trouble import UsageError
from haechi.domain.errors import KeyMissingError, PathMissingError, SheetsRefusedError
from haechi.language import _

MOST_KEY_BYTES = 4096
ASK_AGAIN = 3


def from_file(path: Path) -> str:
    """Return the first line of the file. Raises `PathMissingError`, `KeyMissingError`."""
    try:
        with path.expanduser().open("rb") as stream:
            line = _first_line(stream.read(MOST_KEY_BYTES + 1))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PathMissingError(path=str(path)) from error
    if line is None:
        raise KeyMissingError(reason="file", path=str(path))
    return line


def from_sheets(path: Path) -> str:
    """Return the recovery key that the sheets in the file give, one sheet a line. Raises `SheetsRefusedError`."""
    from haechi.bootstrap.backing_up import join_sheets

    try:
        with path.expanduser().open("rb") as stream:
            text = stream.read(MOST_KEY_BYTES + 1).decode("utf-8", "replace")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PathMissingError(path=str(path)) from error
    return join_sheets([line for line in text.splitlines() if line.strip()])


def asked_of_sheets() -> str:
    """Return the recovery key that the sheets give which the person types, as soon as there are enough; an empty line ends them.

    A sheet that is misread is asked for again: they are typed unseen, some twenty words each. Raises `SheetsRefusedError`.
    """
    from haechi.bootstrap.backing_up import join_sheets
    from haechi.language.errors import tell

    texts: list[str] = []
    while text := _prompt(_("종이 {number}의 낱말 (다 쳤으면 그냥 Enter): ", number=len(texts) + 1)).strip():
        try:
            return join_sheets([*texts, text])
        except SheetsRefusedError as error:
            reason = error.facts["reason"]
            if reason == "few":
                texts.append(text)
            elif reason == "sheet":
                print("\n".join(tell(error)), file=sys.stderr)
            else:
                raise
    return join_sheets(texts)


def from_descriptor(number: int) -> str:
    """Return the first line that can be read from an open file descriptor, and close it."""
    try:
        with os.fdopen(number, "rb") as stream:
            line = _first_line(stream.read(MOST_KEY_BYTES + 1))
    except OSError as error:
        raise KeyMissingError(reason="descriptor") from error
    if line is None:
        raise KeyMissingError(reason="descriptor")
    return line


def asked() -> str:
    """Return what the person types at the prompt: passphrase or recovery key. Raises `KeyMissingError`, `UsageError`."""
    return _prompt(_("암호 (또는 복구 키): "))


def asked_of(name: str, *, option: str) -> str:
    """Return what another person types at the prompt: their own passphrase. `option` would have given it.

    Raises `KeyMissingError`, `UsageError`.
    """
    return _prompt(_("{name}의 암호: ", name=name), option)


def asked_twice(*, option: str = "") -> str:
    """Return a new passphrase, typed the same twice in a row. `option` would have given it.

    Raises `KeyMissingError`, `UsageError`.
    """
    for _attempt in range(ASK_AGAIN):
        first = _prompt(_("새 암호: "), option)
        if first == _prompt(_("한 번 더: "), option):
            return first
        print(_("두 번 입력한 것이 서로 다릅니다."), file=sys.stderr)
    raise UsageError(_("두 번 입력한 것이 서로 다릅니다."), _("천천히 다시 해도 됩니다. 아무것도 만들지 않았습니다."))


def can_ask() -> bool:
    """Say whether somebody is there to be asked: both input and errors are a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _prompt(words: str, option: str = "") -> str:
    if not can_ask():
        raise KeyMissingError(reason="option", option=option) if option else KeyMissingError()
    try:
        return getpass.getpass(words, stream=sys.stderr)
    except EOFError as error:
        print(file=sys.stderr)
        told = _("답을 받지 못했습니다."), _("아무것도 읽거나 바꾸지 않았습니다. 언제든 다시 해도 됩니다.")
        raise UsageError(*told) from error


def _first_line(content: bytes) -> str | None:
    """Return the first line, None when it is no key; a byte order mark, which Windows editors write, is no part of it."""
    line = content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].removesuffix(b"\r")
    if len(content) > MOST_KEY_BYTES and len(line) > MOST_KEY_BYTES:
        return None
    try:
        return line.decode() or None
    except UnicodeDecodeError:
        return None
