"""`haechi case`: list the cases, open one, or change how it is kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import handover, questions, screen
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.case import Age, Case, CustodyMode
from haechi.language import _, korean
from haechi.language import words as word

if TYPE_CHECKING:
    from haechi.bootstrap import OpenVault

AGE_HELP = korean("사진 속 가장 어린 사람의 나이: adult(19세 이상), minor, unknown. 모르면 19세 미만으로 봅니다.")
MODE_HELP = korean("보관 방식: reference-only(기록만), sealed(암호화해서 보관), authority(경찰과 공공기관)")
READER_HELP = korean(
    "앞으로 봉인할 파일을 열 수 있는 사람: haechi recipient 의 이름이나 age1… 열쇠. 여러 번 쓸 수 있습니다."
)
WRITE_ONLY_HELP = korean(
    "앞으로 봉인할 파일을 --reader 로 정한 사람만 열게 합니다. 이 금고로는 다시 열 수 없습니다. "
    "메시지 글은 여전히 이 금고에서 읽을 수 있습니다."
)
CONSENT_HELP = korean("당사자의 동의, 또는 authority 의 법적 근거. 적은 그대로 금고에 남습니다.")


def case(
    name: Annotated[str | None, Parameter(help=korean("사건 이름. 없으면 목록을 보여 줍니다."))] = None,
    /,
    *,
    mode: Annotated[CustodyMode | None, Parameter(help=MODE_HELP, show_choices=False)] = None,
    age: Annotated[Age | None, Parameter(help=AGE_HELP, show_choices=False)] = None,
    consent: Annotated[str, Parameter(help=CONSENT_HELP)] = "",
    reason: Annotated[str, Parameter(help=korean("보관 방식을 바꾸는 이유. 기록에 남습니다."))] = "",
    reader: Annotated[tuple[str, ...], Parameter(help=READER_HELP)] = (),
    write_only: Annotated[bool, Parameter(help=WRITE_ONLY_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the cases or open the one named, and name who can open its files."""
    from haechi.bootstrap import handing_over

    if name is None and (reader or write_only):
        raise UsageError(_("어느 사건의 파일을 누가 열 수 있는지 정하려면 사건 이름을 쓰세요."))
    with opened(options) as vault:
        if name is None:
            _list(vault.cases())
            return
        known = next((one for one in vault.cases() if one.name == name), None)
        if known is None:
            chosen = open_case(vault, name, mode=mode, age=age, consent=consent)
        else:
            chosen = change_case(vault, known, mode=mode, age=age, consent=consent, reason=reason)
        if reader or write_only:
            handing_over.set_readers(vault, chosen, reader, write_only=write_only)
        readers = handing_over.readers(vault, chosen)
    tell(chosen)
    tell_readers(readers)


def open_case(vault: "OpenVault", name: str, *, mode: CustodyMode | None, age: Age | None, consent: str) -> Case:
    """Open a case. What was not said is asked; what nobody answers is the safe answer. Raises `ModeRefusedError`."""
    age = age or questions.age()
    if mode is None:
        mode, asked = questions.mode(age)
        consent = consent or asked
    elif mode is CustodyMode.SEALED and age is Age.ADULT and not consent:
        consent = questions.consent()
    return vault.open_case(name, mode=mode, age=age, consent=consent)


def change_case(
    vault: "OpenVault", known: Case, *, mode: CustodyMode | None, age: Age | None, consent: str, reason: str = ""
) -> Case:
    """Return the case as it is from now on; what was not said stays. Raises `ModeChangeRefusedError` without a reason."""
    mode, age = mode or known.mode, age or known.age
    if mode is CustodyMode.SEALED and age is Age.ADULT and not (consent or known.consent):
        consent = questions.consent()
    return vault.open_case(known.name, mode=mode, age=age, consent=consent, reason=reason)


def tell(chosen: Case) -> None:
    """Say how this case is kept, and where to hand over what may not be kept."""
    screen.title(_("{name:을/를} 이렇게 보관합니다.", name=f"“{chosen.name}”"))
    screen.pairs([(_("나이"), word.age(chosen.age)), (_("보관 방식"), word.mode(chosen.mode))])
    screen.section(_("도움을 받을 곳"), handover.advice(chosen))


def tell_readers(readers: Sequence[str]) -> None:
    """Say who can open what is sealed from now on; nothing when it is this vault alone. The vault is the empty string."""
    if not readers or list(readers) == [""]:
        return
    is_write_only = "" not in readers
    screen.section(
        _("앞으로 봉인하는 파일을 열 수 있는 사람"), [f"“{one}”" if one else _("이 금고") for one in readers]
    )
    if is_write_only:
        screen.section(
            _("쓰기 전용"),
            [
                _("앞으로 봉인하는 사진과 영상은 이 금고의 암호로도 복구 키로도 다시 열 수 없습니다."),
                _("위에 적힌 사람이 열쇠를 잃으면 아무도 열 수 없습니다."),
                _("메시지 글, 이름, 주소는 가려지지 않습니다. 여전히 이 금고에서 읽을 수 있습니다."),
                _("그 전에 봉인한 파일은 그대로입니다."),
            ],
        )


def _list(cases: tuple[Case, ...]) -> None:
    screen.title(_("사건 {count}개", count=len(cases)))
    for one in cases:
        screen.line(f"“{one.name}”")
        screen.pairs([(_("나이"), word.age(one.age)), (_("보관 방식"), word.mode(one.mode))])
    if not cases:
        screen.next_steps([_("haechi import 내보낸_폴더 — 가진 것을 넣으면 사건이 열립니다.")])
