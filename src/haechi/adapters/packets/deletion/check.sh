#!/usr/bin/env bash
# 이 삭제 확인서를 확인합니다. Checks this deletion certificate. Needs bash 4, GNU coreutils, sed and OpenSSL 3. Writes nothing but temporary files.
# The format: docs/formats/deletion.md of Haechi.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"
# fail FILE KOREAN ENGLISH
fail() { printf '%s\n  %s\n  %s\nFAIL\n' "$1" "$2" "$3"; exit 1; }
malformed() { fail "$1" '읽을 수 없습니다.' 'This is malformed.'; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bytes() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }
digest() { sha256sum | cut -c 1-64; }
node() { { printf '\x01'; bytes "$1"; bytes "$2"; } | digest; }
hex() { base64 -d <<<"$1" | od -An -v -tx1 | tr -d ' \n'; }
# verify PUBLIC-PEM MESSAGE SIGNATURE
verify() { openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1; }

mapfile -t lines < delete.tlog-proof
[[ ${lines[0]} == c2sp.org/tlog-proof@v1 && ${lines[1]} == extra\ * && ${lines[2]} == index\ * ]] || malformed delete.tlog-proof
salt=$(hex "${lines[1]#extra }")
index=${lines[2]#index }
[[ $index =~ ^(0|[1-9][0-9]{0,15})$ && ${#salt} == 64 ]] || malformed delete.tlog-proof
proof=()
at=3
while [[ -n ${lines[at]-} ]]; do proof+=("$(hex "${lines[at]}")"); at=$((at + 1)); done
origin=${lines[at + 1]-}
size=${lines[at + 2]-}
[[ $size =~ ^[1-9][0-9]{0,15}$ && -z ${lines[at + 4]-} && ${#lines[@]} == $((at + 6)) ]] || malformed delete.tlog-proof
root=$(hex "${lines[at + 3]}")

printf '%s\n' "$origin" "$size" "${lines[at + 3]}" > "$work/body"
base64 -d <<<"${lines[at + 5]##* }" | tail -c +5 > "$work/signature"
verify log-key.pem "$work/body" "$work/signature" || fail delete.tlog-proof '기록의 서명이 맞지 않습니다.' "The signature of the log's checkpoint is wrong."

hash=$({ printf '\0'; cat entry.json; } | digest)
left=$index
last=$((size - 1))
[[ $left -le $last ]] || malformed delete.tlog-proof
for one in ${proof[@]+"${proof[@]}"}; do
    [[ $last != 0 && ${#one} == 64 ]] || malformed delete.tlog-proof
    if ((left & 1)) || ((left == last)); then
        hash=$(node "$one" "$hash")
        while ((left != 0 && !(left & 1))); do left=$((left >> 1)) last=$((last >> 1)); done
    else
        hash=$(node "$hash" "$one")
    fi
    left=$((left >> 1)) last=$((last >> 1))
done
[[ $last == 0 && $hash == "$root" ]] || fail entry.json '이 줄은 서명된 기록에 들어 있지 않습니다.' 'This entry is not in the signed log.'

entry=$(cat entry.json)
record=$(cat deletion.json)
sum=$(digest < deletion.json)
commit=$({ printf 'commit/v1\n'; bytes "$salt"; bytes "$sum"; } | digest)
[[ $entry == *"\"commit\":\"$commit\""* ]] || fail deletion.json '기록이 약속한 내용과 다릅니다.' 'This is not what the log entry is committed to.'
[[ $entry == *"\"n\":$index,"* && $entry == *'"type":"delete"'* ]] || fail entry.json '이 줄은 그 삭제가 아닙니다.' 'This entry is not that deletion.'

person=
approval='^\{"approval":\{"person":"([0-9a-f]{32})","public":"([0-9a-f]{64})","signature":"([0-9a-f]{128})"\},"blobs":'
if [[ $record =~ $approval ]]; then
    person=${BASH_REMATCH[1]}
    { echo '-----BEGIN PUBLIC KEY-----'; bytes "302a300506032b6570032100${BASH_REMATCH[2]}" | base64 -w 0; echo
      echo '-----END PUBLIC KEY-----'; } > "$work/person.pem"
    bytes "${BASH_REMATCH[3]}" > "$work/approval"
    rest=${record#*\"blobs\":}
    rest=${rest#*,}
    printf '{%s,"origin":"%s","reason":%s' "${rest%%,\"reason\":*}" "$origin" "${rest#*,\"reason\":}" > "$work/asked"
    verify "$work/person.pem" "$work/asked" "$work/approval" || fail deletion.json '동의한 사람의 서명이 맞지 않습니다.' 'The signature of whoever approved is wrong.'
elif [[ $record != '{"approval":null,'* ]]; then
    malformed deletion.json
fi
key=$(openssl pkey -pubin -in log-key.pem -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
printf '%s  %s\n' '기록의 이름 / log        ' "$origin"
printf '%s  %s\n' '기록의 줄 / entry        ' "$index (모두 $size줄 / of $size)"
printf '%s  %s\n' '동의한 사람 / approved by' "${person:-없음 / nobody}"
printf '%s  %s\n' '기록의 열쇠 / log key    ' "$key"
printf '%s\n' '기록의 열쇠를 전에 받은 증거 묶음의 것(seal/log-key.pem)과 견주십시오.' \
    'Compare the log key with that of a packet you got before (seal/log-key.pem).' PASS
