"""`haechi redact`: a copy of a picture with parts painted black, or of a message with parts taken out."""

import re
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import size as in_bytes
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, need_case, opened
from haechi.domain.derivative import MessageField, Region
from haechi.language import _, korean

_BOX = re.compile(r"([0-9]{1,9}),([0-9]{1,9}),([0-9]{1,9}),([0-9]{1,9})")
_MESSAGE = re.compile(r"(.+):([^:]+)")


def redact(
    item: Annotated[
        str, Parameter(help=korean("증거 번호, 또는 메시지를 방:번호 로. haechi rooms 방_번호 로 봅니다."))
    ],
    /,
    *,
    reason: Annotated[str, Parameter(help=korean("왜 가리는지. 사본과 함께 남고, 증거 묶음에도 나옵니다."))],
    box: Annotated[
        tuple[str, ...],
        Parameter(help=korean("검게 칠할 자리: 왼쪽,위,너비,높이 (보이는 대로의 화소). 여러 번 쓸 수 있습니다.")),
    ] = (),
    remove: Annotated[
        tuple[MessageField, ...],
        Parameter(help=korean("메시지에서 뺄 것. 여러 번 쓸 수 있습니다."), show_choices=True),
    ] = (),
    case: Annotated[str | None, Parameter(help=korean("어느 사건의 것인지"))] = None,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Make a redacted copy; the original stays as it is."""
    from haechi.bootstrap import redacting

    regions = [_region(one) for one in box]
    if bool(regions) == bool(remove):
        raise UsageError(
            _("사진은 --box 로 칠할 자리를, 메시지는 --remove 로 뺄 것을 고르세요."), _("아무것도 만들지 않았습니다.")
        )
    with opened(options) as vault:
        chosen = need_case(vault, case)
        if regions:
            made = redacting.redact(vault, chosen, item, regions=regions, reason=reason)
        else:
            made = redacting.redact_message(vault, chosen, _key(item), fields=remove, reason=reason)
    screen.title(_("가린 사본을 만들었습니다."))
    screen.pairs(
        [
            (_("사본 번호"), made.derivative_id),
            (_("해시"), made.digest),
            (_("크기"), in_bytes(made.size)),
            (_("한 일"), made.method),
            (_("원본의 기록"), f"{made.source_entry}"),
            (_("가린 자리"), "; ".join(f"{r.x},{r.y},{r.width},{r.height}" for r in made.regions))
            if made.regions
            else (_("뺀 것"), ", ".join(made.fields)),
        ]
    )
    screen.proven(
        [
            _("언제 어느 원본으로 무엇을 가려 만들었는지 기록에 남았습니다. 원본은 한 바이트도 바뀌지 않았습니다."),
            _("가린 자리에 있던 것은 사본 어디에도 없습니다. 사진의 위치 정보와 미리보기도 들어 있지 않습니다.")
            if made.regions
            else _("뺀 것은 사본 어디에도 없습니다."),
        ],
        [
            _("남은 부분으로 누구인지 알 수 있는지는 해치가 알지 못합니다. 가릴 곳을 빠뜨리지 않았는지 확인하세요."),
        ],
    )
    screen.next_steps(
        [
            _("haechi packet 은 이 사본을 넣습니다. 그냥 만들면 가리지 않은 원본도 함께 들어갑니다."),
            _("원본 없이 사본만 내려면 haechi packet 새폴더 --redacted-only 로 만드세요."),
        ]
    )


def _region(word: str) -> Region:
    found = _BOX.fullmatch(word.replace(" ", ""))
    if found is None:
        raise UsageError(_("자리는 왼쪽,위,너비,높이 로 씁니다. 받은 것: {word}", word=word))
    return Region(*map(int, found.groups()))


def _key(word: str) -> tuple[str, str]:
    """Return room key and message number; a room key may hold colons, a message number none."""
    found = _MESSAGE.fullmatch(word)
    if found is None:
        raise UsageError(_("메시지는 방:번호 로 씁니다. 받은 것: {word}", word=word))
    return found[1], found[2]
