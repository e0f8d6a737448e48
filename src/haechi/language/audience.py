"""Words for where a photo was posted and who could see it. They name a range of people, never anybody as guilty."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from haechi.domain.audience import Circle, Interval, Place
from haechi.domain.trace_lead import Lead
from haechi.language import _, korean
from haechi.language.sentence import Sentence

if TYPE_CHECKING:
    from haechi.flows.show_audience import ShownAudience

Written = Callable[[int], str]
"""Writes unix seconds as a time for people."""

CIRCLES = {
    Circle.PUBLIC: korean("전체 공개"),
    Circle.FOLLOWERS: korean("팔로워 공개"),
    Circle.CLOSE_FRIENDS: korean("친한 친구 공개"),
    Circle.CHAT: korean("대화방"),
}
PLATFORMS = {
    "instagram": korean("인스타그램"),
    "telegram": korean("텔레그램"),
    "kakaotalk": korean("카카오톡"),
}
LEADS = {
    Lead.THIS_OR_SITTING: korean("쓰인 것은 같은 자리에서 찍은 다른 사진일 수 있음"),
    Lead.SAME_PLACE: korean("얼굴로는 찾지 못함, 쓰인 것은 같은 곳에서 찍은 다른 사진일 수 있음"),
}
"""What holds back the audience of a photo that a trace leads to; nothing where it leads to this very photo."""
PROBLEMS = {
    "not-an-account": korean("계정 이름이 아닙니다."),
    "bad-time": korean("시각을 읽을 수 없습니다. 2024-05-01 이나 2024-05-01 21:30 처럼 쓰세요."),
    "unknown-entry": korean("처음 보는 모양입니다."),
    "no-file": korean("사진 파일의 자리가 없습니다."),
    "no-from": korean("언제부터인지가 없습니다."),
    "times": korean("끝나는 때가 시작보다 이릅니다."),
}
ERRORS = {
    "audience-missing": Sentence(
        korean("이 번호로 적어 둔 글이나 명단이 없습니다: {name}"),
        korean("haechi audience show 로 번호를 확인하세요."),
    ),
    "audience-file": Sentence(
        korean("명단을 읽지 못했습니다: {path} {place}"),
        korean("파일이 온전한지 확인하세요. 아무것도 적지 않았습니다."),
    ),
    "audience-file/nothing-found": Sentence(
        korean("명단을 찾지 못했습니다: {path}"),
        korean(
            "인스타그램에서 받은 것이라면 형식을 HTML 이 아니라 JSON 으로 골라 다시 받으세요. followers_1.json, close_friends.json, "
            "posts_1.json 을 읽습니다. 표(CSV)는 폴더가 아니라 파일을 바로 주세요."
        ),
    ),
    "audience-file/too-large": Sentence(
        korean("명단 파일이 너무 큽니다: {path}"), korean("64 MB 까지 읽습니다. 표라면 나누어 넣으세요.")
    ),
    "audience-file/too-many": Sentence(
        korean("명단이 너무 깁니다: {path} {place}"), korean("30만 줄까지 읽습니다. 나누어 넣으세요.")
    ),
    "audience-file/together-too-large": Sentence(
        korean("명단 파일을 모두 합치면 너무 큽니다: {path} {place}"),
        korean(
            "한 번에 256 MB 까지 읽습니다. 파일을 하나씩 넣으세요. 그때는 하나하나가 빠짐없는 명단이 아니니 --complete 를 붙이지 "
            "마세요. 아무것도 적지 않았습니다."
        ),
    ),
    "audience-file/together-too-many": Sentence(
        korean("명단을 모두 합치면 너무 깁니다: {path} 에서 멈췄습니다."),
        korean(
            "한 번에 계정과 글 100만 개까지 읽습니다. 파일을 하나씩 넣으세요. 그때는 하나하나가 빠짐없는 명단이 아니니 --complete 를 "
            "붙이지 마세요. 아무것도 적지 않았습니다."
        ),
    ),
    "audience-file/which-list": Sentence(
        korean("이 파일만 보고는 누구의 명단인지 알 수 없습니다: {path}"),
        korean(
            "인스타그램은 친한 친구와 차단한 계정의 명단을 똑같은 모양으로 줍니다. 친한 친구 명단이라면 원래 이름 close_friends.json "
            "그대로 주세요. 다른 명단은 당신의 글을 볼 수 있던 사람이 아닙니다."
        ),
    ),
    "audience-file/unknown-language": Sentence(
        korean("이 파일에서 어느 것이 계정 이름인지 알 수 없습니다: {path}"),
        korean("인스타그램의 언어를 영어로 바꾸고 다시 받으세요. 표로 옮겨 적어도 됩니다."),
    ),
    "audience-file/not-opened": Sentence(
        korean("받은 자료 속의 명단 하나를 열 수 없습니다: {path}"),
        korean("아무것도 적지 않았습니다. 자료를 다시 내려받거나, 풀어 놓은 폴더나 그 파일 하나로 다시 해 보세요."),
    ),
    "audience-file/not-json": Sentence(
        korean("JSON 이 중간에 깨졌습니다: {path} {place}"),
        korean("받다가 끊겼을 수 있습니다. 다시 받아 넣으세요. 아무것도 적지 않았습니다."),
    ),
    "audience-file/not-text": Sentence(
        korean("글자로 된 표가 아닙니다: {path} {place}"),
        korean("엑셀이라면 “CSV UTF-8” 로 저장한 파일을 주세요."),
    ),
    "audience-file/no-header": Sentence(
        korean("표의 첫 줄에 account(계정) 열이 없습니다: {path}"),
        korean("첫 줄을 account,from,until 또는 계정,부터,까지 로 쓰세요. from 과 until 은 없어도 됩니다."),
    ),
    "audience-file/following": Sentence(
        korean("이것은 당신이 팔로우하는 사람의 명단입니다: {path}"),
        korean("당신의 글을 볼 수 있던 사람이 아닙니다. followers_1.json 을 주세요."),
    ),
    "audience-file/unknown-layout": Sentence(
        korean("처음 보는 모양의 파일입니다: {path}"),
        korean(
            "followers_1.json, close_friends.json, posts_1.json 이나 표(CSV)를 주세요. 그것이 맞다면 표로 옮겨 적어도 됩니다."
        ),
    ),
    "audience-file/empty": Sentence(korean("명단이 비어 있습니다: {path}")),
    "audience-refused": Sentence(
        korean("그대로는 적을 수 없습니다."), korean("haechi audience --help 를 보세요. 아무것도 적지 않았습니다.")
    ),
    "audience-refused/not-own-photo": Sentence(
        korean("내 사진으로 넣은 것이 아닙니다."),
        korean("올린 사진은 haechi import 내_사진_폴더 --as own-photos 로 넣은 것 가운데에서 고르세요."),
    ),
    "audience-refused/times": Sentence(korean("끝나는 때가 시작보다 늦어야 합니다.")),
    "audience-refused/in-future": Sentence(
        korean("아직 오지 않은 때입니다."), korean("날짜와 이 컴퓨터의 시계를 확인하세요.")
    ),
    "audience-refused/as-of-missing": Sentence(
        korean("명단을 언제 받았는지 알아야 합니다."),
        korean('--as-of "2024-06-01 15:00" 처럼 내려받은 때를 주세요. 날짜만 알면 날짜만 쓰세요.'),
    ),
    "audience-refused/as-of-early": Sentence(
        korean("명단에 받은 때보다 나중의 일이 적혀 있습니다."), korean("--as-of 에 내려받은 때를 다시 확인하세요.")
    ),
    "audience-refused/circle-missing": Sentence(
        korean("이 표가 누구의 명단인지 알아야 합니다."),
        korean("--to followers, --to close-friends 또는 --to chat 을 주세요."),
    ),
    "audience-refused/public": Sentence(
        korean("전체 공개는 누구나 볼 수 있어서 명단이 없습니다."),
        korean("팔로워나 친한 친구, 대화방에 올린 것에만 명단을 적습니다."),
    ),
}


def circle(value: Circle) -> str:
    """Return to whom a post was open."""
    return _(CIRCLES[value])


def place(value: Place) -> str:
    """Return where something was posted: `인스타그램 @me`, `텔레그램 channel77`."""
    platform = _(PLATFORMS[value.platform]) if value.platform in PLATFORMS else value.platform
    return f"{platform} {value.account}" if value.circle is Circle.CHAT else f"{platform} @{value.account}"


def problem(code: str) -> str:
    """Return why an entry was not taken."""
    return _(PROBLEMS[code]) if code in PROBLEMS else code


def led(summary: str, value: Lead) -> str:
    """Return a post's line with how far a trace leads to its photo."""
    return f"{summary} ({_(LEADS[value])})" if value in LEADS else summary


def interval(value: Interval, written: Written) -> str:
    """Return an interval: from when until when, with an open end as what it is."""
    if value.start is None:
        return _("처음부터 끝까지") if value.end is None else _("처음은 모름, {end} 까지", end=written(value.end))
    if value.end is None:
        return _("{start} 부터, 끝은 모름", start=written(value.start))
    return _("{start} 부터 {end} 까지", start=written(value.start), end=written(value.end))


def posted(value: Interval | None, written: Written) -> str:
    """Return when something was posted: a moment, or between which two where only the day, the month or a minute is known."""
    if value is None or value.start is None or value.end is None:
        return _("시각 모름")
    if value.end - value.start == 1:
        return written(value.start)
    return _("{start} 에서 {end} 사이, 더 정확히는 모름", start=written(value.start), end=written(value.end))


def summary(shown: "ShownAudience", written: Written) -> str:
    """Return one post in a line of words and numbers, without any name but her own account."""
    post = shown.audience.post
    at = _("올린 때 모름") if post.posted is None else _("{at} 올림", at=posted(post.posted, written))
    told = [place(post.place), at, circle(post.circle)]
    if post.circle is Circle.PUBLIC:
        told.append(_("누구나 볼 수 있었음"))
    else:
        told.append(_("아는 계정 {count}개", count=len(shown.accounts)))
        told.append(_("빈 기간 {count}개", count=len(shown.gaps)))
    return ", ".join(told)
