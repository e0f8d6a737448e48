"""`haechi trace`: which of her own photos a picture was made from. Words and numbers only; no picture is ever drawn."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.audience_told import tell_where_posted
from haechi.cli.progress import ShownProgress
from haechi.cli.results import JSON_HELP, jsonable, plain_json
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened, opened_to_record
from haechi.domain.likelihood import Against
from haechi.domain.trace import POINTING, Answer, DonorGroup, FaceAnswer, Outcome, WholeFit
from haechi.domain.trace_lead import leads_of
from haechi.domain.vault import Operation
from haechi.language import _, korean
from haechi.language import tracing as word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from haechi.flows.show_audience import ShownAudience
    from haechi.flows.trace import Traced

_SHOWN_ANSWERS = 20


def trace(
    *items: Annotated[
        str, Parameter(help=korean("견주어 볼 사진이나 영상의 증거 번호. 없으면 사건에서 찾은 것 모두를 봅니다."))
    ],
    source: Annotated[
        tuple[Path, ...],
        Parameter(
            name="--from",
            help=korean("금고에 사진이 들어 있지 않을 때, 사진이 있는 폴더나 압축 파일. 여러 번 쓸 수 있습니다."),
        ),
    ] = (),
    again: Annotated[
        bool, Parameter(help=korean("전에 견준 것도 처음부터 다시 견줍니다. 없으면 하던 데서 이어집니다."))
    ] = False,
    unrecorded: Annotated[
        bool,
        Parameter(name="--no-record", help=korean("견준 것을 기록에 남기지 않고, 금고에 아무것도 쓰지 않습니다.")),
    ] = False,
    forget: Annotated[
        bool,
        Parameter(
            help=korean(
                "견주려고 내 사진에서 뽑아 둔 얼굴 특징을 지우고 끝냅니다. 내 사진의 번호를 쓰면 그것만, --case 를 쓰면 "
                "그 사건의 것만, 아니면 모두"
            )
        ),
    ] = False,
    case: Annotated[str | None, Parameter(help=korean("어느 사건인지"))] = None,
    every: Annotated[bool, Parameter(name="--all", help=korean("줄이지 않고 모두 보여 줍니다."))] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Tell which own photos pictures were made from, and record what was told."""
    from haechi.bootstrap import audience, tracing

    if forget:
        if source or again or unrecorded:
            raise UsageError(_("--forget 은 --from, --again, --no-record 와 함께 쓸 수 없습니다."))
        _forget(items, case, options, is_json=json)
        return
    with opened(options, operation=Operation.READ) if unrecorded else opened_to_record(options) as vault:
        chosen = need_case(vault, case)
        paths: dict[str, str] = {item.item_id: item.path for item in vault.unlocked.ledger.items(chosen.case_id)}
        with ShownProgress() as progress:
            found = tracing.trace(vault, chosen, items, sources=source, is_again=again, progress=progress)
        posted = audience.donor_audiences(vault, chosen, found.answers)
    if json:
        plain_json({"case": jsonable(chosen), "traced": jsonable(found)})
        return
    _tell(found, paths, posted, every=every)


def _forget(photos: "Sequence[str]", case: str | None, options: VaultOptions, *, is_json: bool) -> None:
    """Delete the kept features. Nothing is asked: they can be computed again from the photos."""
    from haechi.bootstrap import tracing

    with opened(options) as vault:
        chosen = need_case(vault, case) if photos or case is not None else None
        gone = tracing.forget(vault, chosen, photos)
    if is_json:
        plain_json({"forgotten": gone})
        return
    screen.title(_("얼굴 특징을 지웠습니다: {count}개", count=gone))
    screen.line(_("사진과 증거, 견준 기록은 그대로 있습니다. 다음에 haechi trace 를 쓰면 사진을 다시 살펴봅니다."))


def _tell(found: "Traced", paths: dict[str, str], posted: "Sequence[ShownAudience]", *, every: bool) -> None:
    screen.title(
        _("사진과 장면 {count}개를 내 사진 {photos}장과 견주었습니다.", count=len(found.answers), photos=found.photos)
    )
    if found.glanced:
        screen.line(
            _(
                "{count}개는 내 사진 {photos}장을 먼저 훑어보고 가장 비슷한 것부터 자세히 견주어 찾았습니다. "
                "나머지는 훑어보기만 했습니다.",
                count=len(found.glanced),
                photos=found.photos,
            )
        )
    shown = found.answers if every else found.answers[:_SHOWN_ANSWERS]
    for answer in shown:
        _tell_answer(answer, paths, is_partial=answer.item in found.glanced)
    if len(found.answers) > len(shown):
        rest = len(found.answers) - len(shown)
        screen.line()
        screen.line(_("그 밖에 {count}개가 더 있습니다. 모두 보려면 --all 을 붙이세요.", count=rest))
    screen.section(
        _("살펴보지 못한 것"), [f"{paths.get(item, item)} — {word.unread(code)}" for item, code in found.unread]
    )
    screen.section(_("견준 주장"), _propositions())
    screen.proven(_shown(found), _not_shown())
    tell_where_posted(posted, paths, leads_of(found.answers))
    screen.section(_("방법"), _method(found))
    screen.section(_("금고에 남긴 것"), _left(found))
    screen.next_steps(
        [
            _("haechi trace 증거_번호 --json — 재어 본 값을 모두 봅니다."),
            _(
                "haechi audience add — 찾은 내 사진을 어디에 언제 올렸는지 적어 둡니다. 볼 수 있던 사람의 범위가 됩니다."
            ),
        ]
    )


def _tell_answer(answer: Answer, paths: dict[str, str], *, is_partial: bool) -> None:
    """Print one answer; `is_partial` says that some photos were only glanced at, and not laid on it."""
    screen.line()
    name = paths.get(answer.item, answer.item)
    place = "" if answer.at_ms is None else " · " + _("영상 {seconds}초", seconds=f"{answer.at_ms / 1000:.1f}")
    screen.title(f"{name}{place}")
    if not answer.faces:
        screen.line("  " + _("얼굴을 찾지 못했습니다. 얼굴 말고 사진 전체로만 견주었습니다."))
    for number, face in enumerate(answer.faces, 1):
        if len(answer.faces) > 1:
            screen.line("  " + _("얼굴 {number}", number=number))
        _tell_face(face, paths, is_partial=is_partial)
    for fit in answer.scenes:
        screen.pairs([(word.scene(fit.scene), _scene(fit, paths))])
    if answer.scenes:
        screen.line(
            "  · "
            + _("사진 전체가 겹친다는 것에는 비율이 없습니다. 같은 곳에서 찍은 다른 사진도 이렇게 겹칠 수 있습니다.")
        )
    for code, facts in answer.findings:
        if (told := word.container(code, facts)) is not None:
            screen.line("  · " + told)
    if answer.faces and not answer.scenes and not is_partial:
        screen.line("  " + _("사진 전체로 겹치는 내 사진은 찾지 못했습니다."))


def _tell_face(face: FaceAnswer, paths: dict[str, str], *, is_partial: bool) -> None:
    screen.line("  " + word.outcome(face.outcome))
    for gate in face.gates:
        screen.line("  · " + word.gate(gate, face.face))
    for at, group in enumerate(face.groups):
        if at and face.outcome in POINTING:
            break
        screen.pairs(_group(group, face, paths))
    rows = [(_("견준 사진"), _("{count}장 (얼굴이 있는 것)", count=face.compared))]
    if face.margin is not None and face.outcome is not Outcome.NONE_FOUND:
        rows.append((_("다음 사진과의 차이"), word.ahead(face.margin, is_partial=is_partial)))
    if face.outcome in POINTING or face.outcome is Outcome.NOT_ENOUGH:
        rows.append((_("이만한 사진첩에 필요한 값"), f"{face.needed:,}"))
    if face.bound is not None:
        rows.append((_("이 크기에서 나올 수 있는 값"), word.bound(face.bound)))
    screen.pairs(rows)


def _group(group: DonorGroup, face: FaceAnswer, paths: dict[str, str]) -> list[tuple[str, str]]:
    best = group.best
    rows = [(_("내 사진"), paths.get(best.photo, best.photo))]
    others = [paths.get(fit.photo, fit.photo) for fit in group.fits[1:]]
    if others:
        rows.append((_("또는 거의 같은 이 사진"), "\n".join(others)))
    if best.is_mirrored:
        rows.append((_("모양"), _("좌우를 뒤집음")))
    if best.gates:
        rows.append((_("값을 내지 않은 까닭"), "\n".join(word.gate(gate, face.face) for gate in best.gates)))
        return rows
    numbers = best.numbers
    return [
        *rows,
        (_("다른 날의 내 사진과 견주면"), word.ratio(best.other_occasion)),
        (_("같은 자리의 다른 사진과 견주면"), word.ratio(best.same_sitting)),
        (
            _("조각"),
            _(
                "{possible}조각 중 {matching}조각이 같은 자리에서 맞음, 어긋남은 얼굴 너비의 {residual}%",
                possible=f"{numbers['possible']:.0f}",
                matching=f"{numbers['matching']:.0f}",
                residual=f"{100 * numbers['residual']:.1f}",
            ),
        ),
    ]


def _scene(fit: WholeFit, paths: dict[str, str]) -> str:
    return _(
        "{path} — 맞는 점 {inliers}개; 그대로 남음 {kept}%, 바뀜 {replaced}%, 알 수 없음 {unknown}%",
        path=paths.get(fit.photo, fit.photo),
        inliers=fit.inliers,
        kept=f"{100 * fit.kept:.0f}",
        replaced=f"{100 * fit.replaced:.0f}",
        unknown=f"{100 * fit.unknown:.0f}",
    )


def _propositions() -> list[str]:
    return [
        _("첫째: 찾은 사진의 얼굴은 바로 이 사진(또는 그와 거의 같은 사진)으로 만들어졌다."),
        _("둘째: 같은 사람을 다른 날 찍은 사진으로 만들어졌다. 또는, 같은 자리에서 찍은 다른 사진으로 만들어졌다."),
    ]


def _shown(found: "Traced") -> list[str]:
    faces = found.method.validation.get("faces")
    rows = [
        _(
            "숫자는 확률이 아니라 비율입니다. “이 사진으로 만들었다면” 이런 결과가 “다른 사진이라면”보다 몇 배 나오기 쉬운지입니다."
        ),
    ]
    if isinstance(faces, dict):
        rows.append(
            _(
                "잰 적이 있습니다: 원본을 맨 앞에 놓은 것 {first}%, 100배를 넘은 틀린 사진 {wrong} / {photos}, 모르는 사람 사진 {strangers} / {people}.",
                first=f"{100 * float(faces['first']):.1f}",
                wrong=faces["wrong_above_100"],
                photos=faces["wrong_photos"],
                strangers=faces["strangers_above_100"],
                people=faces["strangers"],
            )
        )
    return rows


def _not_shown() -> list[str]:
    return [
        _(
            "내 사진을 찾지 못했다는 것은 진짜 사진이라는 뜻이 아닙니다. 쓰인 사진이 여기 없거나, 얼굴을 새로 그려 냈을 수 있습니다."
        ),
        _("잇따라 찍은 사진끼리는 가릴 수 없습니다. 그래서 거의 같은 사진은 한 묶음으로 답합니다."),
        _("누가 만들었는지는 알 수 없습니다."),
        _("둘 가운데 어느 것이 먼저인지, 찾은 사진이 바뀌기는 했는지는 알 수 없습니다."),
        _("한국 휴대전화 사진으로는 아직 재지 않았습니다."),
    ]


def _left(found: "Traced") -> list[str]:
    rows = []
    if found.recorded:
        rows.append(
            _(
                "견준 기록 {count}개. 무엇을 무엇과 어떤 방법으로 견주었는지 나중에 보일 수 있습니다.",
                count=found.recorded,
            )
        )
    if found.earlier:
        rows.append(
            _("{count}개는 전에 견준 기록을 그대로 보였습니다. 다시 견주려면 --again 을 붙이세요.", count=found.earlier)
        )
    if found.unrecorded is not None:
        rows.append(word.unrecorded(found.unrecorded))
    if found.kept:
        rows.append(
            _(
                "내 사진 {count}장의 얼굴 특징 (생체 정보). 암호화했고, 다음에 빨리 하는 데만 씁니다. 지우려면 haechi trace --forget",
                count=found.kept,
            )
        )
    if found.is_cache_full:
        rows.append(_("디스크에 자리가 모자라 얼굴 특징은 다 두지 못했습니다. 결과는 같고, 다음에 더 오래 걸립니다."))
    return rows


def _method(found: "Traced") -> list[str]:
    rows = [found.method.tracer]
    for against, digest in found.method.models.items():
        name = _("다른 날") if against is Against.OTHER_OCCASION else _("같은 자리")
        rows.append(_("계수 ({name}): SHA-256 {digest}", name=name, digest=digest))
    return rows
