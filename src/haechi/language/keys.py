"""A sentence for each error of what opens a vault: passphrases, recovery keys, sheets, people and their approval."""

from haechi.language import korean
from haechi.language.sentence import Sentence

KEY_ERRORS: dict[str, Sentence] = {
    "sheets-exist": Sentence(
        korean("이미 있는 곳입니다: {path}"),
        korean("새 폴더 이름을 주세요. 전의 복구 키도, 전의 종이도 그대로입니다."),
    ),
    "sheets-refused": Sentence(
        korean("도우미 종이를 쓸 수 없습니다."),
        korean("종이의 낱말을 빠짐없이 순서대로 다시 치세요. 아무것도 바꾸지 않았습니다."),
    ),
    "sheets-refused/numbers": Sentence(
        korean("복구 키를 그렇게는 나눌 수 없습니다: {total}장 가운데 {needed}장"),
        korean(
            "도우미(--helpers)는 2명부터 16명까지, 필요한 수(--needed)는 2 이상이고 도우미의 수보다 많지 않아야 합니다. "
            "전의 복구 키도, 전의 종이도 그대로입니다."
        ),
    ),
    "sheets-refused/sheet": Sentence(
        korean("{number}번째로 친 종이의 낱말이 맞지 않습니다."),
        korean(
            "틀렸거나 빠졌거나 순서가 바뀐 낱말이 있습니다. 그 종이를 1번부터 차례로 다시 치세요. 아무것도 바꾸지 않았습니다."
        ),
    ),
    "sheets-refused/few": Sentence(
        korean("종이가 모자랍니다. {needed}장이 있어야 하는데 {given}장입니다."),
        korean(
            "같은 날 만든 다른 도우미의 종이를 더 모으세요. 같은 종이를 두 번 치면 한 장으로 셉니다. 아무것도 바꾸지 않았습니다."
        ),
    ),
    "sheets-refused/words": Sentence(
        korean("이 낱말들로는 복구 키를 만들 수 없습니다."),
        korean(
            "낱말이 틀렸거나 빠졌거나, 종이가 모자라거나, 서로 다른 날 만든 종이가 섞였습니다. 같은 날 만든 종이를 필요한 수만큼, "
            "낱말을 빠짐없이 순서대로 치세요. 아무것도 바꾸지 않았습니다."
        ),
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
    "wrong-key/sheets": Sentence(
        korean("이 도우미 종이들로는 이 금고가 열리지 않습니다."),
        korean(
            "종이를 만든 뒤에 복구 키를 바꾸었거나 다시 나누었거나, 다른 금고의 종이입니다. 가장 나중에 만든 종이나 복구 키, "
            "또는 암호로 여세요. 종이에 만든 날과 금고 번호가 적혀 있습니다."
        ),
    ),
    "wrong-key/approver": Sentence(
        korean("{name}의 암호가 아닙니다."),
        korean(
            "동의하는 사람이 금고를 열 때 쓰는 자기 암호를 치세요. 복구 키나 다른 사람의 암호로는 동의할 수 없습니다. "
            "아무것도 없애지 않았습니다."
        ),
    ),
    "key-missing": Sentence(
        korean("암호가 주어지지 않았고, 물어볼 화면도 없습니다."),
        korean(
            "터미널에서 다시 실행하거나, --passphrase-file, --passphrase-fd, --recovery-key-file, --recovery-sheets-file, "
            "--keyring 가운데 하나로 알려 주세요."
        ),
    ),
    "key-missing/new": Sentence(
        korean("새 암호가 주어지지 않았고, 물어볼 화면도 없습니다."),
        korean("터미널에서 다시 실행하거나, --passphrase-file 이나 --passphrase-fd 로 알려 주세요."),
    ),
    "key-missing/typed": Sentence(
        korean("암호가 주어지지 않았고, 물어볼 화면도 없습니다."),
        korean(
            "터미널에서 다시 실행하거나, --passphrase-file, --passphrase-fd, --recovery-key-file, --recovery-sheets-file "
            "가운데 하나로 알려 주세요. 이 일에는 열쇠고리에 있는 열쇠를 쓸 수 없습니다."
        ),
    ),
    "key-missing/option": Sentence(
        korean("필요한 암호가 주어지지 않았고, 물어볼 화면도 없습니다."),
        korean("터미널에서 다시 실행하거나, 암호를 파일의 첫 줄에 적어 {option} 로 알려 주세요."),
    ),
    "key-missing/file": Sentence(
        korean("파일의 첫 줄에서 암호나 열쇠를 읽을 수 없습니다: {path}"),
        korean("첫 줄에 그것 하나만 적어 보통 글(UTF-8)로 저장하세요. 첫 줄이 비어 있으면 안 됩니다."),
    ),
    "key-missing/descriptor": Sentence(
        korean("그 파일 디스크립터에서 암호를 읽을 수 없습니다."),
        korean("--passphrase-fd 의 번호가 열려 있는지, 첫 줄에 암호가 오는지 확인하세요."),
    ),
    "weak-passphrase": Sentence(
        korean("암호가 너무 짧습니다. {minimum}자 이상이어야 합니다."),
        korean("서로 상관없는 낱말 서너 개를 이어 쓰면 길고 외우기 쉽습니다."),
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
    "keyring-unavailable": Sentence(
        korean("이 컴퓨터에는 해치가 쓸 수 있는 열쇠고리(키링)가 없습니다."),
        korean("명령마다 암호를 입력하거나, --passphrase-file 을 쓰세요."),
    ),
}
