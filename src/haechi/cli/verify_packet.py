"""`haechi verify-packet`: whether a packet is as it was made. Needs no vault and no key."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import JSON_HELP, jsonable, plain_json
from haechi.cli.trouble import UsageError
from haechi.domain.errors import PacketBrokenError, PacketOtherError, PathMissingError, PolicyUnreadableError
from haechi.domain.policy import Policy, PolicyError, parse_policy
from haechi.language import _, korean
from haechi.ports.packets import Expected

if TYPE_CHECKING:
    from haechi.flows.verify_packet import PacketVerdict

_SHOWN_FINDINGS = 50
_MOST_POLICY = 1 << 20  # bytes; one longer than this is none, and is read no further
_FINGERPRINT = re.compile(
    "SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"
)  # 32 bytes: the last character has 4 bits of them
_DIGEST = re.compile("[0-9a-f]{64}")
_SIGNER_EXAMPLE = "--signer SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
_AUTHORITY_EXAMPLE = "--authority e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_REASONS = {"signer-other": "signer", "authority-other": "authority", "quorum": "quorum"}


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
                "믿는 시점확인 기관의 서명 인증서 지문(SHA-256, 16진수). 이 기관의 시점확인이 하나는 있어야 하고, 다른 "
                "기관의 것은 세지 않습니다. 여러 번 쓸 수 있습니다."
            )
        ),
    ] = (),
    policy: Annotated[
        Path | None, Parameter(help=korean("증인 정책 파일(C2SP tlog-policy). 증인이 충분한지도 확인합니다."))
    ] = None,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
) -> None:
    """Check every file, the signature, the log and the proofs of a packet; exit code 5 when anything is wrong.

    An option that cannot be read is told before the packet is looked at: exit code 2.
    """
    from haechi import bootstrap

    expected = expected_of(signer, authority, policy)
    path = path.expanduser()
    if not path.exists():
        raise PathMissingError(path=str(path))
    verdict = bootstrap.verify_packet(
        path, signer=expected.signer, authorities=expected.authorities, policy=expected.policy
    )
    if json:
        plain_json(
            {
                "verdict": "PASS" if verdict.holds else "FAIL",
                "intact": verdict.is_intact,
                "signer": verdict.signer,
                "pinned": verdict.is_pinned,
                "findings": jsonable(verdict.findings),
                "proven": [{"code": claim.code, **claim.facts} for claim in verdict.proven],
                "not_counted": [{"code": claim.code, **claim.facts} for claim in verdict.not_counted],
                "not_proven": list(verdict.not_proven),
            }
        )
    else:
        _tell(path, verdict)
    if not verdict.holds and verdict.is_intact:
        first = next(code for code in _REASONS if any(code == finding.code for finding in verdict.findings))
        raise PacketOtherError(reason=_REASONS[first], findings=len(verdict.findings))
    if not verdict.holds:
        raise PacketBrokenError(findings=len(verdict.findings))


def expected_of(signer: str | None, authority: tuple[str, ...], policy: Path | None) -> Expected:
    """Return what the options say. Raises `UsageError` for one that cannot be read: that tells nothing of a packet."""
    return Expected(_signer(signer), tuple(map(_authority, authority)), _policy(policy))


def _tell(path: Path, verdict: "PacketVerdict") -> None:
    from haechi.language.findings import tell, tell_claim, tell_not_proven

    if verdict.findings:
        heading = (
            _("알려 준 것과 다른 것") if verdict.is_intact else _("어긋난 곳 {count}곳", count=len(verdict.findings))
        )
        screen.section(heading, [tell(finding.code, finding.place) for finding in verdict.findings[:_SHOWN_FINDINGS]])
        return
    screen.title(_("증거 묶음이 만든 그대로입니다: {path}", path=path))
    screen.proven(
        [tell_claim(claim.code, claim.facts) for claim in (*verdict.proven, *verdict.noted)],
        [tell_not_proven(code) for code in verdict.not_proven],
    )
    screen.section(
        _("세지 않은 것 (알려 준 기관의 것이 아닌 시점확인)"),
        [tell_claim(claim.code, claim.facts) for claim in verdict.not_counted],
    )


def _signer(given: str | None) -> str | None:
    if given is None or _FINGERPRINT.fullmatch(given):
        return given
    raise UsageError(
        _("--signer 에 쓴 것을 열쇠 지문으로 읽을 수 없습니다: {value}", value=given),
        _("종이에 적힌 그대로, SHA256: 뒤에 글자 43개입니다. 예: {example}", example=_SIGNER_EXAMPLE),
    )


def _authority(given: str) -> str:
    """Return the fingerprint as a packet has it; openssl prints it in capitals and with colons."""
    plain = given.replace(":", "").lower()
    if _DIGEST.fullmatch(plain):
        return plain
    raise UsageError(
        _("--authority 에 쓴 것을 인증서 지문으로 읽을 수 없습니다: {value}", value=given),
        _("SHA-256 을 16진수 64자로 적은 것입니다. 예: {example}", example=_AUTHORITY_EXAMPLE),
    )


def _policy(path: Path | None) -> Policy | None:
    """Return the policy in a file, of which no more is read than a policy can have."""
    if path is None:
        return None
    from haechi.language.errors import tell

    try:
        with path.expanduser().open("rb") as file:
            return parse_policy(file.read(_MOST_POLICY + 1))
    except OSError as error:
        raise UsageError(
            _("--policy 에 쓴 파일을 열 수 없습니다: {path}", path=path),
            _("증인 정책 파일의 자리를 그대로 쓰세요. 예: {example}", example="--policy witnesses.txt"),
        ) from error
    except PolicyError as error:
        what, _remedy = tell(PolicyUnreadableError(reason=error.reason, line=error.line))
        raise UsageError(
            _("--policy 에 쓴 파일은 증인 정책으로 읽을 수 없습니다: {path}", path=path) + f"\n{what}",
            _(
                "witness, group, quorum 을 한 줄에 하나씩 적은 파일입니다(C2SP tlog-policy). 마지막 줄의 예: {example}",
                example="quorum none",
            ),
        ) from error
