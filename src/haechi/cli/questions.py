"""What a person is asked before any content is read: how old the person in the pictures is, and what may be kept.

Whoever does not answer, does not know, or cannot be asked gets the safe answer:
nothing of a picture is kept.
"""

import sys
from collections.abc import Sequence

from haechi.cli import keys, screen
from haechi.cli.trouble import UsageError
from haechi.domain.case import Age, CustodyMode
from haechi.language import _, korean
from haechi.language.words import AGES

ASK_AGAIN = 3
CONSENT = korean("나는 19세 이상이고, 이 사건의 사진과 영상을 암호화해서 이 금고에 보관하는 데 동의합니다.")


def choose(question: str, answers: Sequence[str], *, default: int | None = None) -> int:
    """Return the position of the chosen answer; an empty line is `default`. Raises `UsageError` after three tries."""
    screen.note(question)
    for number, answer in enumerate(answers, 1):
        screen.note(f"  {number}. {answer}")
    hint = "" if default is None else _(" (그냥 Enter: {number})", number=default + 1)
    for _attempt in range(ASK_AGAIN):
        answer = _read(_("번호{hint}: ", hint=hint))
        if not answer and default is not None:
            return default
        if answer.isdecimal() and 1 <= int(answer) <= len(answers):
            return int(answer) - 1
        screen.note(_("1부터 {count} 사이의 번호를 눌러 주세요.", count=len(answers)))
    raise UsageError(_("답을 알아듣지 못했습니다."), _("아무것도 읽거나 바꾸지 않았습니다. 언제든 다시 해도 됩니다."))


def text(question: str, *, default: str = "") -> str:
    """Return a line that the person types, or `default` for an empty one."""
    hint = f" [{default}]" if default else ""
    return _read(f"{question}{hint}: ").strip() or default


def age() -> Age:
    """Ask how old the depicted person is. Nobody to ask is `unknown`."""
    if not keys.can_ask():
        return Age.UNKNOWN
    ages = [Age.ADULT, Age.MINOR, Age.UNKNOWN]
    asked = _("사진이나 영상 속 사람은 몇 살입니까? 누구의 것이든, 가장 어린 사람을 기준으로 답하세요.")
    return ages[choose(asked, [_(AGES[one]) for one in ages], default=2)]


def mode(of: Age) -> tuple[CustodyMode, str]:
    """Ask whether pictures may be kept, and for the words of consent. Only an adult is asked."""
    if of is not Age.ADULT or not keys.can_ask():
        return CustodyMode.REFERENCE_ONLY, ""
    asked = _("사진과 영상을 어떻게 할까요?")
    answers = [
        _("기록만 합니다. 사진과 영상은 어디에도 저장하지 않습니다."),
        _("암호화해서 함께 보관합니다. 당사자가 동의한 때에만 고르세요."),
    ]
    if choose(asked, answers, default=0) == 0:
        return CustodyMode.REFERENCE_ONLY, ""
    if agreed := consent():
        return CustodyMode.SEALED, agreed
    screen.note(_("동의가 없으므로 기록만 합니다."))
    return CustodyMode.REFERENCE_ONLY, ""


def consent() -> str:
    """Ask for consent to sealing and return its words; nothing when it is not given or nobody is there."""
    if not keys.can_ask():
        return ""
    screen.note(_(CONSENT))
    word = _("동의합니다")
    if text(_("맞으면 “{word}” 라고 그대로 쓰세요", word=word)) != word:
        return ""
    return _(CONSENT)


def confirmed(question: str, word: str) -> bool:
    """Say whether the person types `word` as it is. Raises `UsageError` when nobody is there to be asked."""
    if not keys.can_ask():
        raise UsageError(
            _("되돌릴 수 없는 일이라 먼저 확인해야 하는데, 물어볼 사람이 없습니다."),
            _("스크립트에서 쓰려면 --yes 를 붙이세요. 아무것도 바꾸지 않았습니다."),
        )
    screen.note(question)
    return text(_("그렇게 하려면 “{word}” 라고 그대로 쓰세요", word=word)) == word


def _read(words: str) -> str:
    print(words, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise UsageError(_("답을 받지 못했습니다."), _("아무것도 읽거나 바꾸지 않았습니다. 언제든 다시 해도 됩니다."))
    return line.rstrip("\r\n")
