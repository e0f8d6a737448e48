"""`haechi verify-packet`: whether a packet is as it was made. Needs no vault and no key."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, jsonable, moment, plain_json
from haechi.domain.errors import PacketBrokenError, PathMissingError
from haechi.language import _, korean
from haechi.ports.packets import Claim

_SHOWN_FINDINGS = 50
_MOST_POLICY = 1 << 20  # bytes; one longer than this is none, and is read no further


def verify_packet(
    path: Annotated[Path, Parameter(help=korean("증거 묶음 폴더"))],
    /,
    *,
    signer: Annotated[
        str | None, Parameter(help=korean("종이에 적힌 열쇠 지문 (SHA256:…). 이 열쇠로 서명했는지도 확인합니다."))
    ] = None,
    authority: Annotated[
        tuple[str, ...],
        Parameter(
            help=korean(
                "믿는 시점확인 기관의 서명 인증서 지문(SHA-256, 16진수). 모든 시점확인이 이 가운데 하나의 것인지도 "
                "확인합니다. 여러 번 쓸 수 있습니다."
            )
        ),
    ] = (),
    policy: Annotated[
        Path | None, Parameter(help=korean("증인 정책 파일(C2SP tlog-policy). 증인이 충분한지도 확인합니다."))
    ] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
) -> None:
    """Check every file, the signature, the log and the proofs of a packet; exit code 5 when anything is wrong."""
    from haechi import bootstrap
    from haechi.language.findings import tell, tell_claim, tell_not_proven

    path = path.expanduser()
    if not path.exists():
        raise PathMissingError(path=str(path))
    verdict = bootstrap.verify_packet(
        path,
        signer=signer,
        authorities=tuple(one.lower().replace(":", "") for one in authority),
        policy=_policy(policy),
    )
    if json:
        plain_json(
            {
                "verdict": "PASS" if verdict.holds else "FAIL",
                "signer": verdict.signer,
                "pinned": verdict.is_pinned,
                "findings": jsonable(verdict.findings),
                "proven": [{"code": claim.code, **claim.facts} for claim in verdict.proven],
                "not_proven": list(verdict.not_proven),
            }
        )
    elif verdict.findings:
        screen.section(
            _("어긋난 곳 {count}곳", count=len(verdict.findings)),
            [tell(finding.code, finding.place) for finding in verdict.findings[:_SHOWN_FINDINGS]],
        )
    if verdict.findings:
        raise PacketBrokenError(findings=len(verdict.findings))
    if json:
        return
    screen.title(_("증거 묶음이 만든 그대로입니다: {path}", path=path))
    screen.proven(
        [tell_claim(claim.code, _shown(claim)) for claim in (*verdict.proven, *verdict.noted)],
        [tell_not_proven(code) for code in verdict.not_proven],
    )


def _policy(path: Path | None) -> bytes | None:
    """Return what the policy file holds, and no more of it than a policy can have."""
    if path is None:
        return None
    try:
        with path.expanduser().open("rb") as file:
            return file.read(_MOST_POLICY + 1)
    except OSError as error:
        raise PathMissingError(path=str(path)) from error


def _shown(claim: Claim) -> dict[str, object]:
    at = claim.facts.get("at")
    return {**claim.facts, "at": moment(at)} if isinstance(at, int) else dict(claim.facts)
