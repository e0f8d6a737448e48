"""Words for the values that haechi works with: modes, ages, ways in which two pictures are the same, stages of work."""

from haechi.domain.case import Age, CustodyMode
from haechi.domain.fingerprint import BITS, Symmetry
from haechi.domain.match import Group, Method, Pair
from haechi.language import _, korean

MODES = {
    CustodyMode.REFERENCE_ONLY: korean("기록만: 글, 계정 번호, 주소, 지문. 사진과 영상은 어디에도 저장하지 않음"),
    CustodyMode.SEALED: korean("봉인: 사진과 영상도 암호화해서 함께 보관"),
    CustodyMode.AUTHORITY: korean("기관: 법적 근거에 따라 사진과 영상도 암호화해서 보관"),
}
AGES = {
    Age.ADULT: korean("19세 이상"),
    Age.MINOR: korean("19세 미만"),
    Age.UNKNOWN: korean("모름 (19세 미만으로 봄)"),
}
METHODS = {
    Method.EXACT: korean("파일이 바이트까지 같음 (SHA-256)"),
    Method.SIMILAR: korean("다시 저장하거나 크기를 바꾼 사진 (PDQ)"),
    Method.TURNED: korean("돌리거나 뒤집은 사진 (PDQ)"),
    Method.TRIMMED: korean("테두리를 붙이거나 뗀 사진 (PDQ)"),
    Method.VIDEO: korean("같은 장면이 이어지는 영상 (vPDQ)"),
}
SYMMETRIES = {
    Symmetry.UPRIGHT: korean("그대로"),
    Symmetry.ROTATE_90: korean("90° 돌림"),
    Symmetry.ROTATE_180: korean("180° 돌림"),
    Symmetry.ROTATE_270: korean("270° 돌림"),
    Symmetry.MIRROR: korean("좌우 뒤집음"),
    Symmetry.FLIP: korean("위아래 뒤집음"),
    Symmetry.TRANSPOSE: korean("대각선 뒤집음"),
    Symmetry.TRANSVERSE: korean("반대 대각선 뒤집음"),
}
STAGES = {
    "receiving": korean("파일을 하나씩 받아 적는 중"),
    "gathering": korean("넣을 것을 모으는 중"),
    "done": korean("끝"),
    "drawing": korean("견준 사진의 그림을 그리는 중"),
    "rendering": korean("보고서를 쓰는 중"),
    "hashing": korean("파일마다 해시(SHA-256)를 계산하는 중"),
    "examining": korean("사진과 영상을 살펴보는 중"),
    "reading": korean("메시지를 읽는 중"),
    "matching": korean("같은 사진을 찾는 중"),
    "compiling": korean("처음 한 번만 하는 준비를 하는 중 (수십 초쯤)"),
    "packing": korean("증거 묶음을 만드는 중"),
    "backing-up": korean("백업에 복사하는 중"),
    "restoring": korean("백업에서 되살리는 중"),
    "tracing": korean("내 사진과 하나씩 견주는 중"),
    "verifying": korean("기록을 처음부터 다시 계산하는 중"),
}

IMPORTERS = {
    "telegram": korean("텔레그램 데스크톱"),
    "media": korean("사진, 영상, 파일"),
}
SETTINGS = {
    "vault": korean("금고 폴더"),
    "case": korean("금고에 사건이 여럿일 때 어느 사건인지"),
    "lang": korean("말: ko(한국어) 또는 en(영어). 없으면 컴퓨터의 언어"),
}


def mode(value: CustodyMode) -> str:
    """Return what this custody mode keeps."""
    return _(MODES[value])


def age(value: Age) -> str:
    """Return the age group."""
    return _(AGES[value])


def importer(name: str) -> str:
    """Return the kind of export that an importer reads; a plugin's by its own name."""
    return _(IMPORTERS[name]) if name in IMPORTERS else name


def stage(code: str) -> str:
    """Return what is being done."""
    return _(STAGES[code]) if code in STAGES else _("일하는 중")


def pair(value: Pair) -> str:
    """Return how two files were found to show the same picture, with the distance where there is one."""
    told = _(METHODS[value.method])
    if value.symmetry is not Symmetry.UPRIGHT:
        told += f", {_(SYMMETRIES[value.symmetry])}"
    if value.method is Method.EXACT:
        return told
    return told + ", " + _("차이 {bits}/{all} 비트", bits=value.bits, all=BITS)


def ways(group: Group) -> list[str]:
    """Return the ways that hold a group together, strongest first, each once with its largest distance."""
    furthest: dict[tuple[int, str], Pair] = {}
    for link in group.pairs:
        key = (list(Method).index(link.method), link.symmetry.value)
        if key not in furthest or furthest[key].bits < link.bits:
            furthest[key] = link
    told = [pair(furthest[key]) for key in sorted(furthest)]
    return told or [_(METHODS[Method.EXACT])]
