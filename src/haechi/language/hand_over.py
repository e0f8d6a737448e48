"""A sentence for each error of redaction, the recipient directory, hand-over and receipts."""

from haechi.language import korean
from haechi.language.sentence import Sentence

HAND_OVER_ERRORS: dict[str, Sentence] = {
    "recipient-missing": Sentence(
        korean("받는 사람 목록에 없는 이름입니다: {name}"),
        korean("haechi recipient list 로 목록을 보거나, haechi recipient add 로 먼저 넣으세요."),
    ),
    "recipient-key": Sentence(korean("쓸 수 없는 열쇠입니다."), korean("받는 사람에게 열쇠를 다시 받으세요.")),
    "recipient-key/age": Sentence(
        korean("age 공개 열쇠가 아닙니다. age1 로 시작하는 62글자여야 합니다."),
        korean(
            "받는 사람에게 열쇠를 다시 받으세요. AGE-SECRET-KEY 로 시작하는 것은 비밀 열쇠이니 누구에게도 보내면 안 됩니다."
        ),
    ),
    "recipient-key/ssh": Sentence(
        korean("해치가 쓸 수 있는 SSH 공개 열쇠가 아닙니다."),
        korean(
            "ssh-ed25519, ecdsa-sha2-nistp256/384/521, 2048비트 이상의 ssh-rsa 공개 열쇠(.pub 파일) 한 줄을 주세요."
        ),
    ),
    "recipient-key/missing": Sentence(
        korean("받는 사람의 열쇠가 하나도 주어지지 않았습니다."),
        korean("--age 나 --ssh-key 가운데 하나는 있어야 합니다."),
    ),
    "sealed-for-others": Sentence(
        korean("이 금고가 열 수 없게 봉인된 것이 있습니다: {names}"),
        korean(
            "처음부터 다른 사람만 열도록 봉인했기 때문입니다. 망가진 것이 아닙니다. 그것을 뺀 묶음을 만들거나, "
            "haechi hand-over --sealed 로 봉인된 채 그 사람에게 넘기세요."
        ),
    ),
    "readers-missing": Sentence(
        korean("열 수 있는 사람이 정해지지 않았습니다."),
        korean("--reader 로 받는 사람의 이름이나 age1… 열쇠를 하나 이상 주세요. 아무것도 바꾸지 않았습니다."),
    ),
    "redaction-refused": Sentence(korean("가린 사본을 만들 수 없습니다."), korean("원본은 그대로 있습니다.")),
    "redaction-refused/reference-only": Sentence(
        korean("사진을 보관하지 않는 사건이라 가린 사진도 만들지 않습니다."),
        korean("이 사건에는 사진과 영상의 어떤 부분도 저장되지 않습니다. 메시지는 가린 사본을 만들 수 있습니다."),
    ),
    "redaction-refused/not-sealed": Sentence(
        korean("이 증거는 파일이 보관되어 있지 않아 가릴 것이 없습니다."),
        korean("기록만 하던 때에 가져온 것입니다. 보관하는 방식으로 다시 가져오면 가릴 수 있습니다."),
    ),
    "redaction-refused/not-a-picture": Sentence(
        korean("사진이 아니라 가릴 수 없습니다."), korean("영상과 다른 파일은 아직 가릴 수 없습니다.")
    ),
    "redaction-refused/undecodable": Sentence(
        korean("사진을 읽을 수 없어 가릴 수 없습니다."), korean("파일이 망가졌을 수 있습니다. 원본은 그대로 있습니다.")
    ),
    "redaction-refused/too-large": Sentence(
        korean("사진이 너무 커서 가릴 수 없습니다."),
        korean("5,000만 화소까지 가릴 수 있습니다. 원본은 그대로 있습니다."),
    ),
    "redaction-refused/nothing-chosen": Sentence(
        korean("무엇을 가릴지 정해지지 않았습니다."),
        korean("사진은 --box 왼쪽,위,너비,높이 로, 메시지는 --remove 로 가릴 것을 고르세요."),
    ),
    "redaction-refused/outside": Sentence(
        korean("가릴 자리가 사진 밖으로 나갑니다. 사진은 {width} x {height} 화소입니다."),
        korean(
            "화소로 센 왼쪽,위,너비,높이 를 다시 확인하세요. 줄여 놓은 사진에서 잰 값일 수 있습니다. 아무것도 만들지 않았습니다."
        ),
    ),
    "redaction-refused/reason-missing": Sentence(
        korean("왜 가렸는지 적혀 있지 않습니다."), korean("--reason 으로 이유를 적으세요. 사본과 함께 남습니다.")
    ),
    "redaction-refused/embedded-picture": Sentence(
        korean("메시지 안에 글로 바뀐 사진이 들어 있어 사본을 만들지 않았습니다."),
        korean("--remove text 로 글 전체를 빼면 만들 수 있습니다."),
    ),
    "hand-over-refused": Sentence(
        korean("이 받는 사람에게 이렇게 넘길 수 없습니다."), korean("아무것도 만들지 않았습니다.")
    ),
    "hand-over-refused/age-missing": Sentence(
        korean("이 받는 사람의 age 열쇠가 목록에 없습니다."),
        korean(
            "그 사람의 age1… 열쇠를 받아 haechi recipient add 이름 --age 로 넣으세요. 증거 묶음이라면 --zip 으로 암호를 건 zip 을 "
            "만들 수도 있습니다. 아무것도 만들거나 바꾸지 않았습니다."
        ),
    ),
    "hand-over-refused/passphrase-short": Sentence(
        korean("압축 파일의 암호가 너무 짧습니다. {minimum}자 이상이어야 합니다."),
        korean("서로 상관없는 낱말 너댓 개를 이어 쓰고, 파일과 다른 길(전화, 종이)로 알려 주세요."),
    ),
    "hand-over-refused/changed": Sentence(
        korean("넘기는 동안 묶음의 파일이 바뀌었습니다: {path}"),
        korean("만들던 파일은 지웠습니다. 묶음을 다시 만들어 같은 명령을 실행하세요."),
    ),
    "hand-over-refused/nothing-sealed": Sentence(
        korean("이 사건에는 이 사람에게 넘길 봉인된 파일이 없습니다."),
        korean("처음에 이 사람이 열도록 봉인했거나, 이 금고가 열 수 있는 파일만 넘길 수 있습니다."),
    ),
    "receipt-refused": Sentence(
        korean("이 수령증을 받아들일 수 없습니다."), korean("받는 사람에게 다시 서명해 달라고 하세요.")
    ),
    "receipt-refused/form": Sentence(
        korean("해치의 수령증이 아닙니다."), korean("넘길 때 함께 만든 receipt.txt 그대로에 서명해 달라고 하세요.")
    ),
    "receipt-refused/text": Sentence(
        korean("수령증의 글이 처음과 다릅니다."), korean("한 글자도 고치지 않은 파일에 다시 서명해 달라고 하세요.")
    ),
    "receipt-refused/transfer-unknown": Sentence(
        korean("이 금고에서 넘긴 적이 없는 것의 수령증입니다."), korean("다른 금고의 것인지 확인하세요.")
    ),
    "receipt-refused/recipient-unknown": Sentence(
        korean("넘겨받은 사람이 지금 목록에 없습니다."), korean("haechi recipient add 로 다시 넣고 확인하세요.")
    ),
    "receipt-refused/key-missing": Sentence(
        korean("넘겨받은 사람의 서명 열쇠(SSH)가 목록에 없습니다."),
        korean("haechi recipient add 이름 --ssh-key 파일.pub 로 열쇠를 넣고 다시 실행하세요."),
    ),
    "receipt-refused/signature-form": Sentence(
        korean("서명 파일을 읽을 수 없습니다."), korean("ssh-keygen -Y sign 이 만든 .sig 파일을 그대로 주세요.")
    ),
    "receipt-refused/key-other": Sentence(
        korean("다른 열쇠로 한 서명입니다."),
        korean("받는 사람의 열쇠가 바뀌었는지, 파일을 받은 것과 다른 길(전화, 만남)로 확인하세요."),
    ),
    "receipt-refused/namespace-other": Sentence(
        korean("다른 일에 쓰려고 한 서명입니다."),
        korean("ssh-keygen -Y sign -n receipt@haechi 로 다시 서명해 달라고 하세요."),
    ),
    "receipt-refused/signature": Sentence(
        korean("서명이 맞지 않습니다."), korean("수령증이나 서명이 바뀌었습니다. 다시 받으세요.")
    ),
    "receipt-refused/received-already": Sentence(
        korean("이미 다른 수령증을 받은 것입니다."), korean("먼저 받은 수령증이 그대로 남아 있습니다.")
    ),
    "packet-exists/file": Sentence(
        korean("여기에는 이미 무언가 있습니다: {path}"),
        korean("없는 파일 이름을 주세요. 아무것도 덮어쓰지 않았습니다."),
    ),
    "envelope-broken": Sentence(
        korean("쓴 파일을 다시 읽어 보니 쓴 것과 다릅니다: {path}"),
        korean("그 파일은 지웠습니다. 디스크나 USB 를 바꾸어 다시 해 보세요."),
    ),
}
