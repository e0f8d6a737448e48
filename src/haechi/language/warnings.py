"""A sentence for each warning and flag of an import: what could not be read or is not trusted, and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from haechi.domain import warning as domain
from haechi.language import _, korean, plain
from haechi.language.errors import ERRORS
from haechi.language.sentence import Sentence

WARNINGS: dict[str, Sentence] = {
    "link-refused": Sentence(
        korean("바로가기(링크)라서 따라가지 않았습니다"), korean("가리키는 파일이 필요하면 그 파일을 따로 넣으세요.")
    ),
    "path-escapes": Sentence(
        korean("폴더 밖을 가리키는 이름이라 읽지 않았습니다"), korean("누가 만든 압축 파일인지 확인하세요.")
    ),
    "device-refused": Sentence(korean("파일이 아니라 장치나 통로라서 읽지 않았습니다")),
    "name-too-long": Sentence(
        korean("이름이 지나치게 길어 읽지 않았습니다"), korean("이름에 다른 것을 숨긴 파일일 수 있습니다.")
    ),
    "too-large": Sentence(korean("너무 커서 읽지 않았습니다"), korean("이 파일만 따로 넣어 보세요.")),
    "ratio-too-high": Sentence(
        korean("압축을 풀면 지나치게 커지는 파일이라 읽지 않았습니다"),
        korean("컴퓨터를 멈추게 하려고 만든 파일일 수 있습니다."),
    ),
    "unreadable": Sentence(korean("디스크에서 읽지 못했습니다"), korean("저장 장치와 권한을 확인하고 다시 넣으세요.")),
    "damaged-in-archive": Sentence(
        korean("압축 파일 안에서 망가져 있습니다"), korean("압축 파일을 다시 받을 수 있으면 다시 받으세요.")
    ),
    "empty": Sentence(korean("비어 있는 파일입니다")),
    "mislabelled": Sentence(
        korean("이름이 말하는 것과 실제 내용이 다릅니다"), korean("파일을 열지 마세요. 내용대로 기록했습니다.")
    ),
    "truncated": Sentence(
        korean("뒤가 잘려 있습니다"), korean("있는 데까지는 기록했습니다. 다시 내보낼 수 있으면 다시 내보내세요.")
    ),
    "too-many-pixels": Sentence(
        korean("너무 큰 사진이라 지문을 만들지 않았습니다"), korean("해시로는 찾을 수 있습니다.")
    ),
    "unsupported-format": Sentence(korean("지문을 만들 수 없는 형식입니다"), korean("해시로는 찾을 수 있습니다.")),
    "video-partly-examined": Sentence(korean("긴 영상이라 일부 장면만 살펴보았습니다")),
    "no-picture-in-video": Sentence(korean("화면이 없는 영상입니다")),
    "too-large-to-examine": Sentence(
        korean("너무 커서 지문을 만들지 않았습니다"), korean("해시로는 찾을 수 있습니다.")
    ),
    "changed-while-read": Sentence(
        korean("읽는 동안 파일이 바뀌었습니다"), korean("그 파일을 쓰는 프로그램을 닫고 다시 넣으세요.")
    ),
    "too-much-memory": Sentence(
        korean("살펴보는 데 메모리가 너무 많이 들어 그만두었습니다"), korean("해시로는 찾을 수 있습니다.")
    ),
    "worker-crashed": Sentence(
        korean("살펴보다가 멈추게 하는 파일입니다"), korean("열지 마세요. 해시로는 찾을 수 있습니다.")
    ),
    "worker-timeout": Sentence(
        korean("살펴보는 데 너무 오래 걸려 그만두었습니다"), korean("해시로는 찾을 수 있습니다.")
    ),
    "not-a-picture": Sentence(korean("그림도 영상도 아닙니다"), korean("파일 해시로만 찾을 수 있습니다.")),
    "undecodable": Sentence(korean("망가져서 그림으로 읽을 수 없습니다"), korean("해시로는 찾을 수 있습니다.")),
    "html-beside-json": Sentence(korean("같은 방의 HTML 도 있어서, 더 자세한 JSON 쪽을 읽었습니다")),
    "bytes-unaccounted": Sentence(
        korean("읽은 것과 파일의 크기가 맞지 않습니다"), korean("해치의 잘못입니다. 원본을 지우지 말고 알려 주세요.")
    ),
    "unparsed-bytes": Sentence(
        korean("형식을 알 수 없어 읽지 못한 글이 있습니다"), korean("원본 파일을 지우지 마세요. 해시는 남아 있습니다.")
    ),
    "media_found_by_nfc": Sentence(korean("이름의 한글 표기만 다른 파일을 찾아 이었습니다")),
    "media_found_by_case": Sentence(korean("이름의 대소문자만 다른 파일을 찾아 이었습니다")),
    "reading_ended_early": Sentence(
        korean("파일을 끝까지 읽지 못했습니다"), korean("읽은 데까지는 넣었습니다. 같은 명령을 다시 실행해 보세요.")
    ),
    "reference_escapes": Sentence(
        korean("폴더 밖의 파일을 가리키는 메시지가 있습니다"), korean("그 파일은 읽지 않았습니다.")
    ),
    "header_damaged": Sentence(korean("방의 머리말이 망가져 있습니다")),
    "room_type_unknown": Sentence(korean("처음 보는 종류의 방입니다")),
    "no_room_id": Sentence(
        korean("방 번호가 없어 이름으로만 구별합니다"), korean("방 번호가 나오는 JSON 형식으로 다시 내보내세요.")
    ),
    "room_uncertain": Sentence(korean("어느 방의 메시지인지 분명하지 않습니다")),
    "odd_account_id": Sentence(korean("계정 번호의 모양이 이상합니다")),
    "peer_kind_undecidable": Sentence(korean("오래된 번호라서 사람인지 방인지 알 수 없습니다")),
    "invalid_utf8": Sentence(korean("글자가 깨진 곳이 있습니다. 원래 바이트도 보관했습니다")),
    "duplicate_keys": Sentence(
        korean("같은 항목이 두 번 적힌 메시지가 있습니다"), korean("누가 고쳤을 수 있습니다. 둘 다 보관했습니다.")
    ),
    "repaired_document_id": Sentence(korean("텔레그램이 잘못 쓴 번호를 고쳐 읽었습니다")),
    "repaired_control_bytes": Sentence(korean("텔레그램이 잘못 쓴 제어 문자를 고쳐 읽었습니다")),
    "repaired_line_separators": Sentence(korean("텔레그램이 잘못 쓴 줄바꿈 문자를 고쳐 읽었습니다")),
    "raw_control_characters": Sentence(korean("글에 제어 문자가 그대로 들어 있습니다")),
    "lone_surrogates": Sentence(korean("짝이 없는 글자 조각이 있습니다")),
    "unknown_placeholder": Sentence(korean("파일 대신 처음 보는 말이 적혀 있습니다")),
    "unknown_message_type": Sentence(korean("처음 보는 종류의 메시지입니다. 그대로 보관했습니다")),
    "migrated": Sentence(korean("일반 그룹에서 옮겨 온 메시지입니다")),
    "no_native_ids": Sentence(korean("메시지 번호가 없어 순서로만 구별합니다")),
    "odd_time": Sentence(korean("시각을 읽을 수 없는 메시지가 있습니다")),
    "clock_fields_disagree": Sentence(
        korean("메시지에 적힌 두 시각이 서로 맞지 않습니다"), korean("누가 고쳤을 수 있습니다.")
    ),
    "zone_from_1970": Sentence(korean("오래된 내보내기라 시간대를 짐작했습니다. 한 시간 어긋날 수 있습니다")),
    "edited": Sentence(korean("보낸 뒤에 고친 메시지입니다")),
    "text_entities_differ": Sentence(korean("글과 글 조각이 서로 다릅니다"), korean("누가 고쳤을 수 있습니다.")),
    "reply_in_another_chat": Sentence(korean("다른 방의 메시지에 답한 것입니다")),
    "not_written_by_tdesktop": Sentence(
        korean("텔레그램 데스크톱이 쓴 그대로가 아닙니다"),
        korean("다른 프로그램이 다시 저장했거나 누가 고쳤을 수 있습니다. 원래 내보낸 폴더가 있으면 그것을 넣으세요."),
    ),
    "byte_order_mark": Sentence(korean("메모장 같은 프로그램으로 다시 저장한 흔적이 있습니다")),
    "crlf": Sentence(korean("줄바꿈이 바뀐 흔적이 있습니다")),
    "embedded_media_withheld": Sentence(korean("글 안에 든 사진을 빼고 보관했습니다")),
    "mixed_or_edited": Sentence(
        korean("여러 판의 텔레그램이 섞였거나 누가 고친 모양입니다"),
        korean("원래 내보낸 폴더가 있으면 그것을 넣으세요."),
    ),
    "ids_out_of_order": Sentence(korean("메시지 번호의 순서가 어긋나 있습니다"), korean("누가 고쳤을 수 있습니다.")),
    "only_my_messages_suspected": Sentence(
        korean("내 메시지만 들어 있는 것 같습니다"),
        korean("계정 전체가 아니라 그 방에서 “대화 내역 내보내기”로 다시 내보내세요."),
    ),
    "not-json": Sentence(korean("읽을 수 없는 메시지가 있어 읽지 않고 자리만 적어 두었습니다")),
    "not-an-object": Sentence(korean("메시지 자리에 다른 것이 있어 읽지 않고 자리만 적어 두었습니다")),
    "nested-too-deep": Sentence(korean("지나치게 겹쳐진 메시지라 읽지 않고 자리만 적어 두었습니다")),
    "unexpected-bytes": Sentence(
        korean("메시지 사이에 있을 수 없는 글이 있어 읽지 않고 자리만 적어 두었습니다"),
        korean("누가 고쳤을 수 있습니다."),
    ),
    "message-too-long": Sentence(korean("지나치게 긴 메시지라 읽지 않고 자리만 적어 두었습니다")),
    "section-too-long": Sentence(korean("지나치게 긴 부분이라 읽지 않고 자리만 적어 두었습니다")),
    "overlapping-entries": Sentence(
        korean("압축 파일 안에서 다른 파일과 겹쳐 있어 읽지 않았습니다"),
        korean("컴퓨터를 멈추게 하려고 만든 파일일 수 있습니다."),
    ),
    "compression-unsupported": Sentence(
        korean("해치가 풀 수 없는 방식으로 압축되어 있습니다"), korean("압축을 푼 폴더를 넣으세요.")
    ),
    "too-deep": Sentence(korean("폴더가 지나치게 겹쳐 있어 읽지 않았습니다")),
    "header-damaged": Sentence(korean("방의 머리말이 망가져 있습니다")),
    "unknown-header-fields": Sentence(korean("방의 머리말에 처음 보는 항목이 있어 그대로 보관했습니다")),
    "only-my-messages-suspected": Sentence(
        korean("내 메시지만 들어 있는 것 같습니다"),
        korean("계정 전체가 아니라 그 방에서 “대화 내역 내보내기”로 다시 내보내세요."),
    ),
    "section-not-read": Sentence(korean("대화가 아닌 부분이라 읽지 않고 자리만 적어 두었습니다")),
    "more-warnings": Sentence(korean("경고가 너무 많아 나머지는 적지 않았습니다")),
    "message-without-id": Sentence(korean("번호가 없는 메시지라 읽지 않고 자리만 적어 두었습니다")),
    "page-too-long": Sentence(korean("지나치게 긴 쪽이라 뒷부분을 읽지 않았습니다")),
    "ids_missing": Sentence(
        korean("계정 번호가 없는 형식(HTML)입니다. 사람을 이름으로만 구별합니다"),
        korean("그 방에서 JSON 형식으로 다시 내보내세요."),
    ),
    "html_sender_is_label": Sentence(korean("보낸 사람이 이름으로만 적혀 있습니다")),
    "html_offset_is_standard_time": Sentence(korean("여름 시간을 쓰는 곳에서는 시각이 한 시간 어긋날 수 있습니다")),
    "sender_from_message_before": Sentence(korean("이어진 메시지라 보낸 사람을 앞 메시지에서 가져왔습니다")),
    "frame_text_cut": Sentence(korean("쪽의 머리말이 길어 줄였습니다")),
    "decoded-smaller": Sentence(korean("큰 사진이라 줄여서 지문을 만들었습니다")),
}


_UNKNOWN = Sentence(korean("해치가 설명을 갖고 있지 않은 경고입니다: {code}"))


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of warning in the language in use: what and remedy, how often, and the places that are known."""

    what: str
    remedy: str
    count: int
    places: tuple[str, ...]


def by_code(warnings: Iterable[domain.ReadWarning], flags: Sequence[str] = ()) -> list[Told]:
    """Return what each code means and where it happened, most frequent first; a flag has no place.

    A member can also be refused with the code of an error.
    """
    rows: dict[str, list[str]] = {flag: [] for flag in flags}
    counts: dict[str, int] = dict.fromkeys(flags, 1)
    for warning in warnings:
        places = rows.setdefault(warning.code, [])
        counts[warning.code] = counts.get(warning.code, 0) + 1
        if place := " ".join(filter(None, (plain(warning.path), place_words(warning.place)))):
            places.append(place)
    told = []
    for code in sorted(rows, key=lambda code: (-counts[code], code)):
        what, remedy = (WARNINGS.get(code) or ERRORS.get(code) or _UNKNOWN).tell({"code": code})
        told.append(Told(what, remedy, counts[code], tuple(rows[code])))
    return told


def place_words(place: str) -> str:
    """Return a place in a file in words; `byte 1204` and `message 17` are what importers write."""
    kind, _space, number = place.partition(" ")
    if kind == "byte" and number.isdecimal():
        return _("{number}번째 바이트", number=int(number))
    if kind == "message" and number:
        return _("메시지 {number}", number=number)
    return plain(place)
