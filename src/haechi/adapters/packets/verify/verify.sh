#!/usr/bin/env bash
# 해치 패킷 검증 / Haechi packet check.
#
#   bash verify.sh [--signer SHA256:...] [PACKET]
#
# Needs bash 4, GNU coreutils 8.31, OpenSSL 3.0 and OpenSSH 8.1, or newer. Runs no other program, sends nothing, and
# writes only below a temporary folder that it removes. PACKET is the folder above this file when it is not given.
# Ends with PASS (exit 0), FAIL (exit 1), or exit 2 when nothing could be checked.
#
# Every check appends to a count of findings; nothing here relies on `set -e`, which `a && b` silently switches off.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # somebody typed `sh verify.sh`, and that is another shell
set -u
LC_ALL=C
export LC_ALL
unset CDPATH
umask 077
shopt -s nullglob dotglob

MOST_FILES=200000
MOST_TEXT=268435456  # bytes of one file that is read as text
PART='[A-Za-z0-9_-][A-Za-z0-9._-]*'
PATHS="$PART(/$PART)*"
HEX='[0-9a-f]{64}'
B64='[A-Za-z0-9+/]+={0,2}'
HEADER=$'\xef\xbb\xbfexhibit,sha256,entry,file,size,kind,mime,width,height,duration_ms,role,path,group,sightings,seen_in'
PRINCIPAL=haechi-packet
NAMESPACE=packet@haechi
REQUIRED='bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt tagmanifest-sha256.txt.sig allowed_signers
seal/checkpoint seal/entries.jsonl seal/openings.json seal/log-key.txt seal/log-key.pem meta/exhibits.csv
meta/messages.csv meta/custody.csv meta/accounts.csv meta/rooms.csv meta/groups.csv'

findings=0
declare -A expected=() present=() folders=() entry_commit=() opened=()

words() {
  case $1 in
    link) ko='다른 곳을 가리키는 링크가 들어 있습니다.' en='There is a link that points elsewhere.' ;;
    special-file) ko='일반 파일이 아닌 것이 들어 있습니다.' en='There is something that is not a plain file.' ;;
    file-too-large) ko='파일이 있을 수 없을 만큼 큽니다.' en='The file is larger than it can be.' ;;
    too-many-files) ko='파일이 너무 많아 검사를 멈추었습니다.' en='There are too many files; the check stopped.' ;;
    bagit-txt) ko='BagIt 1.0 선언이 아닙니다.' en='This is not the declaration of BagIt 1.0.' ;;
    manifest-form) ko='목록 파일의 형식이 잘못되었습니다.' en='The manifest is malformed.' ;;
    manifest-line) ko='목록의 이 줄이 잘못되었습니다.' en='This line of the manifest is malformed.' ;;
    manifest-duplicate) ko='같은 파일이 목록에 두 번 있습니다.' en='The manifests name this file twice.' ;;
    file-missing) ko='있어야 할 파일이 없습니다.' en='A file that belongs here is missing.' ;;
    file-added) ko='목록에 없는 파일이 추가되었습니다.' en='A file that no manifest names has been added.' ;;
    directory-added) ko='목록에 없는 폴더가 추가되었습니다.' en='A folder that no manifest names has been added.' ;;
    file-changed) ko='파일 내용이 바뀌었습니다.' en='The content of this file has changed.' ;;
    oxum) ko='파일 수나 전체 크기가 기록과 다릅니다.' en='Number or total size of the files differs from the record.' ;;
    signer-form) ko='서명자 파일의 형식이 잘못되었습니다.' en='The file that names the signer is malformed.' ;;
    signature) ko='서명이 맞지 않습니다.' en='The signature is wrong.' ;;
    signer-other) ko='기대한 것과 다른 열쇠로 서명되었습니다.' en='This was signed by another key than the expected one.' ;;
    log-key) ko='기록의 공개 열쇠가 잘못되었습니다.' en='The public key of the log is wrong.' ;;
    checkpoint-form) ko='확인점의 형식이 잘못되었습니다.' en='The checkpoint is malformed.' ;;
    checkpoint-signature) ko='확인점의 서명이 맞지 않습니다.' en='The signature of the checkpoint is wrong.' ;;
    entry-form) ko='이 기록의 형식이 잘못되었습니다.' en='This log entry is malformed.' ;;
    entry-order) ko='기록이 빠졌거나 순서가 바뀌었습니다. 처음 어긋난 줄입니다.' en='A log entry was dropped or moved; this is the first line out of order.' ;;
    entry-link) ko='이 기록이 앞 기록과 이어지지 않습니다. 이 줄이나 앞줄이 바뀌었습니다.' en='This log entry does not follow from the one before; one of the two was changed.' ;;
    entry-count) ko='기록 수가 확인점과 다릅니다.' en='The number of log entries differs from the checkpoint.' ;;
    log-root) ko='기록 전체의 해시가 확인점과 다릅니다.' en='The hash over all log entries differs from the checkpoint.' ;;
    openings-form) ko='봉인을 여는 값의 형식이 잘못되었습니다.' en='The file that opens the commitments is malformed.' ;;
    opening-wrong) ko='이 값으로는 기록의 봉인이 열리지 않습니다.' en='This does not open the commitment in its log entry.' ;;
    opening-missing) ko='이 증거의 봉인을 여는 값이 없습니다.' en='What opens the commitment of this exhibit is missing.' ;;
    csv-form) ko='표의 형식이 잘못되었습니다.' en='The table is malformed.' ;;
    exhibit-digest) ko='증거 파일이 기록에 봉인된 것과 다릅니다.' en='The exhibit is not the file that the log is committed to.' ;;
    exhibit-unlisted) ko='증거 목록에 없는 파일입니다.' en='The list of exhibits does not name this file.' ;;
    proof-missing) ko='이 증거의 포함 증명이 없습니다.' en='The proof of inclusion of this exhibit is missing.' ;;
    proof-form) ko='포함 증명이 이 기록의 것이 아닙니다.' en='The proof of inclusion does not belong to this log and exhibit.' ;;
  esac
}

finding() {
  findings=$((findings + 1))
  words "$1"
  printf '  [!] %s  %s\n      %s\n      %s\n' "$1" "$2" "$ko" "$en"
}

misplaced() {  # a finding about a name as it may be printed: every byte outside the packet's own alphabet as %XX
  local name=$2 at code shown=
  for ((at = 0; at < ${#name} && at < 300; at++)); do
    case ${name:at:1} in
      [A-Za-z0-9._/-]) shown+=${name:at:1} ;;
      *) printf -v code %d "'${name:at:1}"; printf -v code %%%02X $((code & 255)); shown+=$code ;;
    esac
  done
  finding "$1" "$shown"
}

plain() {  # a regular file, reached without any link
  local path=$1
  [ -f "$packet/$path" ] || return 1
  while :; do
    [ -L "$packet/$path" ] && return 1
    case $path in */*) path=${path%/*} ;; *) return 0 ;; esac
  done
}

small() {
  local size
  size=$(wc -c < "$packet/$1")
  [ "$size" -le "$MOST_TEXT" ] && return 0
  finding file-too-large "$1"
  return 1
}

printable() {  # only the characters in $2 and whole lines
  [ "$(tr -d "$2" < "$packet/$1" | wc -c)" -eq 0 ] && [ -s "$packet/$1" ] && [ -z "$(tail -c 1 "$packet/$1")" ]
}

use() { [ -n "${present[$1]+x}" ] && small "$1"; }

hashes() {  # of files $1.*, in order: 64 digits a line
  local names=("$1".*) at
  for ((at = 0; at < ${#names[@]}; at += 5000)); do
    sha256sum -- "${names[@]:at:5000}"
  done | cut -d ' ' -f 1 | tr -d '\\'
}

# --- files ----------------------------------------------------------------------------------------------------------

read_manifest() {  # name, and whether it is that of the payload
  local name=$1 payload=$2 line number=0 path folder
  plain "$name" || return 0
  small "$name" || return 0
  printable "$name" '\012\040-\176' || { finding manifest-form "$name"; return 0; }
  while IFS= read -r line; do
    number=$((number + 1))
    if ! [[ $line =~ ^($HEX)\ \ ($PATHS)$ ]]; then
      finding manifest-line "$name:$number"
      continue
    fi
    path=${BASH_REMATCH[2]}
    case $payload:$path in
      yes:data/*) ;;
      yes:* | no:data/* | no:tagmanifest-sha256.txt | no:tagmanifest-sha256.txt.sig)
        finding manifest-line "$name:$number"
        continue ;;
    esac
    [ -n "${expected[$path]+x}" ] && finding manifest-duplicate "$path"
    expected[$path]=${BASH_REMATCH[1]}
    folder=$path
    while [[ $folder == */* ]]; do
      folder=${folder%/*}
      folders[$folder]=1
    done
  done < "$packet/$name"
}

seen=0
walk() {  # a folder that the manifests name, '' for the packet itself
  local entry path
  for entry in "$packet${1:+/$1}"/*; do
    path=${entry#"$packet"/}
    seen=$((seen + 1))
    if [ "$seen" -gt "$MOST_FILES" ]; then
      [ "$seen" -eq $((MOST_FILES + 1)) ] && finding too-many-files .
      return
    fi
    if [ -L "$entry" ]; then
      misplaced link "$path"
    elif [ -d "$entry" ]; then
      if [[ $path =~ ^$PATHS$ ]] && [ -n "${folders[$path]+x}" ]; then walk "$path"; else misplaced directory-added "$path"; fi
    elif ! [ -f "$entry" ]; then
      misplaced special-file "$path"
    elif [[ $path =~ ^$PATHS$ ]] && { [ -n "${expected[$path]+x}" ] || [[ $path == tagmanifest-sha256.txt?(.sig) ]]; }; then
      present[$path]=1
    else
      misplaced file-added "$path"
    fi
  done
}

check_files() {
  local path line good=0 asked=0 total=0 size label count=0 list=$tmp/list
  read_manifest manifest-sha256.txt yes
  read_manifest tagmanifest-sha256.txt no
  for path in seal meta; do folders[$path]=1; done
  walk ''
  for path in "${!expected[@]}" $REQUIRED; do
    [ -n "${present[$path]+x}" ] || printf '%s\n' "$path"
  done | sort -u > "$tmp/missing"
  while IFS= read -r path; do
    finding file-missing "$path"
  done < "$tmp/missing"
  : > "$list"
  for path in "${!expected[@]}"; do
    [ -n "${present[$path]+x}" ] || continue
    printf '%s  %s\n' "${expected[$path]}" "$path"
  done | sort -k 2 > "$list"
  asked=$(wc -l < "$list")
  if [ "$asked" -gt 0 ]; then
    (cd -- "$packet" && sha256sum --strict -c "$list") > "$tmp/checked" 2> /dev/null
    while IFS= read -r line; do
      case $line in
        *': OK') good=$((good + 1)) ;;
        *': FAILED'*) finding file-changed "${line%%: FAILED*}"; good=$((good + 1)) ;;
      esac
    done < "$tmp/checked"
    [ "$good" -eq "$asked" ] || finding file-changed .
  fi
  if [ -n "${present[bagit.txt]+x}" ]; then
    size=$(head -c 100 "$packet/bagit.txt" | sha256sum)
    [ "${size%% *}" = 1712ecfb074bf29c4188ad3421032509159a09739fd604f8fe57038b4ddefcc9 ] || finding bagit-txt bagit.txt
  fi
  use bag-info.txt || return 0
  for path in "${!present[@]}"; do
    case $path in data/*) printf '%s\0' "$path"; esac
  done > "$tmp/payload"
  if [ -s "$tmp/payload" ]; then
    (cd -- "$packet" && wc -c --files0-from="$tmp/payload") > "$tmp/sizes"
    while read -r size label; do
      [ "$label" = total ] && continue
      total=$((total + size))
      count=$((count + 1))
    done < "$tmp/sizes"
  fi
  label=
  while IFS= read -r line; do
    [[ $line == 'Payload-Oxum: '* ]] && label+=$line
  done < "$packet/bag-info.txt"
  [ "$label" = "Payload-Oxum: $total.$count" ] || finding oxum bag-info.txt
}

# --- signature ------------------------------------------------------------------------------------------------------

check_signature() {
  local line more='' middle number=0
  use allowed_signers || return 0
  { IFS= read -r line; IFS= read -r more; } < "$packet/allowed_signers"
  if ! [[ $line =~ ^$PRINCIPAL\ namespaces=\"$NAMESPACE\"\ ssh-ed25519\ (AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})$ ]] ||
    [ -n "$more" ] || ! printable allowed_signers '\012\040-\176'; then
    finding signer-form allowed_signers
    return 0
  fi
  signer=SHA256:$(printf %s "${BASH_REMATCH[1]}" | base64 -d | openssl dgst -sha256 -binary | base64 -w 0)
  signer=${signer%=}
  use tagmanifest-sha256.txt && use tagmanifest-sha256.txt.sig || return 0
  # One way to write a signature, so that not even its line breaks can be changed unnoticed.
  middle=
  while IFS= read -r line; do
    number=$((number + 1))
    [[ $line == -----* ]] || middle+=$line
  done < "$packet/tagmanifest-sha256.txt.sig"
  {
    printf '%s\n' '-----BEGIN SSH SIGNATURE-----'
    printf %s "$middle" | base64 -d 2> /dev/null | base64 -w 70
    printf '%s\n' '-----END SSH SIGNATURE-----'
  } > "$tmp/signature"
  if [ "$(sha256sum < "$tmp/signature")" != "$(sha256sum < "$packet/tagmanifest-sha256.txt.sig")" ] ||
    ! ssh-keygen -Y verify -f "$packet/allowed_signers" -I "$PRINCIPAL" -n "$NAMESPACE" \
      -s "$packet/tagmanifest-sha256.txt.sig" < "$packet/tagmanifest-sha256.txt" > /dev/null 2>&1; then
    finding signature tagmanifest-sha256.txt.sig
  else
    signed=yes
  fi
  if [ -n "$pin" ] && [ "$pin" != "$signer" ]; then
    finding signer-other allowed_signers
  fi
}

# --- log ------------------------------------------------------------------------------------------------------------

same_base64() { [ "$(printf %s "$1" | base64 -d 2> /dev/null | base64 -w 0)" = "$1" ]; }

check_checkpoint() {  # sets origin, size and root of the signed checkpoint
  local lines=() line name id key at blank=-1 good='' text=
  use seal/log-key.txt && use seal/log-key.pem && use seal/checkpoint || return 0
  { IFS= read -r line; IFS= read -r name; } < "$packet/seal/log-key.txt"
  if ! [[ $line =~ ^([!-*,-~]+)\+([0-9a-f]{8})\+($B64)$ ]] || [ -n "$name" ] ||
    ! printable seal/log-key.txt '\012\040-\176' || ! same_base64 "${BASH_REMATCH[3]}"; then
    finding log-key seal/log-key.txt
    return 0
  fi
  [[ $line =~ ^([!-*,-~]+)\+([0-9a-f]{8})\+($B64)$ ]]
  name=${BASH_REMATCH[1]} id=${BASH_REMATCH[2]} key=${BASH_REMATCH[3]}
  printf %s "$key" | base64 -d > "$tmp/typed"
  { printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'; tail -c +2 "$tmp/typed"; } > "$tmp/key"
  line=$({ printf '%s\n' "$name"; cat "$tmp/typed"; } | sha256sum)
  if [ "$(wc -c < "$tmp/typed")" -ne 33 ] || [ "$(head -c 1 "$tmp/typed" | od -An -tx1)" != ' 01' ] || [ "${line:0:8}" != "$id" ]; then
    finding log-key seal/log-key.txt
    return 0
  fi
  line=$({ printf '%s\n' '-----BEGIN PUBLIC KEY-----'; base64 -w 0 "$tmp/key"; printf '\n%s\n' '-----END PUBLIC KEY-----'; } | sha256sum)
  [ "$line" = "$(sha256sum < "$packet/seal/log-key.pem")" ] || finding log-key seal/log-key.pem
  if ! printable seal/checkpoint '\012\040-\176\200-\377'; then
    finding checkpoint-form seal/checkpoint
    return 0
  fi
  mapfile -t -n 100 lines < "$packet/seal/checkpoint"
  for at in "${!lines[@]}"; do
    [ -z "${lines[at]}" ] && blank=$at
  done
  if [ "$blank" -lt 3 ] || [ "$blank" -ge $((${#lines[@]} - 1)) ] || [ "${#lines[@]}" -gt 68 ] || [ "${lines[0]}" != "$name" ] ||
    ! [[ ${lines[1]} =~ ^(0|[1-9][0-9]{0,14})$ ]] || ! [[ ${lines[2]} =~ ^[A-Za-z0-9+/]{43}=$ ]] || ! same_base64 "${lines[2]}"; then
    finding checkpoint-form seal/checkpoint
    return 0
  fi
  for ((at = 0; at < blank; at++)); do printf '%s\n' "${lines[at]}"; done > "$tmp/body"
  for ((at = blank + 1; at < ${#lines[@]}; at++)); do
    line=${lines[at]}
    if ! [[ $line =~ ^$'\xe2\x80\x94'\ ([^ ]+)\ ($B64)$ ]] || ! same_base64 "${BASH_REMATCH[2]}"; then
      finding checkpoint-form seal/checkpoint
      return 0
    fi
    [[ $line =~ ^$'\xe2\x80\x94'\ ([^ ]+)\ ($B64)$ ]]
    [ "${BASH_REMATCH[1]}" = "$name" ] || continue
    printf %s "${BASH_REMATCH[2]}" | base64 -d > "$tmp/blob"
    text=$(head -c 4 "$tmp/blob" | od -An -tx1)
    [ "${text// /}" = "$id" ] || continue
    tail -c +5 "$tmp/blob" > "$tmp/blob.signature"
    if openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key" -rawin -in "$tmp/body" \
      -sigfile "$tmp/blob.signature" > /dev/null 2>&1; then
      [ -z "$good" ] && good=yes
    else
      good=no
    fi
  done
  if [ "$good" != yes ]; then
    if [ -z "$good" ]; then finding checkpoint-form seal/checkpoint; else finding checkpoint-signature seal/checkpoint; fi
    return 0
  fi
  size=${lines[1]}
  root=$(printf %s "${lines[2]}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
}

check_entries() {
  local line number=0 index previous=() leaves=() level=$tmp/level count pairs at ordered=yes
  use seal/entries.jsonl || return 0
  if [ -s "$packet/seal/entries.jsonl" ] && ! printable seal/entries.jsonl '\012\040-\377'; then
    finding entry-form seal/entries.jsonl
    return 0
  fi
  while IFS= read -r line; do
    printf -v at %09d "$number"
    printf '\0%s' "$line" > "$tmp/leaf.$at"
    number=$((number + 1))
    if [ "${#line}" -gt 65535 ] || ! [[ $line =~ ,\"n\":(0|[1-9][0-9]{0,14}),\"prev\":\"($HEX)\", ]]; then
      finding entry-form "seal/entries.jsonl:$number"
      previous+=(-)
      continue
    fi
    previous+=("${BASH_REMATCH[2]}")
    index=${BASH_REMATCH[1]}
    if [ "$index" -ne $((number - 1)) ] && [ "$ordered" = yes ]; then
      ordered=no
      finding entry-order "seal/entries.jsonl:$number"
    fi
    [[ $line =~ \"commit\":\"($HEX)\" ]] && entry_commit[$((number - 1))]=${BASH_REMATCH[1]}
  done < "$packet/seal/entries.jsonl"
  entries=$number
  if [ "$number" -gt 0 ]; then hashes "$tmp/leaf" > "$level"; else : > "$level"; fi
  mapfile -t leaves < "$level"
  line=0000000000000000000000000000000000000000000000000000000000000000
  for ((at = 0; at < number; at++)); do
    [ "${previous[at]}" = - ] || [ "${previous[at]}" = "$line" ] || finding entry-link "seal/entries.jsonl:$((at + 1))"
    line=${leaves[at]-}
  done
  [ -n "$size" ] || return 0
  if [ "$size" -ne "$number" ]; then
    finding entry-count seal/entries.jsonl
    return 0
  fi
  # Each level of the tree in one go: pairs of digests become records of 65 bytes, and a last lone digest rises unchanged.
  count=$number
  while [ "$count" -gt 1 ]; do
    pairs=$((count / 2))
    rm -f "$tmp"/node.*
    head -n $((pairs * 2)) "$level" | paste -d '\0' <(yes 01 | head -n "$pairs") - - | tr -d '\n' | tr a-f A-F |
      basenc --base16 -d | split -b 65 -d -a 9 - "$tmp/node."
    { hashes "$tmp/node"; [ $((count % 2)) -eq 0 ] || tail -n 1 "$level"; } > "$level.up"
    cat "$level.up" > "$level"
    count=$((pairs + count % 2))
  done
  if [ "$number" -eq 0 ]; then line=$(printf '' | sha256sum); line=${line%% *}; else line=$(cat "$level"); fi
  if [ "$line" = "$root" ]; then rooted=yes; else finding log-root seal/entries.jsonl; fi
}

# --- exhibits -------------------------------------------------------------------------------------------------------

check_openings() {
  local line number=0 head subject at places=() wanted=() results=() subjects=() digests=()
  use seal/openings.json || return 0
  if ! printable seal/openings.json '\012\040-\377'; then
    finding openings-form seal/openings.json
    return 0
  fi
  : > "$tmp/openings"
  while IFS= read -r line; do
    number=$((number + 1))
    case $number:$line in
      1:'[') continue ;;
      *:']') continue ;;
    esac
    # By length: where a suffix does not match, bash takes half a minute to find that out on two million characters.
    if [ "${line: -1}" = , ]; then line=${line:0:${#line}-1}; fi
    head=${line:0:240}  # more than can stand before the subject
    head=${head%%,\"subject\":*}
    if ! [[ $head =~ ^\{\"digest\":\"($HEX)\",\"entry\":(0|[1-9][0-9]{0,14}),\"salt\":\"($HEX)\"$ ]] || [ "${line: -1}" != '}' ] ||
      [ -n "${opened[${BASH_REMATCH[2]}]+x}" ]; then
      finding openings-form "seal/openings.json:$number"
      continue
    fi
    opened[${BASH_REMATCH[2]}]=${BASH_REMATCH[1]}
    # 636f...0a is "commit/v1" and a line break.
    printf '636f6d6d69742f76310a%s%s' "${BASH_REMATCH[3]}" "${BASH_REMATCH[1]}" >> "$tmp/openings"
    places+=("$number")
    wanted+=("${entry_commit[${BASH_REMATCH[2]}]-none}")
    subject=${line:${#head}+11}
    subject=${subject%\}}
    if [ "$subject" != null ]; then
      printf -v at %09d "${#subjects[@]}"
      printf %s "$subject" > "$tmp/subject.$at"
      subjects+=("$number")
      digests+=("${BASH_REMATCH[1]}")
    fi
  done < "$packet/seal/openings.json"
  if [ "${#places[@]}" -gt 0 ]; then
    tr a-f A-F < "$tmp/openings" | basenc --base16 -d | split -b 74 -d -a 9 - "$tmp/opening."
    mapfile -t results < <(hashes "$tmp/opening")
    for at in "${!places[@]}"; do
      [ "${results[at]-}" = "${wanted[at]}" ] || finding opening-wrong "seal/openings.json:${places[at]}"
    done
  fi
  if [ "${#subjects[@]}" -gt 0 ]; then
    mapfile -t results < <(hashes "$tmp/subject")
    for at in "${!subjects[@]}"; do
      [ "${results[at]-}" = "${digests[at]}" ] || finding opening-wrong "seal/openings.json:${subjects[at]}"
    done
  fi
}

check_exhibits() {
  local line number=0 exhibit digest entry file proof note text
  local -A listed=()
  use meta/exhibits.csv || return 0
  note=
  use seal/checkpoint && IFS= read -r -d '' note < "$packet/seal/checkpoint"
  while IFS= read -r line; do
    number=$((number + 1))
    if [ "$number" -eq 1 ]; then
      [ "$line" = "$HEADER"$'\r' ] || finding csv-form meta/exhibits.csv:1
      continue
    fi
    if ! [[ $line =~ ^(E-[0-9]{4,9}),($HEX),(0|[1-9][0-9]{0,14}),([^,]*), ]]; then
      finding csv-form "meta/exhibits.csv:$number"
      continue
    fi
    exhibit=${BASH_REMATCH[1]} digest=${BASH_REMATCH[2]} entry=${BASH_REMATCH[3]} file=${BASH_REMATCH[4]}
    exhibits=$((exhibits + 1))
    if [ -z "${opened[$entry]+x}" ]; then
      finding opening-missing "$exhibit"
    elif [ "${opened[$entry]}" != "$digest" ]; then
      finding exhibit-digest "meta/exhibits.csv:$number"
    fi
    if [ -n "$file" ]; then
      if ! [[ $file =~ ^data/evidence/$exhibit(\.[a-z0-9]{1,8})?$ ]]; then
        finding csv-form "meta/exhibits.csv:$number"
        continue
      fi
      listed[$file]=1
      if [ "${expected[$file]-}" != "$digest" ]; then finding exhibit-digest "$file"; fi
    fi
    proof=seal/proofs/$exhibit.tlog-proof
    listed[$proof]=1
    if [ -z "${present[$proof]+x}" ]; then
      finding proof-missing "$exhibit"
      continue
    fi
    IFS= read -r -d '' -n 1000000 text < "$packet/$proof"
    # The inclusion itself needs no proof here: the root was computed from all entries.
    if ! [[ $text == $'c2sp.org/tlog-proof@v1\nextra '* && $text == *$'\n'"index $entry"$'\n'* && (-z $note || $text == *$'\n\n'"$note") ]]; then
      finding proof-form "$proof"
    fi
  done < "$packet/meta/exhibits.csv"
  for file in "${!present[@]}"; do
    case $file in
      data/evidence/* | seal/proofs/*) [ -n "${listed[$file]+x}" ] || printf '%s\n' "$file" ;;
    esac
  done | sort > "$tmp/unlisted"
  while IFS= read -r file; do finding exhibit-unlisted "$file"; done < "$tmp/unlisted"
}

# --- the whole ------------------------------------------------------------------------------------------------------

usage() {
  printf '사용법 / usage: bash verify.sh [--signer SHA256:...] [PACKET]\n' >&2
  exit 2
}

pin='' packet='' signer='' signed='' size='' root='' rooted='' entries=0 exhibits=0
while [ $# -gt 0 ]; do
  case $1 in
    --signer) [ $# -gt 1 ] || usage; pin=$2; shift 2 ;;
    --signer=*) pin=${1#*=}; shift ;;
    --help | -h) usage ;;
    -*) usage ;;
    *) [ -z "$packet" ] || usage; packet=$1; shift ;;
  esac
done
if [ -n "$pin" ] && ! [[ $pin =~ ^SHA256:[A-Za-z0-9+/]{43}$ ]]; then usage; fi
[ -n "$packet" ] || packet=$(dirname -- "${BASH_SOURCE[0]}")/..
packet=$(cd -- "$packet" 2> /dev/null && pwd -P && printf x) || {
  printf '패킷 폴더를 열 수 없습니다. / The packet folder cannot be opened.\n' >&2
  exit 2
}
packet=${packet%$'\n'x}
for program in basenc openssl ssh-keygen sha256sum; do
  type "$program" > /dev/null 2>&1 || { printf '필요한 프로그램이 없습니다. / A program is missing: %s\n' "$program" >&2; exit 2; }
done
if ! [ -f "$packet/bagit.txt" ] && ! [ -f "$packet/manifest-sha256.txt" ] && ! [ -f "$packet/tagmanifest-sha256.txt" ]; then
  printf '해치 패킷이 아닙니다. / This is not a Haechi packet.\n' >&2
  exit 2
fi
tmp=$(mktemp -d "${TMPDIR:-/tmp}/haechi-verify.XXXXXXXX") || exit 2
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

printf '해치 패킷 검증 / Haechi packet check\n'
printf '1. 파일과 목록 / files and manifests\n'
check_files
printf '2. 서명 / signature\n'
check_signature
printf '3. 기록과 확인점 / log and checkpoint\n'
check_checkpoint
check_entries
printf '4. 증거와 봉인 / exhibits and commitments\n'
check_openings
check_exhibits
# A check that did not come to its end proves nothing, even when it found nothing.
if [ "$findings" -eq 0 ] && { [ "$signed" != yes ] || [ "$rooted" != yes ]; }; then finding log-root .; fi

printf '\n파일 / files: %d   기록 / log entries: %d   증거 / exhibits: %d\n' "${#present[@]}" "$entries" "$exhibits"
[ -z "$signer" ] || printf '서명한 열쇠 / signed by: %s\n' "$signer"
if [ "$findings" -gt 0 ]; then
  printf '\n문제 %d건. 이 패킷은 검증되지 않았습니다.\n%d finding(s). This packet does not verify.\nFAIL\n' "$findings" "$findings"
  exit 1
fi
if [ -z "$pin" ]; then
  cat << 'END'

!! 위 열쇠 지문을 서명된 해시 확인서의 지문과 직접 비교하십시오. 다르면 이 결과는 뜻이 없습니다.
!! Compare the key fingerprint above with the one on the signed hash-confirmation sheet. If they differ, this result means nothing.
END
fi
cat << 'END'

확인된 것: 이 패킷의 모든 파일은 위 열쇠로 서명된 때 그대로이며, 기록은 빠지거나 바뀌거나 순서가 달라지지 않았습니다.
  이것은 해치가 받은 것이 무엇인지, 그리고 그 뒤로 바뀌지 않았음을 보여 줍니다.
확인되지 않은 것: 누가 글을 썼는지, 서버가 그것을 보냈는지, 원래 내보내기가 참인지. 시각은 이 기기의 시계가 말한 것입니다.
Shown: every file of this packet is as it was when the key above signed it, and no log entry was dropped, changed or moved.
  It shows what our recorder received, and that it has not changed since.
Not shown: who wrote a message, that a server sent it, that the export was true. Times are the word of this machine's clock.

검증 통과
PASS
END
exit 0
