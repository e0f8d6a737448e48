"""`haechi delete`: destroy what was put in, so that nobody can bring it back; the log stays whole and says so."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import questions, screen
from haechi.cli.deletion_asked import asked_approval, asked_reason
from haechi.cli.deletion_told import back_up_step, certificate_step, tell_unfinished
from haechi.cli.results import JSON_HELP, plain_json
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened, opened_with
from haechi.domain.case import Case
from haechi.domain.errors import CertificateUnwrittenError, HaechiError, PacketExistsError, PathMissingError
from haechi.domain.evidence import ItemId
from haechi.domain.vault import Operation
from haechi.language import _, korean

_SHOWN = 20

if TYPE_CHECKING:
    from haechi.bootstrap import OpenVault
    from haechi.bootstrap.erasing import Destroyed, Doomed, Erased


def delete(
    *,
    item: Annotated[
        tuple[str, ...],
        Parameter(help=korean("이 증거 파일만. 번호는 haechi delete 만 치면 나옵니다. 여러 번 쓸 수 있습니다.")),
    ] = (),
    import_: Annotated[int | None, Parameter(name="--import", help=korean("이 번호의 가져오기 전부"))] = None,
    whole_case: Annotated[bool, Parameter(help=korean("사건 전부. 사건 이름까지 없어집니다."))] = False,
    case: Annotated[str | None, Parameter(help=korean("어느 사건인지"))] = None,
    reason: Annotated[str, Parameter(help=korean("없애는 이유. 기록에 남으니 이름은 쓰지 마세요."))] = "",
    approve_as: Annotated[str | None, Parameter(help=korean("함께 동의하는 다른 사람의 이름"))] = None,
    approver_passphrase_file: Annotated[
        Path | None, Parameter(help=korean("첫 줄에 동의하는 사람의 암호가 있는 파일"))
    ] = None,
    certificate: Annotated[Path | None, Parameter(help=korean("삭제 확인서를 만들 새 폴더"))] = None,
    entry: Annotated[
        int | None, Parameter(help=korean("없애지 않고, 기록의 이 줄에 있는 삭제의 확인서만 다시 만듭니다."))
    ] = None,
    every: Annotated[bool, Parameter(name="--all", help=korean("목록을 줄이지 않고 모두 보여 줍니다."))] = False,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 없앱니다. (스크립트용)"))] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Show what would go and what stays, ask, destroy it, and hand out a certificate."""
    if certificate is not None:
        certificate = certificate.expanduser()
        options.require_outside(certificate)
        _require_free(certificate)
    if entry is not None:
        _certify_again(options, entry, certificate)
        return
    chosen_ways = sum((bool(item), import_ is not None, whole_case))
    if not chosen_ways:
        _list(options, case, every=every, as_json=json)
        return
    if chosen_ways > 1:
        raise UsageError(
            _("무엇을 없앨지 하나를 고르세요."), _("--item 번호, --import 번호, --whole-case 가운데 하나입니다.")
        )
    if json and not yes:
        raise UsageError(_("--json 은 무엇이 없어지는지 먼저 보여 주지 않습니다. --yes 도 함께 붙이세요."))
    with opened_with(options, options.typed_key()) as vault:
        from haechi.bootstrap import erasing

        chosen = need_case(vault, case)
        doomed = erasing.Doomed(chosen.case_id, tuple(ItemId(one) for one in dict.fromkeys(item)), import_)
        team = erasing.is_team(vault)
        erased = erasing.foresee(vault, doomed)
        if not json:
            _preview(vault, chosen, doomed, erased, every=every)
        reason = asked_reason(reason)
        request = erasing.request(vault, doomed, erased, reason=reason)
        word = chosen.name if doomed.is_whole else _("없앱니다")
        if not yes and not questions.confirmed(_("되살릴 수 없습니다. 정말로 없앨까요?"), word):
            screen.note(_("아무것도 없애지 않았습니다."))
            return
        approval = asked_approval(vault, request, approve_as, approver_passphrase_file) if team or approve_as else None
        done = erasing.erase(vault, doomed, request, approval)
        failed = _certified(vault, done.entry.index, certificate)
    written = None if failed else certificate
    if json:
        plain_json({"entry": done.entry.index, "erased": erased, "certificate": written})
    else:
        _tell(done, written)
    if failed:
        raise CertificateUnwrittenError(path=str(certificate), entry=done.entry.index) from failed


def _certified(
    vault: "OpenVault", entry: int, certificate: Path | None
) -> HaechiError | OSError | KeyboardInterrupt | None:
    """Write the certificate that was asked for; return what stood in the way: it is no reason to call the deletion undone."""
    from haechi.bootstrap import erasing

    try:
        if certificate is not None:
            erasing.certify(vault, entry, certificate)
    except (HaechiError, OSError, KeyboardInterrupt) as error:
        return error
    return None


def _list(options: VaultOptions, name: str | None, *, every: bool, as_json: bool) -> None:
    """Show the numbers by which imports and files are chosen."""
    from haechi.bootstrap import erasing

    with opened(options, operation=Operation.READ) as vault:
        case = need_case(vault, name)
        imports, items = erasing.imports(vault, case), erasing.items(vault, case)
    if as_json:
        listed = [{"item": one.item_id, "import": one.import_id, "path": one.path} for one in items]
        plain_json({"case": case, "imports": imports, "items": listed})
        return
    screen.title(_("무엇을 없앨지 고르세요. 아직 아무것도 없애지 않았습니다."))
    for one in imports:
        own = [item for item in items if item.import_id == one.import_id]
        told = _(
            "“{name}” · 파일 {files}개 · 메시지 {messages}개", name=one.source, files=len(own), messages=one.messages
        )
        screen.pairs([(_("가져오기 {number}번", number=one.import_id), told)])
        shown = own if every else own[:_SHOWN]
        screen.pairs([(item.item_id, item.path) for item in shown])
        if len(own) > len(shown):
            screen.line(
                _("그 밖에 {count}개가 더 있습니다. 모두 보려면 --all 을 붙이세요.", count=len(own) - len(shown))
            )
    screen.next_steps(
        [
            _("haechi rooms 방_번호 --text — 어느 메시지에 온 파일인지 봅니다."),
            _("haechi delete --item 번호 — 파일 하나를 없앱니다. 메시지는 남습니다."),
            _("haechi delete --import 번호 — 가져오기 하나를 모두 없앱니다."),
            _("haechi delete --whole-case — 사건 전부를 없앱니다."),
        ]
    )


def _certify_again(options: VaultOptions, entry: int, certificate: Path | None) -> None:
    from haechi.bootstrap import erasing

    if certificate is None:
        raise UsageError(_("확인서를 어디에 만들지 --certificate 새_폴더 로 주세요."))
    with opened(options, operation=Operation.READ) as vault:
        erasing.certify(vault, entry, certificate)
    screen.title(_("삭제 확인서를 만들었습니다: {path}", path=certificate))


def _preview(vault: "OpenVault", case: Case, doomed: "Doomed", erased: "Erased", *, every: bool) -> None:
    """Say exactly what goes and what stays."""
    from haechi.bootstrap import erasing

    rows = erased.rows
    if doomed.is_whole:
        screen.note(_("사건 {name:을/를} 통째로 없앱니다.", name=f"“{case.name}”"))
    elif doomed.import_id is not None:
        name = next(one.source for one in erasing.imports(vault, case) if one.import_id == doomed.import_id)
        screen.note(_("가져오기 {number}번 “{name}” 을 없앱니다.", number=doomed.import_id, name=name))
    else:
        screen.note(_("증거 파일 {count}개를 없앱니다.", count=len(doomed.items)))
    goes = [
        (_("증거 파일의 기록 (이름, 해시, 지문, 촬영 정보)"), rows.get("items", 0)),
        (_("메시지"), rows.get("messages", 0)),
        (_("봉인된 파일과 그 열쇠"), len(erased.blobs)),
        (_("가린 사본"), rows.get("derivatives", 0)),
        (_("내 사진과 견준 기록"), rows.get("traces", 0)),
        (_("내 사진의 얼굴 특징과 그 열쇠 (생체 정보)"), len(erased.features)),
        (_("올린 글과 볼 수 있던 계정을 적은 것"), rows.get("posts", 0) + rows.get("viewers", 0)),
        (_("넘겨준 기록"), rows.get("transfers", 0)),
        (_("내용을 여는 값 (기록의 줄)"), len(erased.entries)),
    ]
    screen.section(_("없어지는 것"), [f"{name}: {count:,}" for name, count in goes if count])
    stays = [
        _(
            "기록의 줄은 모두 남습니다. 언제 무엇을 했는지(무작위 번호와 개수)는 보이지만, 무엇이었는지는 알 수 없습니다."
        )
    ]
    if doomed.items:
        stays += [
            _("메시지는 남습니다. 파일이 있었다는 것과, 메시지 원문이 적은 파일 이름은 메시지에 남습니다."),
            _(
                "가져올 때 만든 봉인 목록은 함께 열 수 없게 됩니다. 그 가져오기의 다른 파일은 하나하나 그대로 증명됩니다."
            ),
        ]
    elif doomed.import_id is not None:
        stays.append(_("다른 가져오기에도 있는 메시지와 방, 계정의 이름은 남습니다."))
    stays.append(_("이미 만든 증거 묶음, 백업, 금고 폴더의 사본, 원래의 내보내기는 해치가 없앨 수 없습니다."))
    screen.section(_("남는 것"), stays)
    beside = erasing.left_beside(vault, doomed)
    shown = beside if every else beside[:_SHOWN]
    told = [f"{item.item_id} {item.path}" for item in shown]
    if len(beside) > len(shown):
        told.append(_("그 밖에 {count}개. 모두 보려면 --all 을 붙여 다시 실행하세요.", count=len(beside) - len(shown)))
    screen.section(_("남지만 함께 없애야 할지 볼 것 (똑같은 파일, 같은 메시지의 작은 미리보기)"), told)


def _require_free(target: Path) -> None:
    """Say before anything is destroyed that the certificate cannot be written there."""
    if target.exists() or target.is_symlink():
        raise PacketExistsError(path=str(target))
    if not target.absolute().parent.is_dir():
        raise PathMissingError(path=str(target.parent))


def _tell(done: "Destroyed", certificate: Path | None) -> None:
    entry, erased = done.entry.index, done.erased
    screen.title(_("없앴습니다. 기록의 {number}번째 줄에 남았습니다.", number=entry))
    screen.proven(
        [
            _("기록은 끊기지 않았고 haechi verify 로 그대로 확인됩니다."),
            _(
                "없앤 {count}줄이 무엇이었는지는 원래 파일을 가진 사람도 이 기록으로 증명하거나 알아낼 수 없습니다.",
                count=len(erased.entries),
            ),
        ],
        [
            _("다른 곳의 사본까지 없어졌는지는 알 수 없습니다."),
            _("디스크가 지운 자리를 덮어썼는지는 알 수 없습니다. 남았더라도 금고의 열쇠 없이는 읽을 수 없습니다."),
        ],
    )
    tell_unfinished(done)
    again = (
        _("{path} 의 certificate.ko.txt 가 삭제 확인서입니다. 누구나 bash check.sh 로 확인합니다.", path=certificate)
        if certificate is not None
        else certificate_step(entry)
    )
    screen.next_steps([back_up_step(), again])
