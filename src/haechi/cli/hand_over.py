"""`haechi hand-over`: close a packet for one recipient, after showing exactly what leaves. It sends nothing."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import keys, questions, screen
from haechi.cli.progress import ShownProgress
from haechi.cli.results import size as in_bytes
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.errors import HandOverRefusedError, PathMissingError
from haechi.domain.recipient import Recipient, TransferForm
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.bootstrap import OpenVault
    from haechi.bootstrap.handing_over import HandedOver, PacketContents, SealedContents
    from haechi.ports.envelope import EnvelopeFile

KINDS = {
    "data/evidence": korean("호증 파일"),
    "data/derivatives": korean("가린 사본"),
    "data/messages": korean("메시지 원문"),
    "data/report": korean("보고서"),
    "meta": korean("표 (메시지 글, 계정과 이름, 파일 목록)"),
    "seal": korean("기록과 증명"),
    "verify": korean("확인 프로그램"),
    "blobs": korean("봉인된 파일"),
    "wraps": korean("그 파일의 열쇠 (받는 사람만 엽니다)"),
}
_OTHER = korean("목록과 서명")
_CHATS = (".json", ".html", ".txt")


def hand_over(
    source: Annotated[str, Parameter(name="SOURCE", help=korean("증거 묶음 폴더. --sealed 라면 사건 이름"))],
    target: Annotated[Path, Parameter(name="FILE", help=korean("만들 파일. 없는 이름이어야 합니다."))],
    /,
    *,
    to: Annotated[str, Parameter(help=korean("받는 사람. haechi recipient list 에 있는 이름"))],
    zip_passphrase_file: Annotated[
        Path | None, Parameter(help=korean("age 대신 암호를 건 zip(AES-256)을 만듭니다. 첫 줄에 암호가 있는 파일"))
    ] = None,
    zip_: Annotated[
        bool, Parameter(name="--zip", help=korean("age 대신 암호를 건 zip(AES-256)을 만듭니다. 암호는 물어봅니다."))
    ] = False,
    sealed: Annotated[
        bool, Parameter(help=korean("봉인된 파일을 풀지 않고 그대로, 받는 사람의 열쇠와 함께 넘깁니다."))
    ] = False,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 만듭니다 (스크립트용)."))] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Close a packet, or a case's sealed files, for one recipient."""
    from haechi.bootstrap import handing_over

    target = target.expanduser()
    if sealed and (zip_ or zip_passphrase_file is not None):
        raise UsageError(_("--sealed 는 이미 암호화된 것을 넘깁니다. --zip 과 함께 쓰지 않습니다."))
    options.require_outside(target)
    if not sealed:
        _require_beside(Path(source).expanduser(), target)
    with opened(options) as vault:
        recipient = handing_over.recipient(vault, to)
        if sealed:
            done = _sealed(vault, source, target, recipient, yes=yes)
        else:
            passphrase_from = zip_passphrase_file or zip_
            done = _packet(vault, Path(source).expanduser(), target, recipient, passphrase_from, yes=yes)
    _tell(done)


def _require_beside(packet: Path, target: Path) -> None:
    """Raise `UsageError` for a file that would lie in the packet and by that make it another one."""
    if target.resolve().is_relative_to(packet.resolve()):
        raise UsageError(
            _("증거 묶음 폴더 안에는 만들지 않습니다: {path}", path=target),
            _(
                "묶음에 파일이 더해지면 확인할 때 어긋난 것으로 나옵니다. 묶음 밖의 새 이름을 주세요. 아무것도 만들거나 바꾸지 "
                "않았습니다."
            ),
        )


def _packet(
    vault: "OpenVault",
    packet: Path,
    target: Path,
    recipient: Recipient,
    passphrase_from: Path | bool,  # noqa: FBT001 - False: an age key; True: a passphrase that is asked for
    *,
    yes: bool,
) -> "HandedOver":
    from haechi.bootstrap import handing_over

    if not packet.exists():
        raise PathMissingError(path=str(packet))
    if recipient.age is None and not passphrase_from:
        raise HandOverRefusedError(reason="age-missing")
    contents = handing_over.look_into(vault, packet)
    _preview_packet(contents)
    _preview_recipient(recipient, target, TransferForm.ZIP if passphrase_from else TransferForm.AGE)
    _agree(yes=yes)
    passphrase = keys.from_file(passphrase_from) if isinstance(passphrase_from, Path) else None
    if passphrase_from is True:
        screen.note(_("압축 파일의 암호를 정하세요. 금고의 암호와 달라야 하고, 파일과 다른 길로 알려 줘야 합니다."))
        passphrase = keys.asked_twice(option="--zip-passphrase-file")
    if passphrase is not None and not passphrase.isascii():
        screen.note(
            _(
                "암호에 한글이나 특수한 글자가 있습니다. 받는 사람의 압축 프로그램에 따라 열리지 않을 수 있습니다. 영문과 숫자로 된 긴 암호가 가장 안전합니다."
            )
        )
    with ShownProgress() as progress:
        return handing_over.hand_over(vault, contents, target, to=recipient, passphrase=passphrase, progress=progress)


def _sealed(vault: "OpenVault", name: str, target: Path, recipient: Recipient, *, yes: bool) -> "HandedOver":
    from haechi.bootstrap import handing_over

    case = need_case(vault, name)
    contents = handing_over.gather_sealed(vault, case, recipient)
    _preview_sealed(contents)
    _preview_recipient(recipient, target, TransferForm.SEALED)
    _agree(yes=yes)
    with ShownProgress() as progress:
        return handing_over.hand_over_sealed(vault, case, contents, target, to=recipient, progress=progress)


def _preview_packet(contents: "PacketContents") -> None:
    screen.title(_("이것이 나갑니다: {packet}", packet=contents.packet_id))
    _preview_files(contents.files)
    chats = ", ".join(
        Path(file.path).stem
        for file in contents.files
        if file.path.startswith("data/evidence/") and file.path.endswith(_CHATS)
    )
    unredacted = ", ".join((*contents.unredacted, *contents.unredacted_messages))
    report = sum(file.path.startswith("data/report/") for file in contents.files)
    copies = sum(file.path.startswith("data/derivatives/") for file in contents.files)
    raw = sum(file.path.startswith("data/messages/") for file in contents.files)
    screen.section(
        _("무엇이 들어 있나"),
        [
            _("호증 파일 (사진, 영상, 대화 파일): {numbers}", numbers=", ".join(contents.evidence) or _("없음")),
            _("대화 파일 전체. 고르지 않은 것까지 모든 메시지가 들어 있습니다: {numbers}", numbers=chats or _("없음")),
            _("그 가운데 내 사진: {numbers}", numbers=", ".join(contents.own_photos) or _("없음")),
            _("가린 사본: {count}개", count=copies),
            *(
                [
                    _("가린 사본이 있는데 가리지 않은 원본도 들어 있는 것: {numbers}", numbers=unredacted),
                    _("원본 없이 넘기려면 haechi packet 새폴더 --redacted-only 로 묶음을 다시 만드세요."),
                ]
                if unredacted
                else []
            ),
            _("메시지 글: {count}개, 원문 그대로인 메시지: {raw}개", count=contents.texts, raw=raw),
            _("계정과 방의 이름: {count}개", count=contents.names),
            _("보고서: {count}개 (사건 이름과 메시지 글이 들어 있습니다)", count=report),
        ],
    )


def _preview_sealed(contents: "SealedContents") -> None:
    screen.title(_("봉인된 채로 이것이 나갑니다: {packet}", packet=contents.packet_id))
    _preview_files(contents.files)
    screen.section(
        _("무엇이 들어 있나"),
        [
            _(
                "증거 {count}개의 봉인된 파일과, 받는 사람만 여는 그 열쇠. 보고서는 들어 있지 않습니다.",
                count=contents.items,
            ),
            _("넣은 대화 파일도 봉인된 파일 가운데 하나입니다. 받는 사람은 그 안의 모든 메시지를 읽을 수 있습니다."),
            _("받는 사람도 이 금고도 열 수 없어서 빠지는 증거: {count}개", count=contents.left_out),
        ],
    )


def _preview_files(files: "Sequence[EnvelopeFile]") -> None:
    """List every file with its size and kind, and how much it is together."""
    screen.pairs(
        [(file.path, f"{in_bytes(file.size)}, {_kind(file.path)}") for file in files],
    )
    kinds = Counter(_kind(file.path) for file in files)
    total = sum(file.size for file in files)
    screen.section(
        _("모두 {count}개 파일, {size}", count=len(files), size=in_bytes(total)),
        [f"{kind}: {count:,}" for kind, count in sorted(kinds.items())],
    )


def _kind(path: str) -> str:
    return next((_(kind) for folder, kind in KINDS.items() if path.startswith(f"{folder}/")), _(_OTHER))


def _preview_recipient(recipient: Recipient, target: Path, form: TransferForm) -> None:
    ways = {
        TransferForm.AGE: _("이 열쇠의 주인만 엽니다: {key}", key=recipient.age or _("없음")),
        TransferForm.ZIP: _("암호를 아는 사람이면 누구나 엽니다 (AES-256). 파일의 이름과 크기는 암호 없이도 보입니다."),
        TransferForm.SEALED: _("파일마다 이 열쇠의 주인만 엽니다: {key}", key=recipient.age or _("없음")),
    }
    screen.section(
        _("누구에게"),
        [
            f"“{recipient.name}”",
            ways[form],
            _("열쇠를 확인한 방법: {note}", note=recipient.note or _("적혀 있지 않음")),
            _("만들 파일: {path}", path=target),
        ],
    )


def _agree(*, yes: bool) -> None:
    """Go on only with a yes. Raises `UsageError`."""
    if yes:
        return
    if not keys.can_ask():
        raise UsageError(_("확인하지 못해 만들지 않았습니다."), _("위의 목록이 맞으면 --yes 를 붙여 다시 실행하세요."))
    if questions.choose(_("위의 것을 이 사람에게 넘길 파일을 만들까요?"), [_("아니요"), _("예")], default=0) == 0:
        raise UsageError(_("만들지 않았습니다."), _("아무것도 바뀌지 않았습니다."))


def _tell(done: "HandedOver") -> None:
    screen.line()
    screen.title(_("넘길 파일을 만들었습니다: {path}", path=done.path))
    screen.pairs(
        [
            (_("묶음 번호"), done.transfer.packet_id),
            (_("넘김 번호"), done.transfer.transfer_id),
            (_("크기"), in_bytes(done.closed.size)),
            (_("파일의 해시"), done.closed.digest),
        ]
    )
    opening = {
        TransferForm.AGE: _("받는 사람이 여는 법: age -d -i 자기_열쇠_파일 {name} > 묶음.zip", name=done.path.name),
        TransferForm.ZIP: _("받는 사람은 7-Zip 같은 프로그램과 암호로 엽니다. 암호는 전화나 종이로 따로 알려 주세요."),
        TransferForm.SEALED: _(
            "받는 사람이 여는 법: age -d -i 자기_열쇠_파일 wraps/이름.age > key; age -d -i key blobs/이름.age > 파일"
        ),
    }
    screen.next_steps(
        [
            _("해치는 아무것도 보내지 않았습니다. 이 파일을 직접 전해 주세요."),
            opening[done.transfer.form],
            _("{path} 를 함께 주고 서명을 부탁하세요. 돌아오면 haechi receipt 로 확인합니다.", path=done.receipt_path),
        ]
    )
