"""The page: status, lists, the forms, and what was found."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from haechi.domain.bank import Bank, BankName, Depicted, Hit, SignalType, Tier
from haechi.domain.lookup import Answer
from haechi.language import Language, _, current, korean
from haechi.web.service import State

_TIERS = {
    Tier.SELF_ASSERTED: korean("당사자의 말"),
    Tier.WORKER_VERIFIED: korean("센터나 플랫폼 직원이 확인"),
    Tier.POLICE: korean("경찰"),
    Tier.REGULATOR: korean("심의 기관"),
}
_DEPICTED = {Depicted.ADULT: korean("성인"), Depicted.MINOR: korean("아동·청소년 (또는 나이 모름)")}
# Named here, because what stands inside an f-string is not found by the tool that gathers sentences.
_TITLE = korean("해치 매칭 서버")
_ROUTES = korean("모든 경로")
_FOUND = korean("찾은 것")
_NOT_FOUND = korean("목록에 없습니다. 가까운 것도 없습니다.")
_MORE = korean("더 있습니다. 가까운 것부터 보여 드립니다.")
_STATE = korean("상태")
_NO_BANKS = korean("아직 목록이 없습니다.")
_BANKS = korean("목록")
_WHICH_BANKS = korean("어느 목록에서")
_FIND = korean("찾기")
_LOOK_UP = korean("찾아보기")
_NOT_KEPT = korean("파일은 이 서버의 메모리에서만 해시로 바뀌고, 저장되지 않습니다.")
_KIND = korean("해시의 종류")
_VALUE = korean("해시 값")
_PICTURE = korean("사진 파일")
_FILM = korean("영상 파일")
_NEW_BANK = korean("새 목록")
_NAME = korean("이름 (영문 대문자, 숫자, _)")
_MAKE = korean("만들기")
_NAMES = {Language.KO: "한국어", Language.EN: "English"}


def page(
    state: State, banks: Sequence[Bank], sizes: Mapping[BankName, int], *, found: str = "", may_change: bool
) -> str:
    """Return the page in the language in use; `found` is what was asked for, as HTML."""
    language = current()
    others = " ".join(
        f'<a href="/ui/?lang={one.value}" lang="{one.value}" hreflang="{one.value}">{_NAMES[one]}</a>'
        for one in Language
        if one is not language
    )
    title = _said(_TITLE)
    parts = [
        "<!doctype html>",
        f'<html lang="{language.value}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>{title}</title><link rel="stylesheet" href="/ui/style.css"><link rel="icon" href="data:,"></head><body>',
        f"<header><h1>{title}</h1><nav>{others}</nav></header><main>",
        found,
        _status(state),
        _banks(banks, sizes),
        _forms(language),
        _new_bank(language) if may_change else "",
        "</main>",
        f'<footer><a href="/openapi.json">OpenAPI</a> · <a href="/site-map">{_said(_ROUTES)}</a></footer>',
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def results(answer: Answer, banks: Mapping[int, str]) -> str:
    """Return what a query found, as HTML."""
    heading = f"<h2>{_said(_FOUND)}</h2>"
    if not answer.hits and not answer.suppressed:
        return f'{heading}<p class="told">{_said(_NOT_FOUND)}</p>'
    rows = [_hit(hit, _("찾음")) for hit in answer.hits]
    for hit in answer.suppressed:
        by = banks.get(hit.suppressed_by or 0, "?")
        rows.append(_hit(hit, _("숨김: {bank}의 알려진 무해한 사진이 더 가깝습니다", bank=by)))
    names = [
        _("목록"),
        _("내용 번호"),
        _("누구의 말인지"),
        _("해시 방법"),
        _("거리"),
        _("무엇을 한 사진인지"),
        _("결과"),
    ]
    told = _("가까운 것은 후보입니다. 지우거나 막기 전에 사람이 확인해야 합니다.")
    more = f"<p>{_said(_MORE)}</p>" if answer.is_truncated else ""
    return f'{heading}<p class="told">{escape(told)}</p>{_table(names, rows)}{more}'


def trouble(message: str) -> str:
    """Return what went wrong, as HTML."""
    return f'<p class="told" role="alert">{escape(message)}</p>'


def _hit(hit: Hit, verdict: str) -> list[str]:
    return [
        hit.content.bank,
        str(hit.content.number),
        _(_TIERS[hit.content.tier]),
        hit.type.value,
        str(hit.distance),
        hit.transform,
        verdict,
    ]


def _status(state: State) -> str:
    if not state.is_ready:
        word = _("아직 답할 수 없습니다. 색인을 읽고 있습니다.")
    elif state.is_current:
        word = _("답하고 있습니다.")
    else:
        word = _("답하고 있지만 색인이 기록보다 뒤처져 있습니다.")
    held = _("내용 {contents}개, 해시 {hashes}개", contents=state.contents, hashes=state.hashes)
    return f"<h2>{_said(_STATE)}</h2><p>{escape(word)} {escape(held)}</p>"


def _banks(banks: Sequence[Bank], sizes: Mapping[BankName, int]) -> str:
    names = [_("목록 이름"), _("누구의 사진"), _("내용"), _("거리"), _("묻는 비율"), _("종류")]
    rows = [
        [
            bank.name,
            _(_DEPICTED[bank.depicted]),
            f"{sizes.get(bank.name, 0):,}",
            str(bank.radius),
            f"{bank.enabled_ratio:g}",
            _("알려진 무해한 사진") if bank.is_negative else _("찾을 사진"),
        ]
        for bank in banks
    ]
    told = _table(names, rows) if rows else f"<p>{_said(_NO_BANKS)}</p>"
    return f'<h2 id="banks">{_said(_BANKS)}</h2>{told}'


def _forms(language: Language) -> str:
    kinds = "".join(f"<option>{kind.value}</option>" for kind in SignalType if kind is not SignalType.VPDQ)
    whom = "".join(f'<option value="{kind.value}">{escape(_(word))}</option>' for kind, word in _DEPICTED.items())
    choice = f'<label>{_said(_WHICH_BANKS)}<select name="depicted">{whom}</select></label>'
    lang = f"?lang={language.value}"
    button = f"<button>{_said(_FIND)}</button>"
    return f"""<h2 id="match">{_said(_LOOK_UP)}</h2>
<p>{_said(_NOT_KEPT)}</p>
<div class="forms">
<form method="post" action="/ui/query_hash{lang}"><label>{_said(_KIND)}<select name="signal_type">{kinds}</select></label>
<label>{_said(_VALUE)}<input name="signal_value" required autocomplete="off" spellcheck="false"></label>{choice}{button}</form>
<form method="post" action="/ui/query{lang}" enctype="multipart/form-data"><label>{_said(_PICTURE)}
<input type="file" name="photo" accept="image/*" required></label>{choice}{button}</form>
<form method="post" action="/ui/query{lang}" enctype="multipart/form-data"><label>{_said(_FILM)}
<input type="file" name="video" accept="video/*" required></label>{choice}{button}</form>
</div>"""


def _new_bank(language: Language) -> str:
    return f"""<h2>{_said(_NEW_BANK)}</h2>
<form method="post" action="/ui/create_bank?lang={language.value}"><label>{_said(_NAME)}
<input name="bank_name" required pattern="[A-Z_][A-Z0-9_]*" maxlength="64"></label><button>{_said(_MAKE)}</button></form>"""


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _said(sentence: str) -> str:
    """Return a sentence in the language in use, as it stands in HTML."""
    return escape(_(sentence))
