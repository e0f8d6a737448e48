"""A sentence for each error of time-stamping authorities and their stamps."""

from haechi.language import korean
from haechi.language.sentence import Sentence

AUTHORITY_ERRORS: dict[str, Sentence] = {
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
}
