"""A sentence for each error of banks, lists of hashes, exchanges and the matcher's records."""

from haechi.language import korean
from haechi.language.sentence import Sentence

MATCHING_ERRORS: dict[str, Sentence] = {
    "bank-missing": Sentence(
        korean("{bank:이라는/라는} 목록이 없습니다."), korean("목록 이름을 확인하세요. 큰 글자와 작은 글자는 다릅니다.")
    ),
    "bank-exists": Sentence(
        korean("{bank:이라는/라는} 목록이 이미 있습니다."), korean("다른 이름을 쓰세요. 아무것도 바꾸지 않았습니다.")
    ),
    "bank-refused": Sentence(
        korean("{bank:은/는} 만들 수 없는 목록입니다."),
        korean(
            "이름은 64글자까지이고 빗금(/)과 쉼표가 없어야 합니다. 반경은 0부터 64까지, 묻는 비율은 0부터 1까지입니다. "
            "목록은 32,768개까지 만들 수 있습니다.",
        ),
    ),
    "bank-mixed": Sentence(korean("성인과 미성년의 목록은 함께 묻지 않습니다."), korean("한쪽만 골라 따로 물으세요.")),
    "content-missing": Sentence(
        korean("{bank} 목록에는 {content}번이 없습니다."),
        korean("이미 뺀 것인지 확인하세요. 아무것도 바꾸지 않았습니다."),
    ),
    "content-refused": Sentence(
        korean("목록에 넣을 수 없는 내용입니다."),
        korean(
            "해시가 하나는 있고 20,000개를 넘지 않아야 하며, 메모는 255글자까지, 시각은 2026-11-22T10:00:00Z 처럼 씁니다."
        ),
    ),
    "hash-refused": Sentence(
        korean("{type} 해시가 아닙니다."),
        korean("PDQ와 SHA-256은 64글자, MD5는 32글자의 16진수이고, 품질은 0부터 100까지입니다."),
    ),
    "hash-list-refused": Sentence(
        korean("해치가 읽는 해시 목록이 아닙니다: {path}"),
        korean("파일이 고른 형식인지 확인하세요. 아무것도 넣지 않았습니다."),
    ),
    "api-key-missing": Sentence(
        korean("{key:이라는/라는} 열쇠가 없습니다."), korean("열쇠 목록에서 이름을 확인하세요.")
    ),
    "api-key-exists": Sentence(
        korean("{key:이라는/라는} 열쇠가 이미 있거나 있었습니다."),
        korean("다른 이름을 쓰세요. 거둔 열쇠의 이름도 다시 쓰지 않습니다."),
    ),
    "exchange-missing": Sentence(
        korean("{exchange:이라는/라는} 교환처가 없습니다."), korean("교환처 목록에서 이름을 확인하세요.")
    ),
    "exchange-failed": Sentence(
        korean("교환처 {exchange:와/과} 주고받지 못했습니다 ({problem})."),
        korean("읽은 데까지는 그대로 있습니다. 잠시 뒤에 다시 하면 이어서 읽습니다."),
    ),
    "exchange-stopped": Sentence(
        korean("교환처 {exchange:을/를} 읽다가 서버가 멈춰서 그만두었습니다."),
        korean("읽은 데까지는 그대로 있습니다. 다음에 이어서 읽습니다."),
    ),
    "exchange-ended": Sentence(
        korean("교환처 {exchange:을/를} 읽는 동안 누가 끄거나 지우거나 바꾸어서 그만두었습니다 ({problem})."),
        korean("읽은 데까지는 그대로 있고, 그 뒤로는 아무것도 바꾸지 않았습니다."),
    ),
    "exchange-in-use": Sentence(
        korean("교환처 {exchange:은/는} 지금 다른 서버가 읽고 있습니다."),
        korean("다 읽으면 여기서도 읽을 수 있습니다. 그 서버가 갑자기 꺼졌다면 5분 뒤에 다시 하세요."),
    ),
    "credentials-unreadable": Sentence(
        korean("교환처에 쓰는 열쇠의 파일을 읽지 못했습니다: {path} ({problem})"),
        korean(
            "이 파일을 읽을 수 있는지 확인하세요. 망가졌다면 파일을 치우고 열쇠를 다시 넣으세요. 아무것도 바꾸지 않았습니다."
        ),
    ),
    "exchange-cursor-expired": Sentence(
        korean("교환처 {exchange:은/는} 지난번에 어디까지 읽었는지 더는 알지 못합니다."),
        korean("목록을 처음부터 다시 읽어야 합니다."),
    ),
    "exchange-cannot": Sentence(
        korean("교환처 {exchange}에는 이것을 전할 방법이 없습니다."), korean("아무것도 보내지 않았습니다.")
    ),
    "catalogue-unavailable": Sentence(
        korean("매처의 기록을 쓸 수 없습니다: {place} ({problem})"),
        korean("파일이나 서버가 있는지, 다른 프로그램이 쓰고 있지 않은지 확인하세요."),
    ),
    "target-exists": Sentence(
        korean("이미 있는 곳입니다: {path}"), korean("새 이름을 주세요. 있던 것은 그대로 있습니다.")
    ),
    "share-refused": Sentence(korean("이렇게는 해시를 내보내지 않습니다."), korean("아무것도 만들지 않았습니다.")),
    "share-refused/adults-only": Sentence(
        korean("이 형식을 받는 곳(StopNCII)은 성인의 것만 받습니다."),
        korean(
            "미성년이거나 나이를 모르는 경우에는 --format plain 으로 만들어 지원 기관이나 경찰에 전하세요. "
            "아무것도 만들지 않았습니다.",
        ),
    ),
    "share-refused/no-hash": Sentence(
        korean("고른 것에는 이 형식으로 내보낼 해시가 없습니다."),
        korean("영상은 --format plain 이나 threatexchange-csv 로 만들 수 있습니다. 아무것도 만들지 않았습니다."),
    ),
}
