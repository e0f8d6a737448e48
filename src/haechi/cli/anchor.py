"""`haechi anchor`: others are asked about the log's newest checkpoint, after what would be sent was shown."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import keys, questions, screen
from haechi.cli.results import JSON_HELP, moment, plain_json
from haechi.cli.trouble import EXITS, UsageError
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.anchor import AnchorKind
from haechi.domain.errors import ConflictError, UnavailableError
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.bootstrap.anchoring import Anchored, Outcome, Outgoing

_FAR_APART_S = 300
"""From here on the two clocks' difference is told: no network is that slow, one of them is wrong."""


def anchor(
    *,
    yes: Annotated[bool, Parameter(help=korean("보낼 것을 보여 주되 묻지 않고 보냅니다 (스크립트용)."))] = False,
    preview: Annotated[
        bool, Parameter(help=korean("무엇을 누구에게 보낼지만 보여 주고 아무것도 보내지 않습니다."))
    ] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> int:
    """Ask everybody configured; exit code 6 when nobody answered, 5 when an answer was refused."""
    from haechi.bootstrap import anchoring

    with opened(options) as vault:
        outgoing = anchoring.prepare_anchor(vault)
        if not json:
            _tell_outgoing(outgoing)
        if preview or outgoing.because is anchoring.Because.DONE:
            done = None
        elif yes or _agreed(can_ask=not json):
            done = anchoring.anchor(vault, outgoing)
        else:
            screen.note(_("아무것도 보내지 않았습니다."))
            done = None
    if json:
        _print_json(outgoing, done)
    elif done is not None:
        _tell_outcomes(done, confirmed=outgoing.confirmed)
    return 0 if done is None else _exit_code(done)


def _tell_outgoing(outgoing: "Outgoing") -> None:
    from haechi.bootstrap.anchoring import Because

    if outgoing.because is Because.DONE:
        screen.title(_("기록 {count}줄까지 모두 확인받았습니다. 더 물을 것이 없습니다.", count=outgoing.size))
        return
    screen.section(
        _("보낼 것 (이것이 전부입니다)"),
        [
            _("기록의 이름 (아무 뜻 없는 숫자): {origin}", origin=outgoing.origin),
            _("기록의 줄 수: {count}", count=outgoing.size),
            _("기록 전체의 해시: {root}", root=outgoing.root),
        ],
    )
    asked = [
        _(
            "시점확인 기관 {name} ({url}) — 위 세 줄과 금고의 서명을 합친 해시 하나와, 아무 뜻 없는 수 하나만 봅니다.",
            name=one.name,
            url=one.url,
        )
        for one in outgoing.authorities
    ]
    asked += [
        _(
            "증인 {name} ({url}) — 위 세 줄과 금고의 서명, 기록이 늘기만 했다는 증명(해시들)을 봅니다.",
            name=one.name,
            url=one.url,
        )
        for one in outgoing.witnesses
    ]
    screen.section(_("받을 곳"), asked)
    notes = [_("이름, 글, 사진, 파일은 보내지 않습니다. 받는 쪽은 이 컴퓨터의 인터넷 주소와 물어본 때를 알게 됩니다.")]
    if outgoing.because is Because.RENEWAL:
        notes.append(_("먼저 받은 시점확인의 인증서가 90일 안에 끝나기 때문에, 그 도장까지 덮는 새 도장을 받습니다."))
    screen.section(_("알아 둘 것"), notes)


def _agreed(*, can_ask: bool) -> bool:
    if not can_ask or not keys.can_ask():
        raise UsageError(
            _("보내도 되는지 물어볼 화면이 없어서 아무것도 보내지 않았습니다."),
            _("보내려면 --yes 를 붙이고, 무엇을 보낼지만 보려면 --preview 를 붙이세요."),
        )
    return questions.choose(_("보낼까요?"), [_("보냅니다."), _("보내지 않습니다.")], default=1) == 0


def _title(done: "Anchored", confirmed: int) -> str:
    if done.is_answered:
        return _("기록 {count}줄까지 바깥에서 확인받았습니다.", count=done.size)
    if confirmed:
        return _(
            "이번에는 아무도 확인해 주지 않았습니다. 전에 {count}줄까지 확인받은 것은 그대로이고, 나머지도 봉인은 되어 있습니다.",
            count=confirmed,
        )
    return _("봉인은 되어 있고, 아직 바깥에서 확인받지 못했습니다.")


def _tell_outcomes(done: "Anchored", *, confirmed: int) -> None:
    from haechi.language.errors import tell

    screen.title(_title(done, confirmed))
    for one in done.outcomes:
        if one.error is None:
            screen.section(_kind(one), [moment(one.at), *_far_apart(one)])
        else:
            screen.section(_kind(one), [part for part in tell(one.error) if part])
    shown = (
        [_("이 시각 뒤에 기록을 바꾸거나 앞부분을 빼면, 금고의 주인이 하더라도 드러납니다.")]
        if done.is_answered
        else []
    )
    screen.proven(
        shown,
        [
            _(
                "기록에 적힌 것이 사실인지, 누가 한 일인지는 알 수 없습니다. 그때 이미 이 기록이 있었다는 것만 보여 줍니다."
            ),
        ],
    )
    if any(isinstance(one.error, UnavailableError) for one in done.outcomes):
        screen.next_steps(
            [_("답하지 않은 곳은 적어 두었습니다. 인터넷이 될 때 haechi anchor 를 다시 실행하면 그곳에 다시 묻습니다.")]
        )


def _kind(one: "Outcome") -> str:
    if one.kind is AnchorKind.STAMP:
        return _("시점확인 기관 {name}", name=one.name)
    return _("증인 {name}", name=one.name)


def _far_apart(one: "Outcome") -> list[str]:
    if one.apart_s is None or abs(one.apart_s) < _FAR_APART_S:
        return []
    return [
        _(
            "이 컴퓨터의 시계와 {minutes}분 다릅니다. 두 시각을 모두 적어 두었습니다. 이 컴퓨터의 날짜와 시각을 확인하세요.",
            minutes=abs(one.apart_s) // 60,
        )
    ]


def _print_json(outgoing: "Outgoing", done: "Anchored | None") -> None:
    plain_json(
        {
            "because": outgoing.because,
            "origin": outgoing.origin,
            "size": outgoing.size,
            "root": outgoing.root,
            "authorities": {one.name: one.url for one in outgoing.authorities},
            "witnesses": {one.name: one.url for one in outgoing.witnesses},
            "outcomes": [
                {
                    "kind": one.kind,
                    "name": one.name,
                    "at": one.at,
                    "apart_s": one.apart_s,
                    "problem": None if one.error is None else one.error.code,
                    "reason": None if one.error is None else one.error.facts.get("reason"),
                }
                for one in (() if done is None else done.outcomes)
            ],
        }
    )


def _exit_code(done: "Anchored") -> int:
    """Return 5 when somebody refused or a false answer came, else 6 when nobody answered at all."""
    if any(isinstance(one.error, ConflictError) for one in done.outcomes):
        return EXITS[ConflictError]
    return 0 if done.is_answered else EXITS[UnavailableError]
