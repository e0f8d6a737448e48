"""Each verifier has words, in both languages, for everything that it can tell; those that travel use the same."""

import re

import pytest

from haechi.language import Language, current, findings, use
from haechi.ports.packets import EXPECTATION_CODES, FINDING_CODES, NOT_PROVEN_CODES, PROVEN_CODES
from packets.verifiers import VERIFY

KINDS = (FINDING_CODES, PROVEN_CODES, NOT_PROVEN_CODES, EXPECTATION_CODES, ("signer", "authority", "policy"))
NAMES = ("findings", "proven", "not proven", "intact", "options")
QUOTED = r'"((?:[^"\\]|\\.)*)"'
Words = dict[str, tuple[str, str]]


def between(name: str, start: str, end: str) -> str:
    text = (VERIFY / name).read_text(encoding="utf-8-sig")
    return text[text.index(start) :].partition(end)[0]


def of_page() -> list[Words]:
    row = re.compile(rf'^  "([a-z-]+)": \[{QUOTED}, {QUOTED}\],$', re.MULTILINE)
    parts = [
        between("verify.html", f"const {name} = {{", "\n};")
        for name in ("WORDS", "SHOWN", "NOT_SHOWN", "INTACT", "OPTIONS")
    ]
    return [{code: (ko, en) for code, ko, en in row.findall(part)} for part in parts]


def of_powershell() -> list[Words]:
    row = re.compile(rf'^    \{{ "([a-z-]+)", new string\[\] \{{ {QUOTED}, {QUOTED} \}} \}},$', re.MULTILINE)
    parts = [
        between("verify.ps1", f"> {name} = new", "\n  };")
        for name in ("Findings", "Shown", "NotShown", "Intact", "Options")
    ]
    return [{code: (ko, en) for code, ko, en in row.findall(part)} for part in parts]


def of_shell() -> list[Words]:
    row = re.compile(r"""^    ([a-z-]+)\) ko=(['"])(.*?)\2 en=(['"])(.*?)\4 ;;$""", re.MULTILINE)
    parts = [between("verify.sh", f"\n{name}() {{", "\n}\n") for name in SHELL]
    return [
        {code: (re.sub(r"\$(\w+?)(?![a-z])", r"{\1}", ko), re.sub(r"\$(\w+)", r"{\1}", en)) for code, _, ko, _, en in row.findall(part)}
        for part in parts
    ]  # fmt: skip


SHELL = ("words", "say_shown", "say_not_shown", "say_intact", "say_option")
TRAVELLING = {"verify.html": of_page, "verify.ps1": of_powershell, "verify.sh": of_shell}


def of_python(module) -> tuple[Words, ...]:
    return module.WORDS, module.SHOWN, module.NOT_SHOWN, module.INTACT, module.OPTIONS


@pytest.mark.parametrize("kind", range(5), ids=NAMES)
def test_python_has_words_for_every_code_in_both_languages(travelling, kind):
    said = of_python(travelling)[kind]
    assert set(said) == set(KINDS[kind])
    assert all(re.search("[가-힣]", ko) and not re.search("[가-힣]", en) and en for ko, en in said.values())


@pytest.mark.parametrize("name", TRAVELLING)
@pytest.mark.parametrize("kind", range(5), ids=NAMES)
def test_what_travels_says_the_same_words(travelling, name, kind):
    assert TRAVELLING[name]()[kind] == of_python(travelling)[kind]


@pytest.mark.parametrize("language", Language)
def test_haechi_has_words_for_every_code_in_both_languages(language):
    before, facts = current(), dict.fromkeys(("count", "entries", "at", "name", "certificate", "signer"), "1")
    use(language)
    try:
        told = [findings.tell(code, "1") for code in FINDING_CODES]
        told += [findings.tell_claim(code, facts) for code in PROVEN_CODES]
        told += [findings.tell_not_proven(code) for code in NOT_PROVEN_CODES]
    finally:
        use(before)
    assert [one for one in told if bool(re.search("[가-힣]", one)) != (language is Language.KO)] == []
    assert set(FINDING_CODES) <= set(findings.FINDINGS)
