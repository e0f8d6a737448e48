"""A sentence for each error code: what happened, where, and what to do.

A code whose facts decide between sentences has one entry for each: `mode-refused/minor`; without a remedy of its
own it takes the one of its code.
"""

from haechi.domain.errors import HaechiError
from haechi.language import korean
from haechi.language.sentence import Sentence

_CHOOSING_FACTS = ("reason", "kind", "operation")

ERRORS: dict[str, Sentence] = {
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
        korean("기록이 서명된 것보다 짧습니다({place}줄). 예전 것으로 되돌려졌거나 끝이 잘렸습니다.")
    ),
    "custody-broken/fork": Sentence(korean("서명된 {place}줄과 다른 기록입니다. 앞에서 무언가 바뀌었습니다.")),
    "custody-broken/blob-unknown": Sentence(korean("기록에 없는 봉인된 파일이 있습니다: {place}")),
    "packet-broken": Sentence(
        korean("증거 묶음이 처음 만든 그대로가 아닙니다."),
        korean("이 묶음을 쓰지 말고, 만든 사람에게 다시 받으세요. 어긋난 묶음도 지우지 말고 따로 두세요."),
    ),
    "packet-exists": Sentence(
        korean("여기에는 이미 무언가 있습니다: {path}"),
        korean("없는 폴더 이름을 주세요. 증거 묶음은 아무것도 덮어쓰지 않습니다."),
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
    "keyring-unavailable": Sentence(
        korean("이 컴퓨터에는 해치가 쓸 수 있는 열쇠고리(키링)가 없습니다."),
        korean("명령마다 암호를 입력하거나, --passphrase-file 을 쓰세요."),
    ),
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
