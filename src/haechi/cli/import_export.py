"""`haechi import`: the age question first, then the export goes into the vault."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from haechi.cli import handover, keys, questions, screen
from haechi.cli.case import AGE_HELP, CONSENT_HELP, MODE_HELP, change_case, open_case
from haechi.cli.progress import ShownProgress
from haechi.cli.results import JSON_HELP, jsonable, plain_json, size
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, find_case, opened
from haechi.domain.case import Age, Case, CustodyMode
from haechi.domain.errors import CaseMissingError, PathMissingError
from haechi.domain.evidence import Role
from haechi.language import _, korean
from haechi.language import words as word
from haechi.language.warnings import by_code

if TYPE_CHECKING:
    from haechi.bootstrap import Imported, OpenVault

_SHOWN_PLACES = 3


def import_export(
    path: Annotated[Path, Parameter(help=korean("내보낸 폴더, zip 파일, 사진이나 영상 파일"))],
    /,
    *,
    as_: Annotated[
        Literal["own-photos"] | None,
        Parameter(
            name="--as",
            show_choices=False,
            help=korean("own-photos: 내가 찍은 사진입니다. 찾은 것과 섞이지 않게 따로 표시합니다."),
        ),
    ] = None,
    case: Annotated[str | None, Parameter(help=korean("넣을 사건의 이름. 없으면 하나뿐인 사건이나 새 사건"))] = None,
    mode: Annotated[CustodyMode | None, Parameter(help=MODE_HELP, show_choices=False)] = None,
    age: Annotated[Age | None, Parameter(help=AGE_HELP, show_choices=False)] = None,
    consent: Annotated[str, Parameter(help=CONSENT_HELP)] = "",
    password_file: Annotated[
        Path | None, Parameter(help=korean("첫 줄에 압축 파일의 암호가 있는 파일. 금고의 암호가 아닙니다."))
    ] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Import an export or loose files into a case of the vault."""
    path = path.expanduser()
    if not path.exists():
        raise PathMissingError(path=str(path))
    if options.path.resolve().is_relative_to(path.resolve()):
        raise UsageError(
            _("가져올 폴더 안에 금고가 들어 있습니다: {path}", path=options.path),
            _("내보낸 폴더만 따로 골라 주세요. 아무것도 읽지 않았습니다."),
        )
    password = keys.from_file(password_file) if password_file is not None else None
    with opened(options) as vault:
        chosen = _case(vault, case, mode=mode, age=age, consent=consent)
        if not json:
            screen.note(_("{name:으로/로} 가져옵니다. {mode}", name=f"“{chosen.name}”", mode=word.mode(chosen.mode)))
        with ShownProgress() as progress:
            done = vault.import_export(
                path,
                case=chosen,
                role=Role.OWN_PHOTO if as_ == "own-photos" else Role.FOUND,
                password=password,
                progress=progress,
            )
    if json:
        plain_json({"case": jsonable(chosen), "imported": jsonable(done)})
    else:
        _tell(chosen, done)


def _case(vault: "OpenVault", name: str | None, *, mode: CustodyMode | None, age: Age | None, consent: str) -> Case:
    """Return the case to import into; a new one is opened, and its questions asked, before any content is read."""
    try:
        found = find_case(vault, name)
    except CaseMissingError as error:
        found, name = None, str(error.facts["case"])
    if found is not None:
        return change_case(vault, found, mode=mode, age=age, consent=consent)
    if name is None:
        name = _("사건 {number}", number=1)
        if keys.can_ask():
            name = questions.text(_("이 사건을 뭐라고 부를까요?"), default=name)
    return open_case(vault, name, mode=mode, age=age, consent=consent)


def _tell(case: Case, done: "Imported") -> None:
    screen.title(_("이어서 다 넣었습니다.") if done.resumed else _("다 넣었습니다."))
    rows = [
        (_("형식"), word.importer(done.importer)),
        (_("파일"), f"{done.files:,} ({size(done.size)})"),
        (
            _("메시지"),
            _(
                "{all} (새로 {new}, 이미 있던 {known})",
                all=done.messages,
                new=done.new_messages,
                known=done.known_messages,
            ),
        ),
        (_("증거 (파일)"), _("{all} (새로 {new})", all=done.items, new=done.new_items)),
    ]
    if done.new_versions:
        rows.append((_("내용이 바뀐 메시지"), f"{done.new_versions:,}"))
    if done.gone:
        rows.append((_("사라진 메시지"), _("{count} (먼저 내보낸 것에는 있고 이번에는 없음)", count=done.gone)))
    screen.pairs(rows)
    screen.section(_("읽지 못했거나 알아 둘 것"), _warnings(done))
    kept = (
        _("사진과 영상은 암호화해서 금고에 넣었습니다.")
        if case.mode.keeps_bytes
        else _("사진과 영상은 지문만 남겼고, 파일은 어디에도 저장하지 않았습니다. 원본을 지우지 마세요.")
    )
    screen.proven(
        [_("이 파일들이 이 내용으로 지금 여기 있었고, 그 뒤로 바뀌면 드러납니다."), kept],
        [
            _("누가 만들었는지, 적힌 이름과 시각이 사실인지는 알 수 없습니다. 내보낸 파일에 적힌 그대로입니다."),
            _("시각은 이 컴퓨터의 시계입니다. 시계가 틀렸을 수도 있습니다."),
        ],
    )
    screen.section(_("도움을 받을 곳"), handover.advice(case))
    screen.next_steps(
        [
            _("haechi match — 같은 사진이 또 있는지 찾습니다."),
            _("haechi packet 새_폴더 — 경찰에 낼 증거 묶음을 만듭니다."),
        ]
    )


def _warnings(done: "Imported") -> list[str]:
    """Return one line a kind of warning, with the first places; `--json` has them all."""
    told = []
    for kind in by_code(done.warnings, done.flags):
        line = kind.what
        if kind.count > 1:
            line += _(" ({count}곳)", count=kind.count)
        if kind.places:
            line += " — " + ", ".join(kind.places[:_SHOWN_PLACES])
            line += " …" if len(kind.places) > _SHOWN_PLACES else ""
        told.append(f"{line}. {kind.remedy}".strip())
    if done.unparsed_bytes:
        told.append(_("형식을 알 수 없어 읽지 못한 글: {size}", size=size(done.unparsed_bytes)))
    if told:
        told.append(_("전부 보려면 같은 명령에 --json 을 붙이세요."))
    return told
