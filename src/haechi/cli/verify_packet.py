"""`haechi verify-packet`: whether a packet is as it was made. Needs no vault and no key."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, jsonable, plain_json
from haechi.domain.errors import PacketBrokenError, PathMissingError
from haechi.language import _, korean

_SHOWN_FINDINGS = 50


def verify_packet(
    path: Annotated[Path, Parameter(help=korean("증거 묶음 폴더"))],
    /,
    *,
    signer: Annotated[
        str | None, Parameter(help=korean("종이에 적힌 열쇠 지문 (SHA256:…). 이 열쇠로 서명했는지도 확인합니다."))
    ] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
) -> None:
    """Check every file, the signature, the log and the proofs of a packet; exit code 5 when anything is wrong."""
    from haechi import bootstrap
    from haechi.language.findings import tell

    path = path.expanduser()
    if not path.exists():
        raise PathMissingError(path=str(path))
    findings = bootstrap.verify_packet(path, signer=signer).findings
    if json:
        plain_json({"packet": path, "signer": signer, "is_whole": not findings, "findings": jsonable(findings)})
    elif findings:
        screen.section(
            _("어긋난 곳 {count}곳", count=len(findings)),
            [tell(finding.code, finding.place) for finding in findings[:_SHOWN_FINDINGS]],
        )
    if findings:
        raise PacketBrokenError(findings=len(findings))
    if json:
        return
    screen.title(_("증거 묶음이 만든 그대로입니다: {path}", path=path))
    not_shown = [
        _("누가 만들거나 퍼뜨렸는지, 적힌 이름과 시각이 사실인지는 알 수 없습니다."),
        _("바깥의 시각 증명은 확인하지 않았습니다."),
    ]
    if signer is None:
        not_shown.insert(
            0, _("누구의 열쇠로 서명했는지는 확인하지 않았습니다. 종이에 적힌 열쇠 지문을 --signer 로 알려 주세요.")
        )
    screen.proven(
        [_("모든 파일, 서명, 기록과 증명이 서로 맞습니다. 만든 뒤로 더하거나 빼거나 바꾼 것이 없습니다.")], not_shown
    )
