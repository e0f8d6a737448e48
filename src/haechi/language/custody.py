"""A sentence for each thing that can be wrong with a vault: `custody-broken` and its kinds."""

from haechi.language import korean
from haechi.language.sentence import Sentence

_OLDER = korean(
    "예전 백업이나 사본을 되살려 쓰고 있어도 이렇게 나옵니다. 그렇다면 더 새로운 금고를 찾아 그것을 쓰세요. 그런 일이 없었다면 누가 "
    "되돌린 것일 수 있습니다. 이 금고에 더 쓰지 말고 폴더 전체를 복사해 둔 뒤 도와줄 사람에게 보여 주세요."
)
_TWICE = korean(
    "같은 금고의 사본 둘에 따로 넣었어도 이렇게 나옵니다. 그렇다면 둘 다 남겨 두고 앞으로는 하나만 쓰세요. 그런 일이 없었다면 누가 "
    "바꾼 것일 수 있습니다. 이 금고에 더 쓰지 말고 폴더 전체를 복사해 둔 뒤 도와줄 사람에게 보여 주세요."
)

CUSTODY_ERRORS: dict[str, Sentence] = {
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
    "custody-broken/trace": Sentence(korean("내 사진과 견준 기록이 견줄 때와 다릅니다: {place}")),
    "custody-broken/message": Sentence(korean("메시지가 가져올 때와 다릅니다: {place}")),
    "custody-broken/window": Sentence(korean("메시지 묶음이 가져올 때와 다릅니다: {place}")),
    "custody-broken/seal": Sentence(korean("가져온 파일 목록이 봉인할 때와 다릅니다: {place}")),
    "custody-broken/header": Sentence(korean("금고의 표지가 바뀌었습니다: {place}")),
    "custody-broken/page": Sentence(korean("금고 장부의 한 쪽을 읽을 수 없습니다: {place}")),
    "custody-broken/entry-leaf": Sentence(korean("기록의 {place}번 줄이 머클 나무에 적힌 것과 다릅니다.")),
    "custody-broken/rollback": Sentence(
        korean("기록이 서명된 것보다 짧습니다: {place}. 예전 것이거나 끝이 잘렸습니다."), _OLDER
    ),
    "custody-broken/fork": Sentence(
        korean("서명된 {place}줄과 다른 기록입니다. 앞에서 갈라졌거나 무언가 바뀌었습니다."), _TWICE
    ),
    "custody-broken/kept-fork": Sentence(
        korean("금고 밖에서 본 것과 다른 기록입니다: {place}. 그 앞에서 갈라졌거나 무언가 바뀌었습니다."), _TWICE
    ),
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
    "custody-broken/report-key": Sentence(korean("보고서에 서명하는 열쇠가 기록에 적힌 것과 다릅니다: {place}")),
    "custody-broken/derivative": Sentence(korean("가린 사본의 기록이 만들 때와 다릅니다: {place}")),
    "custody-broken/audience": Sentence(korean("올린 글이나 볼 수 있던 계정의 명단이 적을 때와 다릅니다: {place}")),
    "custody-broken/count": Sentence(korean("방이나 계정의 메시지 수가 메시지와 맞지 않습니다: {place}")),
    "custody-broken/approval": Sentence(
        korean("기록의 {place}번 줄에서 지운 것에는 다른 사람의 올바른 동의가 없습니다.")
    ),
    "custody-broken/blob-unknown": Sentence(korean("기록에 없는 봉인된 파일이 있습니다: {place}")),
}
