"""Words for what tracing found. Words follow the numbers and never replace them."""

from collections.abc import Mapping

from haechi.domain.likelihood import Ratio, Strength
from haechi.domain.trace import LEAST_PHOTO_WIDTH, LEAST_WIDTH, Bound, Gate, Outcome, Scene, SeenFace
from haechi.language import _, korean
from haechi.language.sentence import Sentence

OUTCOMES = {
    Outcome.MADE_FROM: korean("결과는 이 얼굴이 아래 사진으로 만들어졌다는 쪽을 뒷받침합니다."),
    Outcome.THIS_OR_SITTING: korean(
        "결과는 이 얼굴이 아래 사진이나 같은 자리에서 찍은 다른 사진으로 만들어졌다는 쪽을 뒷받침합니다. 둘 가운데 어느 것인지는 가릴 수 "
        "없습니다."
    ),
    Outcome.POINTS_TO: korean(
        "결과는 아래 사진이나 같은 자리에서 찍은 다른 사진을 가리킵니다. 그렇다고 할 만큼 강하지는 않습니다."
    ),
    Outcome.NOT_ENOUGH: korean("맞는 데가 있지만 말할 수 있을 만큼은 아닙니다."),
    Outcome.NONE_FOUND: korean("이 얼굴에서 내 사진을 찾지 못했습니다. 진짜라는 뜻이 아닙니다."),
    Outcome.NOT_EVALUATED: korean("값을 내지 않았습니다. 이 방법을 잰 조건 밖에 있습니다."),
}
GATES = {
    Gate.FACE_TOO_SMALL: korean("얼굴 너비가 {width}픽셀입니다. {least}픽셀은 되어야 합니다."),
    Gate.FACE_TOO_SOFT: korean("얼굴이 너무 흐립니다."),
    Gate.PHOTO_TOO_SMALL: korean("내 사진 속 얼굴이 너무 작습니다. 너비가 {least}픽셀은 되어야 합니다."),
    Gate.TOO_LITTLE_TO_COMPARE: korean("견줄 수 있는 부분이 얼굴의 절반이 안 됩니다."),
}
SCENES = {
    Scene.SAME_SCENE: korean("이 사진이나 같은 곳에서 찍은 다른 사진이 겹침"),
    Scene.LOOK: korean("일부가 겹칠 수 있음, 눈으로 확인 필요"),
    Scene.NONE_FOUND: korean("겹치는 데 없음"),
}
STRENGTHS = {
    Strength.NONE: korean("어느 쪽도 뒷받침하지 않음"),
    Strength.WEAK: korean("약하게 뒷받침함"),
    Strength.MODERATE: korean("어느 정도 뒷받침함"),
    Strength.MODERATELY_STRONG: korean("꽤 강하게 뒷받침함"),
    Strength.STRONG: korean("강하게 뒷받침함"),
}
UNREAD = {
    "not-at-hand": korean("금고에 사진이 없습니다. --from 으로 사진이 있는 곳을 알려 주세요."),
    "sealed-for-others": korean("다른 사람만 열 수 있게 봉인되어 있습니다."),
    "too-large-to-examine": korean("파일이 너무 큽니다."),
    "too-much-memory": korean("메모리가 모자랍니다."),
    "too-many-pixels": korean("픽셀이 너무 많습니다."),
    "unsupported-format": korean("읽을 수 없는 형식입니다."),
}
CONTAINER = {
    "jpeg": korean("JPEG 표: {tables}, 품질 {quality}, 점진 저장 {progressive}"),
    "side-at-cap": korean(
        "한 변이 {side}픽셀: {consistent_with}에서 줄이는 크기와 들어맞습니다. 다른 프로그램도 이 크기로 저장합니다."
    ),
    "side-at-cap/unverified": korean(
        "한 변이 {side}픽셀: {consistent_with}에서 줄인다고 알려진 크기와 들어맞습니다. 저희가 확인한 크기는 아닙니다."
    ),
    "saved-like": korean("{consistent_with}에서 다시 저장한 것과 들어맞습니다. 그 이상은 아닙니다."),
    "declares-software": korean("파일에 적힌 프로그램: {name}. 누구나 적을 수 있습니다."),
    "declares-generated": korean("파일에 생성된 것이라고 적혀 있습니다: {source}. 누구나 적을 수 있습니다."),
    "declares-generated/credentials": korean("서명이 맞는 자격 증명에 생성된 것이라고 적혀 있습니다: {source}."),
    "generator-note": korean(
        "파일에 {consistent_with}에서 쓰는 메모 “{key}”가 있습니다. 설정이 그 안에 있으니 원본 파일을 그대로 두세요."
    ),
    "generator-note/picture": korean(
        "파일에 {consistent_with}에서 쓰는 메모 “{key}”가 있고, 시작이 된 다른 사진을 가리킵니다. 원본 파일을 그대로 두세요."
    ),
    "edit-history": korean("파일에 편집 기록이 {steps}번 적혀 있습니다. 누구나 적을 수 있습니다."),
    "platform-note": korean(
        "{consistent_with}에서 내려받은 사진에 있다고 알려진 메모가 있습니다. 저희가 확인한 것은 아닙니다."
    ),
    "notes-kept": korean(
        "메모가 남아 있습니다: {kinds}. 메신저는 사진으로 보낼 때 대개 지우므로, 파일로 보냈거나 다른 데서 온 것과 들어맞습니다."
    ),
    "credentials-elsewhere": korean(
        "파일이 다른 곳에 있는 콘텐츠 자격 증명(C2PA)을 가리킵니다. 아무 데도 묻지 않았습니다."
    ),
    "content-credentials/fits": korean(
        "콘텐츠 자격 증명(C2PA)의 서명이 맞고, 서명한 뒤 바뀌지 않았습니다. 서명자로 적힌 이름: {signer}, 프로그램: {program}. "
        "서명한 사람이 정말 그 이름인지는 확인하지 않았습니다."
    ),
    "content-credentials/does-not-fit": korean(
        "콘텐츠 자격 증명(C2PA)이 있지만 파일과 맞지 않습니다. 서명한 뒤 바뀌었을 수 있습니다. 원본 파일을 그대로 두세요."
    ),
    "content-credentials": korean("콘텐츠 자격 증명(C2PA)이 있지만 확인하지 못했습니다. 원본 파일을 그대로 두세요."),
    "thumbnail-differs": korean("파일 속 작은 미리보기가 사진과 다릅니다. 원본 파일을 그대로 두세요."),
}
PROGRAMS = {
    "telegram": korean("텔레그램"),
    "telegram-large": korean("텔레그램(큰 사진)"),
    "telegram-old-android": korean("텔레그램(옛 안드로이드)"),
    "telegram-desktop": korean("텔레그램 데스크톱"),
    "instagram": korean("인스타그램"),
    "facebook-instagram": korean("페이스북이나 인스타그램"),
    "x": "X",
    "stable-diffusion-web-ui": "Stable Diffusion web UI",
    "comfyui": "ComfyUI",
    "fooocus": "Fooocus",
    "invokeai": "InvokeAI",
    "novelai": "NovelAI",
    "swarmui": "SwarmUI",
    "draw-things": "Draw Things",
}
"""Programs and services by the codes of `consistent_with`; what has no Korean name keeps its own."""
ERRORS = {
    "tracer-unavailable": Sentence(
        korean("얼굴을 찾는 데 쓰는 파일이 없거나 다른 파일입니다."),
        korean("해치를 다시 설치하세요. 그 파일은 requirements/weights.txt 에 적힌 꾸러미 안에 있습니다."),
    ),
    "pictures-refused": Sentence(korean("사진을 실을 수 없습니다."), korean("사진 없이 다시 만드세요.")),
    "pictures-refused/mode": Sentence(
        korean("참조만 하는 사건에서는 어떤 사진도 그리지 않습니다."),
        korean("--with-trace-pictures 없이 다시 만드세요. 숫자와 결과는 그대로 들어갑니다."),
    ),
    "pictures-refused/age": Sentence(
        korean("사진 속 사람이 성인인지 알 수 없는 사건에서는 어떤 사진도 그리지 않습니다."),
        korean("--with-trace-pictures 없이 다시 만드세요. 숫자와 결과는 그대로 들어갑니다."),
    ),
    "pictures-refused/redacted-only": Sentence(
        korean("가린 사본만 내는 묶음에는 사진을 그려 넣지 않습니다."),
        korean("--with-trace-pictures 와 --redacted-only 가운데 하나만 붙이세요."),
    ),
    "pictures-refused/no-reason": Sentence(
        korean("사진을 싣는 까닭이 필요합니다."),
        korean('--reason "까닭" 을 함께 붙이세요. 보관 기록에 남습니다.'),
    ),
    "trace-refused": Sentence(
        korean("그대로는 견주어 볼 수 없습니다."), korean("아무것도 하지 않았습니다. haechi trace --help 를 보세요.")
    ),
    "trace-refused/gallery-empty": Sentence(
        korean("이 사건에는 내 사진이 없습니다."),
        korean("haechi import 내_사진_폴더 --as own-photos 로 내 사진을 넣고 다시 실행하세요."),
    ),
    "trace-refused/not-own-photo": Sentence(
        korean("내 사진이 아닌 것과는 견주지 않습니다: {item}"),
        korean("다른 사람의 얼굴을 찾는 일에는 쓸 수 없습니다."),
    ),
    "trace-refused/own-photo": Sentence(
        korean("이것은 내 사진입니다: {item}"), korean("찾은 사진이나 영상의 번호를 고르세요.")
    ),
    "trace-refused/no-features": Sentence(
        korean("내 사진이 아니어서 얼굴 특징을 둔 적이 없습니다: {item}"),
        korean("--forget 에는 내 사진의 번호를 쓰거나, 번호 없이 써서 모두 지우세요. 아무것도 지우지 않았습니다."),
    ),
    "trace-refused/nothing-to-trace": Sentence(
        korean("견주어 볼 사진이나 영상이 없습니다."),
        korean("haechi import 로 내보낸 대화나 사진을 먼저 넣으세요."),
    ),
}
UNRECORDED = {
    "read-only": korean("금고를 읽기만 했으므로 이 결과는 기록에 남지 않았습니다."),
    "disk-full": korean(
        "디스크에 자리가 없어 이 결과를 다 기록에 남기지 못했습니다. 자리를 만들고 같은 명령을 다시 실행하세요."
    ),
}
_UNREADABLE = korean("읽지 못했습니다.")
_FURTHEST = 3.0
"""Powers of ten beyond which the distance to the next photo is told as "more than"."""


def outcome(one: Outcome) -> str:
    """Say what was found for one face."""
    return _(OUTCOMES[one])


def gate(one: Gate, face: SeenFace) -> str:
    """Say what keeps a face from being evaluated."""
    least = LEAST_WIDTH if one is Gate.FACE_TOO_SMALL else LEAST_PHOTO_WIDTH
    return _(GATES[one], width=f"{face.width:.0f}", least=f"{least:.0f}")


def scene(one: object) -> str:
    """Say what was found for the whole picture."""
    return _(SCENES[Scene(str(one))])


def container(code: str, facts: Mapping[str, object]) -> str | None:
    """Say what a file says of itself; None for what is only in the numbers."""
    sentence = CONTAINER.get(f"{code}/{_kind(code, facts)}") or CONTAINER.get(code)
    if sentence is None:
        return None
    if code == "jpeg":
        tables = _("표준") if facts.get("tables") == "standard" else _("고유")
        progressive = _("예") if facts.get("progressive") else _("아니요")
        quality = facts.get("quality") or "-"
        return _(sentence, tables=tables, quality=quality, progressive=progressive)
    named = str(facts.get("consistent_with"))
    shown = _(PROGRAMS[named]) if named in PROGRAMS else named
    return _(sentence, **{"signer": "-", "program": "-", **facts, "consistent_with": shown})


def _kind(code: str, facts: Mapping[str, object]) -> object:
    """Return what of a fact picks another sentence than that of its code alone."""
    if code == "side-at-cap":
        return None if facts.get("verified") else "unverified"
    if code == "generator-note":
        return "picture" if facts.get("takes_a_picture") else None
    return facts.get({"declares-generated": "where", "content-credentials": "state"}.get(code, ""))


def unread(code: str) -> str:
    """Say why a file was not looked into."""
    return _(UNREAD.get(code, _UNREADABLE))


def unrecorded(reason: str) -> str:
    """Say why an answer was not recorded."""
    return _(UNRECORDED[reason])


def bound(one: Bound) -> str:
    """Say what coherence a picture made from this photo could reach, what this one reaches, and what the next best photo does."""
    facts = {"possible": f"{one.possible:.2f}", "reached": f"{one.reached:.2f}"}
    if one.best_other is None:
        return _(
            "이 사진으로 만들었다면 일치도 {possible}까지 나올 수 있습니다. 찾은 사진은 {reached}입니다.",
            **facts,
        )
    return _(
        "이 사진으로 만들었다면 일치도 {possible}까지 나올 수 있습니다. 찾은 사진은 {reached}, 다른 내 사진은 많아야 {other}입니다.",
        **facts,
        other=f"{one.best_other:.2f}",
    )


def ahead(margin: float, *, is_partial: bool) -> str:
    """Say how far the next photo is behind; `is_partial` says that some photos were only glanced at."""
    times = f"{10 ** min(max(margin, 0.0), _FURTHEST):,.0f}"
    told = _("{times}배 넘게", times=times) if margin >= _FURTHEST else _("{times}배", times=times)
    return _("{told} (자세히 견준 사진 가운데)", told=told) if is_partial else told


def ratio(one: Ratio) -> str:
    """Return the number and then the word: "at least 1,000 times - strong support for this photo"."""
    times = one.value if one.log10 >= 0 else 1 / one.value
    number = f"{times:,.0f}" if times >= 10 else f"{times:.1f}"  # noqa: PLR2004
    words = _(STRENGTHS[one.strength])
    if one.strength is Strength.NONE:
        return _("{number}배 — {words}", number=number, words=words)
    if one.supports_this_photo:
        if one.is_capped:
            return _("적어도 {number}배 — 이 사진이라는 쪽을 {words}", number=number, words=words)
        return _("{number}배 — 이 사진이라는 쪽을 {words}", number=number, words=words)
    if one.is_capped:
        return _("적어도 {number}배 — 이 사진이 아니라는 쪽을 {words}", number=number, words=words)
    return _("{number}배 — 이 사진이 아니라는 쪽을 {words}", number=number, words=words)
