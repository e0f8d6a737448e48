"""A sentence for each thing that can be wrong with a packet, that it proves, and that it does not. The codes are the packet format's: docs/formats/packet.md."""

from collections.abc import Mapping

from haechi.domain.moment import moment
from haechi.language import korean
from haechi.language.sentence import Sentence

FINDINGS: dict[str, Sentence] = {
    "link": Sentence(korean("바로가기(링크)가 들어 있습니다: {place}")),
    "special-file": Sentence(korean("파일도 폴더도 아닌 것이 들어 있습니다: {place}")),
    "file-too-large": Sentence(korean("파일이 너무 커서 확인하지 않았습니다: {place}")),
    "too-many-files": Sentence(korean("파일이 너무 많아서 확인하지 않았습니다: {place}")),
    "bagit-txt": Sentence(korean("묶음의 표지가 없거나 잘못되었습니다: {place}")),
    "manifest-form": Sentence(korean("파일 목록을 읽을 수 없습니다: {place}")),
    "manifest-line": Sentence(korean("파일 목록의 한 줄을 읽을 수 없습니다: {place}")),
    "manifest-duplicate": Sentence(korean("같은 파일이 목록에 두 번 있습니다: {place}")),
    "file-missing": Sentence(korean("있어야 할 파일이 없습니다: {place}")),
    "file-added": Sentence(korean("목록에 없는 파일이 있습니다: {place}")),
    "directory-added": Sentence(korean("목록에 없는 폴더가 있습니다: {place}")),
    "file-changed": Sentence(korean("파일의 내용이 바뀌었습니다: {place}")),
    "oxum": Sentence(korean("파일의 수나 크기의 합이 적힌 것과 다릅니다: {place}")),
    "signer-form": Sentence(korean("서명한 열쇠를 읽을 수 없습니다: {place}")),
    "signature": Sentence(korean("서명이 맞지 않습니다: {place}")),
    "signer-other": Sentence(korean("알려 준 열쇠로 서명한 것이 아닙니다: {place}")),
    "log-key": Sentence(korean("기록의 서명 열쇠를 읽을 수 없습니다: {place}")),
    "checkpoint-form": Sentence(korean("기록의 서명된 요약을 읽을 수 없습니다: {place}")),
    "checkpoint-signature": Sentence(korean("기록의 서명이 맞지 않습니다: {place}")),
    "entry-form": Sentence(korean("기록의 한 줄을 읽을 수 없습니다: {place}")),
    "entry-order": Sentence(korean("기록의 줄이 빠졌거나 순서가 다릅니다: {place}")),
    "entry-link": Sentence(korean("기록의 줄이 앞줄과 이어지지 않습니다: {place}")),
    "entry-count": Sentence(korean("기록의 줄 수가 서명된 것과 다릅니다: {place}")),
    "log-root": Sentence(korean("기록을 다시 계산한 값이 서명된 것과 다릅니다: {place}")),
    "openings-form": Sentence(korean("기록을 여는 값의 목록을 읽을 수 없습니다: {place}")),
    "opening-wrong": Sentence(korean("기록이 약속한 내용과 다릅니다: {place}")),
    "opening-missing": Sentence(korean("기록이 약속한 내용이 없습니다: {place}")),
    "csv-form": Sentence(korean("표를 읽을 수 없습니다: {place}")),
    "csv-count": Sentence(korean("표의 줄 수가 다릅니다: {place}")),
    "csv-row": Sentence(korean("표의 한 줄이 기록과 다릅니다: {place}")),
    "exhibit-digest": Sentence(korean("호증 파일의 해시가 기록과 다릅니다: {place}")),
    "exhibit-unlisted": Sentence(korean("호증 목록에 없는 파일입니다: {place}")),
    "proof-missing": Sentence(korean("기록에 들어 있다는 증명이 없습니다: {place}")),
    "proof-form": Sentence(korean("기록에 들어 있다는 증명을 읽을 수 없습니다: {place}")),
    "proof-wrong": Sentence(korean("기록에 들어 있다는 증명이 맞지 않습니다: {place}")),
    "window-wrong": Sentence(korean("이 메시지의 증명이 말하는 내보내기가 기록에 없습니다: {place}")),
    "derivative-digest": Sentence(korean("가린 사본이 기록에 적힌 것과 다릅니다: {place}")),
    "derivative-source": Sentence(korean("가린 사본의 원본이나 가린 곳이 기록과 다릅니다: {place}")),
    "anchor-form": Sentence(korean("바깥에 확인받은 기록의 요약을 읽을 수 없거나, 기록의 서명이 아닙니다: {place}")),
    "anchor-root": Sentence(korean("바깥에 확인받은 기록이 이 기록의 앞부분이 아닙니다: {place}")),
    "stamp-form": Sentence(korean("시점확인을 읽을 수 없거나, 표에 적힌 것과 다릅니다: {place}")),
    "stamp-imprint": Sentence(korean("다른 것에 대한 시점확인입니다: {place}")),
    "stamp-nonce": Sentence(korean("시점확인이 물어본 것에 대한 답이 아닙니다: {place}")),
    "stamp-signature": Sentence(korean("시점확인의 서명이 맞지 않습니다: {place}")),
    "stamp-certificate": Sentence(korean("시점확인 기관의 인증서가 맞지 않습니다: {place}")),
    "authority-other": Sentence(korean("알려 준 시점확인 기관의, 맞는 시점확인이 하나도 없습니다.")),
    "cosignature": Sentence(korean("증인의 서명이 맞지 않거나, 표에 적힌 것과 다릅니다: {place}")),
    "witness-form": Sentence(korean("증인의 열쇠를 읽을 수 없습니다: {place}")),
    "quorum": Sentence(korean("알려 준 정책만큼 증인이 서명하지 않았습니다.")),
}

PROVEN: dict[str, Sentence] = {
    "files": Sentence(korean("파일 {count}개가 모두 서명할 때 그대로입니다. 더하거나 빼거나 바꾼 것이 없습니다.")),
    "signature": Sentence(korean("이 열쇠로 서명했습니다: {signer}")),
    "log": Sentence(korean("기록 {entries}줄에서 빠지거나 바뀌거나 옮겨진 줄이 없습니다.")),
    "exhibits": Sentence(korean("호증 {count}개는 기록할 때의 바로 그 파일입니다.")),
    "messages": Sentence(
        korean("메시지 {count}개는 봉인된 내보내기에 들어 있는 그대로입니다. 나머지는 드러내지 않습니다.")
    ),
    "derivatives": Sentence(
        korean("가린 사본 {count}개는 기록에 적힌 원본에서, 적힌 대로 만들었다고 기록된 것입니다.")
    ),
    "stamp": Sentence(
        korean("기록의 처음 {entries}줄은 늦어도 {at} 에는 있었습니다. 시점확인 기관: {name} ({certificate})")
    ),
    "cosignature": Sentence(
        korean("기록의 처음 {entries}줄은 증인 {name} 이(가) {at} 에 보았고, 되돌려진 적이 없습니다.")
    ),
    "cosignature-mldsa44": Sentence(
        korean("참고: 증인 {name} 은(는) 기록의 처음 {entries}줄에 ML-DSA-44 로도 서명했습니다 ({at}).")
    ),
}

NOT_PROVEN: dict[str, Sentence] = {
    "author": Sentence(korean("누가 썼는지, 적힌 이름이 누구인지는 알 수 없습니다.")),
    "served": Sentence(korean("서버가 정말 그렇게 보냈는지는 알 수 없습니다.")),
    "export-true": Sentence(korean("대화 내보내기가 처음부터 사실이었는지는 알 수 없습니다.")),
    "clock": Sentence(korean("바깥에서 확인해 준 시각이 아니면, 적힌 시각은 기록한 컴퓨터 시계의 것입니다.")),
    "unpinned": Sentence(
        korean("누구의 열쇠인지는 확인하지 않았습니다. 종이에 적힌 열쇠 지문을 --signer 로 알려 주세요.")
    ),
    "unpinned-authority": Sentence(
        korean("이 시점확인 기관의 인증서가 맞는지는 지문을 다른 곳에서 받아 견주어야 알 수 있습니다.")
    ),
    "unanchored": Sentence(korean("바깥의 시점확인이나 증인의 서명이 붙어 있지 않습니다.")),
}


def tell(code: str, place: str) -> str:
    """Return what is wrong, and where."""
    sentence = FINDINGS.get(code) or Sentence(korean("알 수 없는 잘못입니다 ({code}): {place}"))
    return sentence.tell({"code": code, "place": place})[0]


def tell_claim(code: str, facts: Mapping[str, object]) -> str:
    """Return one thing that a packet proves; `at` in `facts` is in unix seconds."""
    at = facts.get("at")
    return PROVEN[code].tell({**facts, "at": moment(at)} if isinstance(at, int) else facts)[0]


def tell_not_proven(code: str) -> str:
    """Return one thing that a packet does not prove."""
    return NOT_PROVEN[code].tell({})[0]
