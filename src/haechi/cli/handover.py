"""Where to hand things over when pictures must not be kept: shown with every case of a minor or of unknown age."""

from haechi.domain.case import Age, Case, CustodyMode
from haechi.language import _, korean

_UNVERIFIED = korean("※ 표시는 이 판의 해치가 공식 자료로 아직 확인하지 못한 것입니다. 내기 전에 그곳에 물어보세요.")

# Checked against statutes and the services' own pages, except where marked; see docs/guide/person.ko.md.
ROUTES = (
    korean("경찰 112 ※ — 원본은 지우지 말고, 직접 다시 보내지도 말고, 가지고 있는 기기째 보여 주세요."),
    korean("디지털성범죄피해자지원센터(D4U) — 19세 미만의 영상은 본인이 신청하지 않아도 삭제를 지원합니다."),
    korean("Take It Down (takeitdown.ncmec.org) — 18세 미만, 이름 없이. 파일을 새로 내려받지는 마세요."),
)


def advice(case: Case) -> list[str]:
    """Return where to hand over, for a case whose pictures may not be kept; nothing for others."""
    if case.mode is not CustodyMode.REFERENCE_ONLY or case.age is Age.ADULT:
        return []
    return [*(_(route) for route in ROUTES), _(_UNVERIFIED)]
