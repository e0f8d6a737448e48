"""A sentence for each thing that can be wrong with a packet. The codes are the packet format's: docs/formats/packet.md."""

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
    "signer-other": Sentence(korean("당신이 알려 준 사람의 열쇠로 서명한 것이 아닙니다: {place}")),
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
    "exhibit-digest": Sentence(korean("증거 파일의 해시가 기록과 다릅니다: {place}")),
    "exhibit-unlisted": Sentence(korean("기록에 없는 증거 파일입니다: {place}")),
    "proof-missing": Sentence(korean("증거가 기록에 들어 있다는 증명이 없습니다: {place}")),
    "proof-form": Sentence(korean("증거가 기록에 들어 있다는 증명을 읽을 수 없습니다: {place}")),
    "proof-wrong": Sentence(korean("증거가 기록에 들어 있다는 증명이 맞지 않습니다: {place}")),
}


def tell(code: str, place: str) -> str:
    """Return what is wrong, and where."""
    sentence = FINDINGS.get(code) or Sentence(korean("알 수 없는 잘못입니다 ({code}): {place}"))
    return sentence.tell({"code": code, "place": place})[0]
