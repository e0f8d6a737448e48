"""Sentences for what the match server refuses. Its clients are programs: the code is for them, the sentence for whoever reads their log."""

from haechi.language import korean
from haechi.language.sentence import Sentence

SERVING_ERRORS: dict[str, Sentence] = {
    "address-refused": Sentence(
        korean("이 주소에서는 파일을 가져오지 않습니다."),
        korean(
            "http 나 https 로 누구나 닿을 수 있는 주소여야 합니다. 자기 저장소라면 서버를 켤 때 --fetch-from 으로 이름을 알려 주세요."
        ),
    ),
    "api-key-refused": Sentence(
        korean("열쇠가 없거나, 모르는 열쇠이거나, 없앤 열쇠입니다."),
        korean("Authorization: Bearer 뒤에 열쇠의 비밀을 붙이세요. 열쇠는 haechi match-server key add 로 만듭니다."),
    ),
    "role-missing": Sentence(
        korean("이 열쇠로는 할 수 없는 일입니다. 필요한 권한: {role}"),
        korean("그 권한이 있는 열쇠를 쓰세요."),
    ),
    "file-too-large": Sentence(
        korean("파일이 너무 큽니다. {most_bytes}바이트까지 됩니다."),
        korean("더 작은 파일로 다시 보내거나, 해시만 보내세요."),
    ),
    "request-refused": Sentence(
        korean("요청이 정해진 모양이 아닙니다: {place} ({problem})"),
        korean("/openapi.json 에 모양이 적혀 있습니다."),
    ),
    "lookups-limited": Sentence(
        korean("이 열쇠로 1분에 물을 수 있는 {lookups_per_minute}번을 넘었습니다."),
        korean("{wait_s}초 뒤에 다시 물어보세요."),
    ),
    "index-not-ready": Sentence(
        korean("색인을 읽거나 다시 만들고 있어 아직 답할 수 없습니다."),
        korean("잠시 뒤에 다시 물어보세요. /health/ready 로 알 수 있습니다."),
    ),
    "cluster-unavailable": Sentence(
        korean("Ray 클러스터에 연결할 수 없습니다."),
        korean("주소가 맞는지, 그 컴퓨터에서 ray start 가 되어 있는지, 열쇠(RAY_AUTH_TOKEN)가 같은지 확인하세요."),
    ),
    "cluster-unavailable/missing": Sentence(
        korean("여러 프로세스에 나누어 답하는 데 필요한 Ray 가 설치되어 있지 않습니다."),
        korean("안내서의 클러스터 쪽대로 설치하거나, --cluster 없이 켜세요."),
    ),
}
