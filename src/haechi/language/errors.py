"""A sentence for each error code: what happened, where, and what to do.

A code whose facts decide between sentences has one entry for each: `mode-refused/minor`; without a remedy of its
own it takes the one of its code.
"""

from haechi.domain.errors import HaechiError
from haechi.language import korean
from haechi.language.audience import ERRORS as AUDIENCE_ERRORS
from haechi.language.authorities import AUTHORITY_ERRORS
from haechi.language.custody import CUSTODY_ERRORS
from haechi.language.hand_over import HAND_OVER_ERRORS
from haechi.language.keys import KEY_ERRORS
from haechi.language.matching import MATCHING_ERRORS
from haechi.language.sentence import Sentence
from haechi.language.serving import SERVING_ERRORS
from haechi.language.tracing import ERRORS as TRACING_ERRORS
from haechi.language.witnesses import WITNESS_ERRORS

_CHOOSING_FACTS = ("reason", "kind", "operation")


ERRORS: dict[str, Sentence] = {
    **KEY_ERRORS,
    **CUSTODY_ERRORS,
    **AUTHORITY_ERRORS,
    **WITNESS_ERRORS,
    **SERVING_ERRORS,
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
    "index-in-use": Sentence(
        korean("다른 해치가 이 해시 색인에 쓰고 있습니다: {path}"),
        korean("그 프로그램을 닫거나 끝나기를 기다리세요. 읽기만 하는 것은 지금도 됩니다."),
    ),
    "index-missing": Sentence(
        korean("여기에는 해시 색인이 없습니다: {path}"),
        korean("폴더 이름을 확인하세요. 색인은 쓰려고 처음 열 때 만들어집니다."),
    ),
    "index-unwritable": Sentence(
        korean("디스크가 해시 색인을 받아 적지 못합니다: {path}"),
        korean("이번에 더하려던 것은 남지 않았고, 찾는 일은 그대로 됩니다. 디스크를 확인한 뒤 다시 하세요."),
    ),
    "index-closed": Sentence(
        korean("읽기만 하려고 열었거나 이미 닫은 해시 색인입니다: {path}"),
        korean("쓰려고 연 곳에서 하세요."),
    ),
    "back-up-missing": Sentence(
        korean("여기에는 그 백업이 없습니다: {path}"),
        korean("haechi back-up 으로 만든 폴더인지, 번호가 맞는지 확인하세요. 아무것도 바꾸지 않았습니다."),
    ),
    "back-up-missing/number": Sentence(
        korean("이 폴더에는 {number}번 백업이 없습니다: {path}"),
        korean("있는 번호는 {numbers} 입니다. --copy 를 빼면 가장 새것을 되살립니다. 아무것도 바꾸지 않았습니다."),
    ),
    "back-up-damaged": Sentence(
        korean("백업의 파일이 없거나 만들 때와 다릅니다: {path}"),
        korean("다른 번호의 백업이나 다른 곳의 백업을 쓰세요. 금고가 아직 있다면 지금 새 백업을 만드세요."),
    ),
    "back-up-damaged/others": Sentence(
        korean("백업의 파일이 없거나 만들 때와 다릅니다: {path}"),
        korean(
            "이 폴더의 다른 백업은 haechi restore 에 --copy 번호 를 붙여 되살립니다. 남은 번호: {numbers}. 금고가 아직 있다면 지금 새 "
            "백업을 만드세요."
        ),
    ),
    "back-up-damaged/all": Sentence(
        korean("이 폴더에 있는 백업을 하나도 읽을 수 없어 누구의 것인지 모릅니다: {path}"),
        korean(
            "금고가 아직 있다면 다른 폴더나 다른 디스크에 새 백업을 만드세요. 이 폴더는 지우지 말고 다른 컴퓨터에서 한 번 더 읽어 보세요. "
            "아무것도 바꾸지 않았습니다."
        ),
    ),
    "back-up-place": Sentence(
        korean("이 폴더에는 백업을 둘 수 없습니다: {path}"),
        korean("금고 밖의 새 폴더나, 전에 haechi back-up 으로 만든 폴더를 고르세요. 아무것도 바꾸지 않았습니다."),
    ),
    "back-up-foreign": Sentence(
        korean("이 폴더에는 다른 금고의 백업이 있습니다: {path}"),
        korean("금고마다 백업 폴더를 따로 두세요. 아무것도 바꾸지 않았습니다."),
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
        korean(
            "사진과 파일의 번호는 haechi items 로, 방 번호는 haechi rooms 로, 메시지의 번호는 haechi rooms 방_번호 --text 로 봅니다. 아무것도 만들거나 바꾸지 않았습니다."
        ),
    ),
    "selection-unknown/deletion": Sentence(
        korean("없애려는 것이 이 사건에 없습니다: {names}"),
        korean(
            "없앨 수 있는 것의 번호는 haechi delete --all 로 봅니다. 어느 메시지의 파일인지는 haechi rooms 방_번호 --text 로 찾습니다. "
            "아무것도 없애지 않았습니다."
        ),
    ),
    "selection-unknown/entry": Sentence(
        korean("기록의 {names}번 줄은 삭제가 아닙니다."),
        korean("삭제할 때 화면에 나온 줄 번호를 쓰세요. 아무것도 만들지 않았습니다."),
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
    "packet-broken": Sentence(
        korean("증거 묶음이 처음 만든 그대로가 아닙니다."),
        korean("이 증거 묶음을 쓰지 말고, 만든 사람에게 다시 받으세요. 어긋난 것도 지우지 말고 따로 두세요."),
    ),
    "packet-other": Sentence(
        korean("증거 묶음은 온전하지만, 알려 준 곳의 것이 아닙니다."),
        korean("알려 준 지문이나 정책이 맞는지 다시 보세요."),
    ),
    "packet-other/signer": Sentence(
        korean("증거 묶음은 온전하지만, 알려 준 열쇠로 서명한 것이 아닙니다."),
        korean(
            "종이에 적힌 지문을 다시 견주어 보세요. 그래도 다르면 다른 사람이 만든 묶음일 수 있으니, 쓰지 말고 "
            "묶음을 준 사람에게 물어보세요."
        ),
    ),
    "packet-other/authority": Sentence(
        korean("증거 묶음은 온전하지만, 알려 준 기관의 시점확인이 없습니다."),
        korean("그 기관이 알려 준 인증서 지문이 맞는지 다시 보세요. 다른 기관의 시점확인은 세지 않았습니다."),
    ),
    "packet-other/quorum": Sentence(
        korean("증거 묶음은 온전하지만, 알려 준 정책만큼 증인이 서명하지 않았습니다."),
        korean("정책 파일이 이 묶음을 만든 곳의 것인지 다시 보세요."),
    ),
    "packet-other/vault": Sentence(
        korean("증거 묶음은 온전하지만, 이 금고에서 만든 것이 아닙니다."),
        korean(
            "묶음을 만든 금고를 --vault 로 고르거나, 이 금고에서 haechi packet 으로 새로 만드세요. 아무것도 만들거나 바꾸지 않았습니다."
        ),
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
    "disk-full": Sentence(
        korean("디스크에 자리가 없습니다: {path}"),
        korean("자리를 비우고 같은 명령을 다시 실행하세요. 저장되었다고 알린 것은 하나도 잃지 않았습니다."),
    ),
    "disk-full/file-size": Sentence(
        korean("이 디스크에는 이렇게 큰 파일을 둘 수 없습니다: {path}"),
        korean(
            "FAT32로 된 USB는 4GB가 넘는 파일을 받지 못합니다. exFAT 같은 다른 형식의 디스크를 고르거나 더 적게 골라 나누어 만드세요. "
            "저장되었다고 알린 것은 하나도 잃지 않았습니다."
        ),
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
    "certificate-unwritten": Sentence(
        korean("없애는 일은 되었지만, 삭제 확인서는 만들지 못했습니다: {path}"),
        korean(
            "다시 없앨 필요는 없습니다. 자리와 권한을 확인하고 haechi delete --entry {entry:d} --certificate 새_폴더 로 확인서만 만드세요."
        ),
    ),
    "deletion-changed": Sentence(
        korean("보여 드린 것과 지금 없어질 것이 다릅니다."),
        korean("다시 실행해 무엇이 없어지는지 확인하세요. 아무것도 없애지 않았습니다."),
    ),
    **AUDIENCE_ERRORS,
    **HAND_OVER_ERRORS,
    **MATCHING_ERRORS,
    **TRACING_ERRORS,
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
