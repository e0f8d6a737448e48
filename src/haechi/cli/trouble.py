"""What a person is told when something goes wrong, and the exit code that scripts get.

Families of errors have fixed codes: 2 for a command that was typed wrongly,
3 not found, 4 cannot be read, 5 refused by the state of things, 6 try again,
130 interrupted, 1 for a mistake of haechi's own. No traceback is ever printed;
`--debug` prints where it happened, without values and without messages, since
both can hold what was in somebody's chat.
"""

import difflib
import errno
import hashlib
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from haechi.cli import screen
from haechi.domain.errors import (
    CertificateUnwrittenError,
    ConflictError,
    HaechiError,
    NotFoundError,
    PacketBrokenError,
    UnavailableError,
    UnsupportedError,
)
from haechi.language import _

if TYPE_CHECKING:
    from cyclopts import CycloptsError

EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
_AFTER_THE_RESULT = PacketBrokenError, CertificateUnwrittenError
"""Raised when the result stands on standard output already: a second JSON object would make that unreadable."""
EXITS = {NotFoundError: 3, UnsupportedError: 4, ConflictError: 5, UnavailableError: 6}


class UsageError(Exception):
    """The command cannot be carried out as typed; `sentence` and `remedy` are in the person's language already."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy


def explain(error: BaseException, *, debug: bool, as_json: bool) -> int:
    """Tell on standard error what went wrong and what to do, and return the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else EXIT_UNEXPECTED
    if isinstance(error, KeyboardInterrupt):
        if sys.stderr.isatty():
            print(file=sys.stderr)  # the terminal may stand behind a question
        screen.trouble(
            _("멈췄습니다. 저장되었다고 알린 것은 하나도 잃지 않았습니다."),
            _("같은 명령을 다시 실행하면 됩니다. 가져오기는 멈춘 곳부터 이어집니다."),
        )
        return EXIT_INTERRUPTED
    if debug:
        print(where(error), file=sys.stderr)
    if isinstance(error, HaechiError):
        return _known(error, as_json=as_json)
    if (usage := _usage(error)) is not None:
        screen.trouble(*usage)
        return EXIT_USAGE
    if isinstance(error, OSError) and (error.filename is not None or error.errno is not None):
        screen.trouble(*_disk(error))
        return EXITS[UnavailableError]
    screen.trouble(
        _("해치가 예상하지 못한 일이 생겼습니다. 번호: {code}", code=short_code(error)),
        _(
            "같은 명령에 --debug 를 붙이면 어디에서 멈췄는지 나옵니다. 대화나 사진의 내용은 나오지 않으니 그대로 알려 주셔도 됩니다."
        ),
    )
    return EXIT_UNEXPECTED


def _disk(error: OSError) -> tuple[str, str]:
    """Return what happened and what to do: by the file's name where the system told it, else by the error's."""
    if error.filename is not None:
        return (
            _("읽거나 쓸 수 없습니다: {path}", path=error.filename),
            _("이름, 권한, 디스크를 확인하고 같은 명령을 다시 실행하세요."),
        )
    return (
        _("디스크가 오류를 냈습니다: {name}", name=errno.errorcode.get(error.errno or 0, str(error.errno))),
        _(
            "이미 넣은 것은 그대로 있습니다. 디스크에 빈 곳이 있는지, 뽑히지 않았는지 보고 같은 명령을 다시 실행하세요. "
            "되풀이되면 금고 폴더를 다른 디스크에 복사해 두세요."
        ),
    )


def _known(error: HaechiError, *, as_json: bool) -> int:
    from haechi.cli.results import as_json as json_text
    from haechi.language.errors import tell

    what, remedy = tell(error)
    if as_json and not isinstance(error, _AFTER_THE_RESULT):
        body = {"error": {"code": error.code, "facts": error.facts, "sentence": what, "remedy": remedy}}
        print(json_text(body))
    screen.trouble(what, remedy)
    return next((code for family, code in EXITS.items() if isinstance(error, family)), EXIT_UNEXPECTED)


def where(error: BaseException) -> str:
    """Return file, line and function of each frame, and the types of the errors: no values, no messages."""
    lines = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        lines += [f"  {place(frame)} in {frame.name}" for frame in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines)


def short_code(error: BaseException) -> str:
    """Return a short code for the type of an error and the place it came from; the same mistake has the same code."""
    frames = traceback.extract_tb(error.__traceback__)
    raised_at = place(frames[-1]) if frames else ""
    return "H-" + hashlib.sha256(f"{type(error).__qualname__} {raised_at}".encode()).hexdigest()[:6].upper()


def place(frame: traceback.FrameSummary) -> str:
    """Return a frame's place from the package's own name on: what lies before it can name a person's home folder."""
    parts = Path(frame.filename).parts
    start = next((i for i, part in enumerate(parts) if part in ("site-packages", "src")), len(parts) - 2)
    return f"{'/'.join(parts[start + 1 :])}:{frame.lineno}"


def _usage(error: BaseException) -> tuple[str, str] | None:
    """Return what is wrong with a command as typed, or None when the error is of another kind."""
    if isinstance(error, UsageError):
        return error.sentence, error.remedy
    import cyclopts
    from pydantic import ValidationError

    help_line = _("haechi --help 나 haechi 명령 --help 로 쓰는 법을 볼 수 있습니다.")
    if isinstance(error, ValidationError):
        names = ", ".join("HAECHI_" + str(part["loc"][0]).upper() for part in error.errors() if part["loc"])
        return _("설정 값을 읽을 수 없습니다: {names}", names=names), help_line
    return (_typed_wrongly(error), help_line) if isinstance(error, cyclopts.CycloptsError) else None


def _typed_wrongly(error: "CycloptsError") -> str:
    import cyclopts

    from haechi.cli.app import COMMANDS, own_words

    command = " ".join(error.command_chain or ())
    name = error.argument.name if error.argument is not None else "?"
    match error:
        case cyclopts.UnknownCommandError():
            typed = (error.unused_tokens or [""])[0]
            told = _("그런 명령은 없습니다: {word}", word=typed)
            if near := difflib.get_close_matches(typed, COMMANDS, n=1):
                told += " " + _("(혹시 haechi {command}?)", command=near[0])
        case cyclopts.MissingArgumentError():
            told = _(
                "haechi {command} 에 필요한 것이 빠졌습니다: {name}",
                command=command,
                name=own_words(error.keyword or name),
            )
        case cyclopts.UnknownOptionError():
            told = _("그런 선택은 없습니다: {word}", word=error.token.keyword or error.token.value)
        case cyclopts.CoercionError() if error.token is not None:
            told = _("{name} 에 쓸 수 없는 값입니다: {value}", name=name, value=error.token.value)
        case cyclopts.UnusedCliTokensError():
            told = _("남는 말이 있습니다: {words}", words=" ".join(error.unused_tokens or ()))
        case _other:
            told = _("명령을 알아듣지 못했습니다: haechi {command}", command=command)
    return told
