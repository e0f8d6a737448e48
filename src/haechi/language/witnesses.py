"""Sentences for what goes wrong with witnesses, on either side; `language.errors` gathers all."""

from haechi.language import korean
from haechi.language.sentence import Sentence

WITNESS_ERRORS: dict[str, Sentence] = {
    "witness-missing": Sentence(
        korean("이 금고는 {witness:이라는/라는} 증인을 모릅니다."),
        korean("haechi witness list 로 증인 목록을 보고, 이름을 그대로 다시 쓰세요."),
    ),
    "witness-folder-missing": Sentence(
        korean("여기에는 증인의 열쇠가 없습니다: {path}"),
        korean("증인을 처음 시작한다면 haechi witness keygen 으로 만드세요."),
    ),
    "witness-folder-exists": Sentence(
        korean("여기는 이미 쓰이고 있습니다: {path}"),
        korean("새 증인은 없는 폴더나 빈 폴더에만 만듭니다. 이미 있는 열쇠는 그대로입니다."),
    ),
    "witness-folder-damaged": Sentence(
        korean("증인 폴더의 한 부분을 읽을 수 없습니다: {path} ({part})"),
        korean(
            "기록을 새로 만들지 마세요. 새로 만들면 되돌려진 기록에도 확인해 주게 됩니다. 폴더를 복사해 두고 백업을 찾으세요."
        ),
    ),
    "witness-key": Sentence(
        korean("쓸 수 있는 공개 열쇠(vkey)가 아닙니다: {vkey}"),
        korean("받은 글 한 줄을 처음부터 끝까지 그대로 붙여 넣으세요."),
    ),
    "witness-key/name": Sentence(
        korean("열쇠 이름으로 쓸 수 없습니다: {vkey}"),
        korean("빈칸과 + 없이 255바이트까지, 되도록 witness.example.org/1 같은 모양으로 정하세요."),
    ),
    "witness-key/twice": Sentence(
        korean("같은 열쇠가 두 번 있습니다: {vkey}"), korean("열쇠마다 증인 하나에만 쓸 수 있습니다.")
    ),
    "witness-address": Sentence(
        korean("증인의 주소가 아닙니다: {url}"),
        korean("https:// 나 http:// 로 시작하고 아이디와 암호, ?, # 이 없는 주소를 쓰세요."),
    ),
    "witness-conflict": Sentence(
        korean("증인 {witness:이/가} 이 기록을 확인해 주지 않았습니다."),
        korean("주소와 열쇠가 그 기관이 알려 준 것과 같은지 haechi witness list 로 확인하세요."),
    ),
    "witness-conflict/size": Sentence(
        korean("증인 {witness:은/는} 그사이 이 기록을 {size}줄까지 보았습니다."),
        korean(
            "같은 금고의 복사본을 다른 컴퓨터에서도 쓰고 있는지 확인하세요. 한 금고는 한 곳에서만 씁니다. 아니라면 같은 명령을 다시 실행하세요."
        ),
    ),
    "witness-conflict/fork": Sentence(
        korean("증인 {witness:이/가} 본 기록과 지금 금고의 기록이 서로 다릅니다. 예전에 확인받은 줄이 바뀌었습니다."),
        korean(
            "이 금고에 더 쓰지 말고 폴더 전체를 복사해 두세요. 언제 누가 만졌는지 적어 두고 도와줄 사람에게 보여 주세요. "
            "확인받은 기록이 들어 있는 예전 증거 묶음이 있다면 지우지 마세요."
        ),
    ),
    "witness-conflict/ahead": Sentence(
        korean("증인 {witness:은/는} 이 금고보다 긴 기록({size}줄)을 이미 보았습니다."),
        korean(
            "이 금고가 예전 것으로 되돌려졌거나, 다른 컴퓨터에 더 새로운 금고가 있습니다. 더 쓰지 말고 폴더를 복사해 두고 도와줄 사람에게 보여 주세요."
        ),
    ),
    "witness-conflict/unknown": Sentence(
        korean("증인 {witness:은/는} 이 금고의 기록을 맡기로 하지 않았습니다."),
        korean(
            "haechi witness vkey 가 보여 주는 한 줄을 그 기관에 알려 주고, 등록한 뒤에 다시 하세요. 잘못된 것은 없습니다."
        ),
    ),
    "witness-conflict/refused": Sentence(
        korean("증인 {witness:이/가} 이 금고의 서명이나 요청을 받아들이지 않았습니다."),
        korean("haechi witness vkey 가 보여 주는 한 줄과 그 기관에 등록된 열쇠가 같은지 확인하세요."),
    ),
    "witness-unreachable": Sentence(
        korean("증인 {witness}에게서 쓸 수 있는 답을 받지 못했습니다."),
        korean("나중에 같은 명령을 다시 실행하세요. 금고의 기록은 그대로입니다."),
    ),
    "witness-unreachable/connection": Sentence(korean("증인 {witness}에 연결하지 못했습니다.")),
    "witness-unreachable/timeout": Sentence(korean("증인 {witness:이/가} 제때 답하지 않았습니다.")),
    "witness-unreachable/answer": Sentence(
        korean("증인 {witness}의 주소에서 온 답이 증인의 답이 아니거나, 서명이 맞지 않습니다. 답은 믿지 않았습니다."),
        korean("주소와 열쇠가 그 기관이 알려 준 것과 같은지 haechi witness list 로 확인하세요."),
    ),
    "policy-unreadable": Sentence(
        korean("증인 규칙 파일을 읽을 수 없습니다. {line}번 줄 ({reason})"),
        korean("규칙은 바꾸지 않았습니다. 파일을 고친 뒤 다시 하세요. 쓰는 법은 docs/formats/witness.md 에 있습니다."),
    ),
    "policy-unreadable/too-large": Sentence(korean("증인 규칙 파일이 너무 큽니다.")),
    "policy-unreadable/too-many": Sentence(korean("증인 규칙 {line}번 줄: 로그, 증인, 묶음이 너무 많습니다.")),
    "policy-unreadable/octet": Sentence(korean("증인 규칙 {line}번 줄: 쓸 수 없는 글자(제어 문자)가 있습니다.")),
    "policy-unreadable/unterminated": Sentence(
        korean("증인 규칙 {line}번 줄: 줄바꿈 없이 끝납니다. 파일이 잘렸을 수 있습니다.")
    ),
    "policy-unreadable/form": Sentence(
        korean("증인 규칙 {line}번 줄: log, witness, group, quorum 줄의 모양이 아닙니다.")
    ),
    "policy-unreadable/vkey": Sentence(korean("증인 규칙 {line}번 줄: 쓸 수 있는 공개 열쇠(vkey)가 아닙니다.")),
    "policy-unreadable/key-twice": Sentence(korean("증인 규칙 {line}번 줄: 같은 열쇠가 앞줄에 이미 있습니다.")),
    "policy-unreadable/name-twice": Sentence(korean("증인 규칙 {line}번 줄: 이미 쓰인 이름이거나 none 입니다.")),
    "policy-unreadable/name-unknown": Sentence(korean("증인 규칙 {line}번 줄: 앞줄에 없는 이름입니다.")),
    "policy-unreadable/member-twice": Sentence(korean("증인 규칙 {line}번 줄: 이미 어느 묶음에 든 이름입니다.")),
    "policy-unreadable/threshold": Sentence(
        korean("증인 규칙 {line}번 줄: 몇 곳이 필요한지는 any, all, 또는 1부터 구성원 수까지의 수로 씁니다.")
    ),
    "policy-unreadable/quorum-twice": Sentence(korean("증인 규칙 {line}번 줄: quorum 줄이 두 번 있습니다.")),
    "policy-unreadable/quorum-missing": Sentence(korean("증인 규칙에 quorum 줄이 없습니다.")),
}
