#!/usr/bin/env bash
# Checks this deletion certificate. Needs bash 4, GNU coreutils, sed and OpenSSL 3. Writes nothing but temporary files.
# The format: docs/formats/deletion.md of Haechi.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"
fail() { printf 'FAIL: %s\n' "$1"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bytes() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }
digest() { sha256sum | cut -c 1-64; }
node() { { printf '\x01'; bytes "$1"; bytes "$2"; } | digest; }
hex() { base64 -d <<<"$1" | od -An -v -tx1 | tr -d ' \n'; }
# verify PUBLIC-PEM MESSAGE SIGNATURE
verify() { openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1; }

mapfile -t lines < delete.tlog-proof
[[ ${lines[0]} == c2sp.org/tlog-proof@v1 && ${lines[1]} == extra\ * && ${lines[2]} == index\ * ]] || fail 'delete.tlog-proof: form'
salt=$(hex "${lines[1]#extra }")
index=${lines[2]#index }
[[ $index =~ ^(0|[1-9][0-9]{0,15})$ && ${#salt} == 64 ]] || fail 'delete.tlog-proof: form'
proof=()
at=3
while [[ -n ${lines[at]-} ]]; do proof+=("$(hex "${lines[at]}")"); at=$((at + 1)); done
origin=${lines[at + 1]-}
size=${lines[at + 2]-}
[[ $size =~ ^[1-9][0-9]{0,15}$ && -z ${lines[at + 4]-} && ${#lines[@]} == $((at + 6)) ]] || fail 'checkpoint: form'
root=$(hex "${lines[at + 3]}")

printf '%s\n' "$origin" "$size" "${lines[at + 3]}" > "$work/body"
base64 -d <<<"${lines[at + 5]##* }" | tail -c +5 > "$work/signature"
verify log-key.pem "$work/body" "$work/signature" || fail 'checkpoint: signature'

hash=$({ printf '\0'; cat entry.json; } | digest)
left=$index
last=$((size - 1))
[[ $left -le $last ]] || fail 'proof'
for one in ${proof[@]+"${proof[@]}"}; do
    [[ $last != 0 && ${#one} == 64 ]] || fail 'proof'
    if ((left & 1)) || ((left == last)); then
        hash=$(node "$one" "$hash")
        while ((left != 0 && !(left & 1))); do left=$((left >> 1)) last=$((last >> 1)); done
    else
        hash=$(node "$hash" "$one")
    fi
    left=$((left >> 1)) last=$((last >> 1))
done
[[ $last == 0 && $hash == "$root" ]] || fail 'proof: the entry is not in the log'

entry=$(cat entry.json)
record=$(cat deletion.json)
sum=$(digest < deletion.json)
commit=$({ printf 'commit/v1\n'; bytes "$salt"; bytes "$sum"; } | digest)
[[ $entry == *"\"commit\":\"$commit\""* ]] || fail 'deletion.json: not what the entry commits to'
[[ $entry == *"\"n\":$index,"* && $entry == *'"type":"delete"'* ]] || fail 'entry.json: not that deletion'

approval='^\{"approval":\{"person":"([0-9a-f]{32})","public":"([0-9a-f]{64})","signature":"([0-9a-f]{128})"\},"blobs":'
if [[ $record =~ $approval ]]; then
    person=${BASH_REMATCH[1]}
    { echo '-----BEGIN PUBLIC KEY-----'; bytes "302a300506032b6570032100${BASH_REMATCH[2]}" | base64 -w 0; echo
      echo '-----END PUBLIC KEY-----'; } > "$work/person.pem"
    bytes "${BASH_REMATCH[3]}" > "$work/approval"
    rest=${record#*\"blobs\":}
    rest=${rest#*,}
    printf '{%s,"origin":"%s","reason":%s' "${rest%%,\"reason\":*}" "$origin" "${rest#*,\"reason\":}" > "$work/asked"
    verify "$work/person.pem" "$work/asked" "$work/approval" || fail 'deletion.json: approval'
    printf 'approved by %s\n' "$person"
elif [[ $record != '{"approval":null,'* ]]; then
    fail 'deletion.json: approval'
fi
printf 'log %s, entry %s of %s\n' "$origin" "$index" "$size"
printf 'log key (compare it): %s\n' "$(openssl pkey -pubin -in log-key.pem -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n')"
echo PASS
