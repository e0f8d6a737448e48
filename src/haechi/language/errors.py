"""A sentence for each error code: what happened, where, and what to do.

A code whose facts decide between sentences has one entry for each: `mode-refused/minor`; without a remedy of its
own it takes the one of its code.
"""

from haechi.domain.errors import HaechiError
from haechi.language import korean
from haechi.language.hand_over import HAND_OVER_ERRORS
from haechi.language.sentence import Sentence
from haechi.language.witnesses import WITNESS_ERRORS

_CHOOSING_FACTS = ("reason", "kind", "operation")

ERRORS: dict[str, Sentence] = {
    **WITNESS_ERRORS,
    "error": Sentence(korean("해치가 이 일을 마치지 못했습니다.")),
    "not-found": Sentence(korean("찾는 것이 없습니다.")),
    "unsupported": Sentence(korean("해치가 읽거나 할 수 없는 일입니다.")),
    "conflict": Sentence(korean("지금 상태에서는 할 수 없는 일입니다.")),
    "unavailable": Sentence(
        korean("필요한 것이 응답하지 않았습니다."), korean("잠시 뒤에 같은 명령을 다시 실행하세요.")
    ),
    "vault-missing": Sentence(
        korean("여기에는 금고가 없습니다: {path}"),
        korean(
            "처음이라면 haechi create 로 새 금고를 만드세요. 만든 적이 있다면 폴더 이름을 다시 확인하세요. "
            "아무것도 만들거나 바꾸지 않았습니다.",
        ),
    ),
    "back-up-missing": Sentence(
        korean("여기에는 그 백업이 없습니다: {path}"),
        korean("haechi back-up 으로 만든 폴더인지, 번호가 맞는지 확인하세요. 아무것도 바꾸지 않았습니다."),
    ),
    "back-up-damaged": Sentence(
        korean("백업의 파일이 없거나 만들 때와 다릅니다: {path}"),
        korean("다른 번호의 백업이나 다른 곳의 백업을 쓰세요. 금고가 아직 있다면 지금 새 백업을 만드세요."),
    ),
    "back-up-place": Sentence(
        korean("이 폴더에는 백업을 둘 수 없습니다: {path}"),
        korean("금고 밖의 새 폴더나, 전에 haechi back-up 으로 만든 폴더를 고르세요. 아무것도 바꾸지 않았습니다."),
    ),
    "back-up-foreign": Sentence(
        korean("이 폴더에는 다른 금고의 백업이 있습니다: {path}"),
        korean("금고마다 백업 폴더를 따로 두세요. 아무것도 바꾸지 않았습니다."),
    ),
    "sheets-exist": Sentence(
        korean("이미 있는 곳입니다: {path}"),
        korean("새 폴더 이름을 주세요. 전의 복구 키도, 전의 종이도 그대로입니다."),
    ),
    "sheets-refused": Sentence(
        korean("도우미 종이를 쓸 수 없습니다."),
        korean(
            "만들 때는 2장부터 16장까지, 필요한 수는 2 이상이고 전체보다 많지 않아야 합니다. 열 때는 같은 날 만든 종이를 "
            "필요한 수만큼, 낱말을 빠짐없이 순서대로 치세요.",
        ),
    ),
    "case-missing": Sentence(
        korean("이 금고에는 {case:이라는/라는} 사건이 없습니다."),
        korean("haechi case 로 사건 목록을 보고, 이름을 그대로 다시 쓰세요."),
    ),
    "path-missing": Sentence(
        korean("여기에는 아무것도 없습니다: {path}"),
        korean("파일이나 폴더의 이름을 다시 확인하세요."),
    ),
    "selection-unknown": Sentence(
        korean("고른 것 가운데 이 사건에 없는 것이 있습니다: {names}"),
        korean("방과 메시지와 증거의 번호는 haechi rooms 로 봅니다. 아무것도 만들지 않았습니다."),
    ),
    "selection-empty": Sentence(
        korean("이 사건에는 아직 증거 묶음에 넣을 것이 없습니다."), korean("먼저 haechi import 로 가진 것을 넣으세요.")
    ),
    "vault-newer": Sentence(
        korean("더 새로운 해치가 만든 금고입니다. 이 해치가 모르는 기능: {features}"),
        korean("새 해치를 설치한 뒤 다시 여세요. 금고는 그대로입니다."),
    ),
    "vault-damaged": Sentence(
        korean("금고의 한 부분을 읽을 수 없습니다: {part}"),
        korean(
            "이 금고에 더 쓰지 말고, 폴더 전체를 다른 곳에 복사해 두세요. 그다음 haechi verify 로 어디가 잘못되었는지 봅니다.",
        ),
    ),
    "unknown-export": Sentence(
        korean("해치가 아는 형식이 아닙니다: {path}"),
        korean(
            "텔레그램은 데스크톱 앱의 “대화 내역 내보내기”에서 JSON 형식으로 저장한 폴더나 zip 파일을 주세요. "
            "사진과 영상은 파일이나 폴더 그대로 주면 됩니다.",
        ),
    ),
    "archive-encrypted": Sentence(
        korean("암호가 걸린 압축 파일이고, 암호가 없거나 맞지 않습니다: {path}"),
        korean("압축 파일의 암호를 파일에 적어 --password-file 로 알려 주거나, 압축을 푼 폴더를 주세요."),
    ),
    "archive-damaged": Sentence(
        korean("압축 파일이 망가져 있어 열 수 없습니다: {path}"),
        korean("압축 파일을 다시 받거나, 압축을 푼 폴더를 주세요."),
    ),
    "archive-damaged/cut": Sentence(korean("압축 파일의 뒤가 잘려 있어 열 수 없습니다: {path}")),
    "archive-damaged/split": Sentence(
        korean("여러 조각으로 나뉜 압축 파일의 한 조각입니다: {path}"),
        korean("조각을 모두 모아 압축을 푼 다음, 그 폴더를 주세요."),
    ),
    "archive-damaged/too-many-members": Sentence(
        korean("압축 파일에 파일이 지나치게 많이 들어 있습니다: {path}"),
        korean("누가 만든 파일인지 확인하세요. 필요하면 압축을 풀어 나누어 넣으세요."),
    ),
    "packet-unreadable": Sentence(
        korean("해치의 증거 묶음이 아닙니다: {path}"),
        korean("bagit.txt 파일이 들어 있는 폴더를 골라 주세요."),
    ),
    "checkpoint-foreign": Sentence(
        korean("견줄 수 있는 기록 요약이 아닙니다: {path}"),
        korean(
            "증거 묶음 폴더나 그 안의 seal/checkpoint, .tlog-proof 파일, 또는 금고 복사본의 checkpoint 파일을 주세요. 아직 아무것도 확인하지 않았습니다."
        ),
    ),
    "checkpoint-foreign/other": Sentence(
        korean("다른 금고의 기록 요약입니다: {path}"),
        korean("이 금고에서 만든 증거 묶음이나 복사본의 것을 주세요. 아직 아무것도 확인하지 않았습니다."),
    ),
    "vault-exists": Sentence(
        korean("여기는 이미 쓰이고 있습니다: {path}"),
        korean("새 금고는 없는 폴더나 빈 폴더에만 만듭니다. 아무것도 덮어쓰지 않았습니다."),
    ),
    "wrong-key": Sentence(
        korean("이 암호나 복구 키로는 이 금고가 열리지 않습니다."),
        korean(
            "한/영 키와 대문자 잠금을 확인하고 다시 입력하세요. 암호를 잊었다면 종이에 적어 둔 복구 키로 열 수 있습니다. "
            "둘 다 없으면 아무도, 만든 사람도 열 수 없습니다.",
        ),
    ),
    "wrong-key/recovery-typo": Sentence(
        korean("복구 키처럼 보이지만 한 글자쯤 다릅니다."),
        korean("종이를 보고 네 글자씩 천천히 다시 입력하세요. 대문자와 소문자, 줄표는 상관없습니다."),
    ),
    "wrong-key/removed": Sentence(
        korean("이 암호를 쓰던 사람은 이 금고에서 빠졌습니다."),
        korean(
            "금고의 표지 파일이 예전 것으로 바뀌었을 수 있습니다. 아무것도 바꾸지 않았습니다. 금고를 관리하는 사람에게 알려 주세요."
        ),
    ),
    "key-missing": Sentence(
        korean("암호가 주어지지 않았고, 물어볼 화면도 없습니다."),
        korean("--passphrase-file, --passphrase-fd, --recovery-key-file, --keyring 가운데 하나로 알려 주세요."),
    ),
    "key-missing/new": Sentence(
        korean("새 암호가 주어지지 않았고, 물어볼 화면도 없습니다."),
        korean("터미널에서 다시 실행하거나, --passphrase-file 이나 --passphrase-fd 로 알려 주세요."),
    ),
    "weak-passphrase": Sentence(
        korean("암호가 너무 짧습니다. {minimum}자 이상이어야 합니다."),
        korean("서로 상관없는 낱말 서너 개를 이어 쓰면 길고 외우기 쉽습니다."),
    ),
    "vault-in-use": Sentence(
        korean("다른 해치가 이 금고를 쓰고 있습니다: {path}"),
        korean("그 작업이 끝나면 같은 명령을 다시 실행하세요."),
    ),
    "vault-read-only": Sentence(
        korean("금고가 있는 디스크나 폴더에 쓸 수 없습니다: {path}"),
        korean("쓰기 방지와 폴더 권한을 확인하세요. 금고에 이미 있는 것은 그대로입니다."),
    ),
    "vault-older": Sentence(
        korean("이 금고는 이전 판의 해치가 만든 것이라, 읽기만 해서는 열 수 없습니다: {path}"),
        korean(
            "쓸 수 있는 디스크에서 쓰는 명령으로 한 번 여세요. 예: haechi open. 그때 새 형식으로 바뀌고, 바꾸기 전의 사본이 남습니다. 사본은 다음에 열 때 없어집니다."
        ),
    ),
    "folder-read-only": Sentence(
        korean("이 폴더에 쓸 수 없습니다: {path}"),
        korean("쓰기 방지와 폴더 권한을 확인하거나 다른 폴더를 고르세요."),
    ),
    "mode-refused": Sentence(korean("이 사건은 “{mode}” 방식으로 보관할 수 없습니다.")),
    "mode-refused/minor": Sentence(
        korean("사진 속 사람이 19세 미만이면 사진과 영상을 보관하지 않습니다."),
        korean(
            "글, 계정 번호, 주소, 지문만 기록하는 reference-only 로 이어 가세요. 원본은 지우지 말고 경찰에 말하세요."
        ),
    ),
    "mode-refused/age-unknown": Sentence(
        korean("나이를 모르면 19세 미만으로 보고 사진과 영상을 보관하지 않습니다."),
        korean("글, 계정 번호, 주소, 지문만 기록하는 reference-only 로 이어 가세요."),
    ),
    "mode-refused/consent-missing": Sentence(
        korean("사진과 영상을 보관하려면 당사자의 동의나 법적 근거를 적어야 합니다."),
        korean("--consent 로 적거나, 화면의 물음에 답하세요."),
    ),
    "mode-refused/nothing-sealed": Sentence(
        korean("이 사건은 사진과 영상을 보관하지 않으므로, 열어 볼 사람을 정할 것이 없습니다."),
        korean("보관하는 방식(sealed, authority)의 사건에서만 --reader 와 --write-only 를 씁니다."),
    ),
    "mode-change-refused": Sentence(
        korean("이미 정해진 사건의 나이, 보관 방식, 동의를 이유 없이 바꾸지 않았습니다. 지금: {mode}, 요청: {asked}"),
        korean("바꾸려면 haechi case 에서 --reason 으로 이유를 적으세요. 이유는 기록에 남습니다."),
    ),
    "export-changed": Sentence(
        korean("가져오는 동안 파일이 바뀌었습니다: {member}"),
        korean("그 폴더에 쓰는 다른 프로그램을 닫고 같은 명령을 다시 실행하세요. 이미 저장된 것은 남아 있습니다."),
    ),
    "custody-broken": Sentence(
        korean("금고의 기록이 맞지 않습니다. 처음 어긋난 곳: {kind} {place}"),
        korean(
            "이 금고에 더 쓰지 말고 폴더 전체를 복사해 두세요. 언제 누가 만졌는지 적어 두고 도와줄 사람에게 보여 주세요."
        ),
    ),
    "custody-broken/entry-form": Sentence(korean("기록의 {place}번 줄을 읽을 수 없습니다.")),
    "custody-broken/entry-order": Sentence(korean("기록의 {place}번 자리에 다른 줄이 있거나, 줄이 빠졌습니다.")),
    "custody-broken/entry-link": Sentence(
        korean("기록의 {place}번 줄이 앞줄과 이어지지 않습니다. 앞에서 무언가 바뀌었습니다.")
    ),
    "custody-broken/entry-count": Sentence(korean("기록의 줄 수가 서명된 줄 수와 다릅니다: {place}")),
    "custody-broken/log-head": Sentence(korean("기록의 끝이 금고가 적어 둔 것과 다릅니다: {place}")),
    "custody-broken/log-root": Sentence(korean("기록을 다시 계산한 뿌리 해시가 서명된 것과 다릅니다: {place}")),
    "custody-broken/checkpoint": Sentence(korean("기록에 한 서명이 맞지 않습니다: {place}")),
    "custody-broken/opening": Sentence(korean("기록의 {place}번 줄이 약속한 내용과 금고에 있는 내용이 다릅니다.")),
    "custody-broken/opening-missing": Sentence(korean("기록의 {place}번 줄이 약속한 내용이 금고에 없습니다.")),
    "custody-broken/exhibit": Sentence(korean("봉인된 파일이 처음 넣은 그대로가 아닙니다: {place}")),
    "custody-broken/item": Sentence(korean("증거의 기록이 넣을 때와 다릅니다: {place}")),
    "custody-broken/blob": Sentence(korean("봉인된 파일이 없거나 바뀌었습니다: {place}")),
    "custody-broken/message": Sentence(korean("메시지가 가져올 때와 다릅니다: {place}")),
    "custody-broken/window": Sentence(korean("메시지 묶음이 가져올 때와 다릅니다: {place}")),
    "custody-broken/seal": Sentence(korean("가져온 파일 목록이 봉인할 때와 다릅니다: {place}")),
    "custody-broken/header": Sentence(korean("금고의 표지가 바뀌었습니다: {place}")),
    "custody-broken/page": Sentence(korean("금고 장부의 한 쪽을 읽을 수 없습니다: {place}")),
    "custody-broken/entry-leaf": Sentence(korean("기록의 {place}번 줄이 머클 나무에 적힌 것과 다릅니다.")),
    "custody-broken/rollback": Sentence(
        korean("기록이 서명된 것보다 짧습니다: {place}. 예전 것으로 되돌려졌거나 끝이 잘렸습니다.")
    ),
    "custody-broken/fork": Sentence(korean("서명된 {place}줄과 다른 기록입니다. 앞에서 무언가 바뀌었습니다.")),
    "custody-broken/kept-signature": Sentence(
        korean("다른 곳에 보관한 요약에 있는 서명이 이 금고의 열쇠로 한 것이 아닙니다: {place}")
    ),
    "custody-broken/anchor": Sentence(korean("바깥에 보냈던 요약이 이 기록과 맞지 않습니다: {place}")),
    "custody-broken/stamp": Sentence(korean("시점확인이 없어졌거나 맞지 않습니다: {place}")),
    "custody-broken/cosignature": Sentence(korean("증인의 서명이 없어졌거나 맞지 않습니다: {place}")),
    "custody-broken/not-erased": Sentence(korean("지웠다고 기록된 것이 남아 있습니다: {place}")),
    "custody-broken/deletion": Sentence(korean("기록의 {place}번 줄에 적힌 삭제를 읽을 수 없습니다.")),
    "custody-broken/role": Sentence(korean("금고를 열 수 있는 사람이 기록에 적힌 것과 다릅니다: {place}")),
    "custody-broken/case": Sentence(
        korean("사건의 이름, 보관 방식, 나이나 동의가 기록에 적힌 것과 다릅니다: {place}"),
        korean(
            "예전 보관 방식으로 되돌려졌을 수 있습니다. 이 사건에 아무것도 넣지 말고 폴더 전체를 복사해 둔 뒤 도와줄 사람에게 보여 주세요."
        ),
    ),
    "custody-broken/readers": Sentence(korean("봉인된 파일을 열 수 있는 사람이 기록에 적힌 것과 다릅니다: {place}")),
    "custody-broken/recipient": Sentence(
        korean("받는 사람 {place}의 열쇠가 기록에 적힌 것과 다릅니다. 이 열쇠로 아무것도 보내지 마세요.")
    ),
    "custody-broken/authority": Sentence(korean("시점확인 기관의 정보가 기록에 적힌 것과 다릅니다: {place}")),
    "custody-broken/witness": Sentence(korean("증인 기관의 정보가 기록에 적힌 것과 다릅니다: {place}")),
    "custody-broken/policy": Sentence(korean("증인의 규칙이 기록에 적힌 것과 다릅니다: {place}")),
    "custody-broken/derivative": Sentence(korean("가린 사본의 기록이 만들 때와 다릅니다: {place}")),
    "custody-broken/count": Sentence(korean("방이나 계정의 메시지 수가 메시지와 맞지 않습니다: {place}")),
    "custody-broken/approval": Sentence(
        korean("기록의 {place}번 줄에서 지운 것에는 다른 사람의 올바른 동의가 없습니다.")
    ),
    "custody-broken/blob-unknown": Sentence(korean("기록에 없는 봉인된 파일이 있습니다: {place}")),
    "packet-broken": Sentence(
        korean("증거 묶음이 처음 만든 그대로가 아닙니다."),
        korean("이 묶음을 쓰지 말고, 만든 사람에게 다시 받으세요. 어긋난 묶음도 지우지 말고 따로 두세요."),
    ),
    "packet-exists": Sentence(
        korean("여기에는 이미 무언가 있습니다: {path}"),
        korean("없는 폴더 이름을 주세요. 증거 묶음은 아무것도 덮어쓰지 않습니다."),
    ),
    "tiles-other": Sentence(
        korean("이 폴더에 있는 것은 이 금고의 기록이 아니거나, 이 기록이 이어 가는 것이 아닙니다: {path}"),
        korean(
            "다른 폴더를 고르세요. 전에 이 금고로 만든 폴더라면, 기록이 되돌려졌을 수 있으니 haechi verify 로 확인하세요."
        ),
    ),
    "authority-missing": Sentence(
        korean("이 금고는 {authority:이라는/라는} 시점확인 기관을 모릅니다."),
        korean("haechi authority list 로 이름을 보고, 그대로 다시 쓰세요."),
    ),
    "authority-exists": Sentence(
        korean("{authority:이라는/라는} 시점확인 기관이 이미 있습니다."),
        korean(
            "믿는 인증서를 바꾸려면 먼저 haechi authority remove 로 빼고 다시 넣으세요. 이미 받은 시점확인은 남습니다."
        ),
    ),
    "authority-unusable": Sentence(
        korean("이렇게는 시점확인 기관 {authority:을/를} 쓸 수 없습니다."),
        korean(
            "기관이 공개한 서명 인증서(PEM)를 --certificate 로, 그 위의 인증서들을 뿌리까지 --chain 으로 주세요. 아무것도 바꾸지 않았습니다."
        ),
    ),
    "authority-unusable/name": Sentence(
        korean("기관 이름을 읽을 수 없습니다."), korean("100자 이하의 보통 글자로 쓰세요.")
    ),
    "authority-unusable/url": Sentence(
        korean("기관의 주소를 읽을 수 없습니다."),
        korean("https:// 나 http:// 로 시작하는 주소를 그대로 쓰세요. 이름과 암호는 넣지 않습니다."),
    ),
    "authority-unusable/policy": Sentence(
        korean("정책 번호를 읽을 수 없습니다."), korean("1.2.3.4 처럼 점으로 이은 숫자로 쓰세요.")
    ),
    "authority-unusable/pem": Sentence(korean("인증서 파일에서 인증서(PEM)를 찾지 못했습니다.")),
    "authority-unusable/key": Sentence(
        korean("이 인증서의 열쇠나 서명 방식은 증거 묶음을 확인하는 프로그램이 모두 다룰 수 있는 것이 아닙니다."),
        korean("RSA(2048비트 이상)나 ECDSA(P-256, P-384)와 SHA-256 이상을 쓰는 기관을 고르세요."),
    ),
    "authority-unusable/purpose": Sentence(
        korean("이 인증서는 시점확인만을 위한 것이 아닙니다."),
        korean("기관의 뿌리 인증서가 아니라, 시점확인에 서명하는 인증서를 --certificate 로 주세요."),
    ),
    "authority-unusable/chain": Sentence(
        korean("서명 인증서에서 뿌리 인증서까지 이어지지 않습니다."),
        korean("기관이 공개한 중간 인증서와 뿌리 인증서를 한 파일에 모아 --chain 으로 주세요."),
    ),
    "authority-unusable/time": Sentence(
        korean("인증서의 기한이 지났거나 아직 시작되지 않았습니다."),
        korean("이 컴퓨터의 시계를 확인하고, 기관의 새 인증서를 받으세요."),
    ),
    "nobody-to-ask": Sentence(
        korean("물어볼 곳이 아직 없습니다."),
        korean(
            "haechi authority add 로 시점확인 기관을, haechi witness add 로 증인을 정하세요. 그 전까지 기록은 이 컴퓨터에만 봉인되어 있습니다."
        ),
    ),
    "stamp-refused": Sentence(
        korean("{authority:이/가} 보낸 시점확인을 받아들이지 않았습니다."),
        korean("기관의 인증서가 바뀌었는지 확인하세요. 봉인된 것은 그대로이고, 다음 haechi anchor 때 다시 묻습니다."),
    ),
    "stamp-refused/rejected": Sentence(korean("{authority:이/가} 도장을 찍지 않겠다고 답했습니다.")),
    "stamp-refused/modified": Sentence(korean("{authority:이/가} 우리가 묻지 않은 것에 도장을 찍겠다고 답했습니다.")),
    "stamp-refused/form": Sentence(korean("{authority:이/가} 보낸 것은 읽을 수 있는 시점확인이 아닙니다.")),
    "stamp-refused/imprint": Sentence(korean("{authority:이/가} 다른 것에 찍은 도장을 보냈습니다.")),
    "stamp-refused/nonce": Sentence(korean("{authority:이/가} 예전 도장이나 다른 물음의 도장을 보냈습니다.")),
    "stamp-refused/policy": Sentence(korean("{authority:이/가} 정해 둔 정책과 다른 정책으로 찍었습니다.")),
    "stamp-refused/signature": Sentence(korean("{authority:이/가} 보낸 도장의 서명이 맞지 않습니다.")),
    "stamp-refused/certificate": Sentence(
        korean("{authority:이/가} 보낸 도장은 믿기로 한 인증서로 서명한 것이 아닙니다."),
        korean(
            "누가 중간에서 답을 바꾸었거나, 기관이 인증서를 바꾸었습니다. 기관의 누리집에서 새 인증서를 확인하기 전에는 믿지 마세요."
        ),
    ),
    "stamp-refused/time": Sentence(korean("{authority:이/가} 보낸 도장의 시각에는 그 인증서가 유효하지 않았습니다.")),
    "authority-unreachable": Sentence(
        korean("{authority:이/가} 답하지 않았습니다."),
        korean("인터넷이 될 때 haechi anchor 를 다시 실행하세요. 봉인된 것은 그대로입니다."),
    ),
    "authority-unreachable/tls": Sentence(
        korean("{authority}의 주소가 그 기관의 것인지 확인되지 않아 아무것도 보내지 않았습니다.")
    ),
    "authority-unreachable/slow": Sentence(korean("{authority:이/가} 정해진 시간 안에 답하지 않았습니다.")),
    "authority-unreachable/redirect": Sentence(
        korean("{authority:이/가} 다른 주소로 가라고 답했습니다. 따라가지 않았습니다."),
        korean("기관의 새 주소를 확인하고, 빼고 다시 넣으세요."),
    ),
    "authority-unreachable/type": Sentence(
        korean("{authority:이/가} 시점확인이 아닌 것을 보냈습니다."),
        korean("공용 와이파이의 로그인 화면일 때가 많습니다. 인터넷이 되는지 확인하고 다시 실행하세요."),
    ),
    "authority-unreachable/long": Sentence(
        korean("{authority:이/가} 시점확인이라기에는 너무 긴 것을 보내려 해서 받지 않았습니다.")
    ),
    "authority-unreachable/busy": Sentence(korean("{authority:이/가} 지금은 도장을 찍을 수 없다고 답했습니다.")),
    "witness-conflict/ahead": Sentence(
        korean("증인 {witness:은/는} 이 금고보다 긴 기록({size}줄)을 이미 보았습니다."),
        korean(
            "이 금고가 예전 것으로 되돌려졌거나, 다른 컴퓨터에 더 새로운 금고가 있습니다. 더 쓰지 말고 폴더를 복사해 두고 도와줄 사람에게 보여 주세요."
        ),
    ),
    "disk-full": Sentence(
        korean("디스크에 자리가 없습니다: {path}"),
        korean("자리를 비우고 같은 명령을 다시 실행하세요. 저장되었다고 알린 것은 하나도 잃지 않았습니다."),
    ),
    "worker-crashed": Sentence(
        korean("파일을 살펴보던 작업이 멈춰 버렸습니다."),
        korean("같은 명령을 다시 실행하세요. 이어서 합니다. 다시 그러면 어느 파일에서 그런지 적어 두세요."),
    ),
    "worker-timeout": Sentence(
        korean("파일을 살펴보던 작업이 너무 오래 걸려 멈췄습니다."),
        korean("컴퓨터가 바쁘지 않을 때 같은 명령을 다시 실행하세요. 이어서 합니다."),
    ),
    "worker-refused": Sentence(
        korean("파일을 살펴보던 작업이 파일을 다루지 못했습니다."),
        korean("파일이 온전한지 확인하고, 컴퓨터의 메모리에 여유를 두고 같은 명령을 다시 실행하세요."),
    ),
    "person-exists": Sentence(
        korean("그 이름은 쓸 수 없습니다: {name}"), korean("비어 있지 않고, 이미 있는 사람과 다른 이름을 쓰세요.")
    ),
    "person-missing": Sentence(
        korean("이 금고를 여는 사람 가운데 {name:은/는} 없습니다."), korean("haechi person list 로 이름을 확인하세요.")
    ),
    "slot-refused": Sentence(
        korean("이 열쇠는 여기서 바꾸거나 없앨 수 없습니다."),
        korean("haechi person list 로 누가 이 금고를 여는지 보세요. 아무것도 바꾸지 않았습니다."),
    ),
    "slot-refused/last": Sentence(
        korean("그러면 암호로 이 금고를 열 수 있는 사람이 아무도 남지 않습니다."),
        korean("먼저 haechi person add 로 다른 사람을 더하세요. 아무것도 바꾸지 않았습니다."),
    ),
    "slot-refused/not-typed": Sentence(
        korean("이 일은 자기 암호로 금고를 연 사람만 할 수 있습니다."),
        korean("복구 키나 열쇠고리가 아니라 암호로 다시 실행하세요. 아무것도 바꾸지 않았습니다."),
    ),
    "slot-refused/recovery": Sentence(
        korean("여러 사람이 여는 금고에서는 복구 키로 누군가의 암호를 대신 바꿀 수 없습니다."),
        korean(
            "암호를 잊은 사람을 haechi person remove 로 빼고 haechi person add 로 다시 더하세요. 아무것도 바꾸지 않았습니다."
        ),
    ),
    "slot-refused/taken": Sentence(
        korean("이 암호로는 이미 이 금고가 열립니다."),
        korean("사람마다 다른 암호를 쓰고, 전에 쓰던 것과도 다르게 정하세요. 아무것도 바꾸지 않았습니다."),
    ),
    "approval-missing": Sentence(
        korean("없애려면 두 사람이 함께 동의해야 합니다."),
        korean("두 사람이 각자 자기 암호로 다시 해 보세요. 아무것도 없애지 않았습니다."),
    ),
    "approval-missing/missing": Sentence(
        korean("여러 사람이 여는 금고입니다. 없애려면 다른 한 사람의 동의가 필요합니다."),
        korean("--approve-as 이름 을 붙이고, 그 사람이 자기 암호를 치게 하세요. 아무것도 없애지 않았습니다."),
    ),
    "approval-missing/same": Sentence(
        korean("없애자고 하는 사람과 동의하는 사람이 같습니다."),
        korean("다른 사람의 이름을 쓰세요. 아무것도 없애지 않았습니다."),
    ),
    "approval-missing/wrong": Sentence(
        korean("이 동의는 이 삭제에 대한 것이 아닙니다."),
        korean("처음부터 다시 해 주세요. 아무것도 없애지 않았습니다."),
    ),
    "approval-missing/not-typed": Sentence(
        korean("여러 사람이 여는 금고에서는 자기 암호로 연 사람만 없애자고 할 수 있습니다."),
        korean("복구 키나 열쇠고리가 아니라 암호로 다시 실행하세요. 아무것도 없애지 않았습니다."),
    ),
    "deletion-changed": Sentence(
        korean("보여 드린 것과 지금 없어질 것이 다릅니다."),
        korean("다시 실행해 무엇이 없어지는지 확인하세요. 아무것도 없애지 않았습니다."),
    ),
    "keyring-unavailable": Sentence(
        korean("이 컴퓨터에는 해치가 쓸 수 있는 열쇠고리(키링)가 없습니다."),
        korean("명령마다 암호를 입력하거나, --passphrase-file 을 쓰세요."),
    ),
    **HAND_OVER_ERRORS,
}


def tell(error: HaechiError) -> tuple[str, str]:
    """Return what happened and what to do, in the language in use."""
    codes = [getattr(family, "code", "") for family in type(error).__mro__]
    what, remedy = next(ERRORS[code] for code in codes if code in ERRORS).tell(error.facts)
    for fact in _CHOOSING_FACTS:
        if (closer := ERRORS.get(f"{error.code}/{error.facts.get(fact)}")) is not None:
            closer_what, closer_remedy = closer.tell(error.facts)
            return closer_what, closer_remedy or remedy
    return what, remedy
