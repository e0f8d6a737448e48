#!/usr/bin/env bash
# 해치 증거 묶음 검증 / Haechi packet check.
#
#   bash verify.sh [--signer SHA256:...] [--authority HEX]... [--policy FILE] [PACKET]
#
# Needs bash 4, GNU coreutils 8.31, any awk, OpenSSL 3.0 and OpenSSH 8.1, or newer. Runs no other program, sends nothing,
# and writes only below a temporary folder that it removes. PACKET is the folder above this file when it is not given.
# Ends with PASS (exit 0), FAIL (exit 1), or exit 2 when nothing could be checked.
#
# Every check appends to a count of findings; nothing here relies on `set -e`, which `a && b` silently switches off.
# No process is started for one exhibit or message: awk reads texts, split writes what is to be digested, sha256sum digests.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # somebody typed `sh verify.sh`, and that is another shell
set -u
LC_ALL=C
TZ=UTC0
export LC_ALL TZ
unset CDPATH POSIXLY_CORRECT
umask 077
shopt -s nullglob dotglob

MOST_FILES=200000
MOST_TEXT=268435456  # bytes of one file that is read as text
MOST_TABLE=4294967296
MOST_STAMP=65536
PART='[A-Za-z0-9_-][A-Za-z0-9._-]*'
PATHS="$PART(/$PART)*"
HEX='[0-9a-f]{64}'
B64='[A-Za-z0-9+/]+={0,2}'
PRINCIPAL=haechi-packet
NAMESPACE=packet@haechi
REQUIRED='bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt tagmanifest-sha256.txt.sig allowed_signers
seal/checkpoint seal/entries.jsonl seal/openings.json seal/log-key.txt seal/log-key.pem meta/exhibits.csv
meta/messages.csv meta/custody.csv meta/accounts.csv meta/rooms.csv meta/groups.csv meta/derivatives.csv
meta/disclosed.csv meta/anchors.csv'
header_exhibits=$'\xef\xbb\xbfexhibit,sha256,entry,file,size,kind,mime,width,height,duration_ms,role,path,group,sightings,seen_in'
header_messages=$'\xef\xbb\xbfroom,message_id,kind,sender,sender_label,time_as_written,sent_at,sent_at_utc,zone_source,edited_at,text,reply_to,flags,exhibits,facts,source,versions,last_export_with,first_export_without,disclosed'
header_custody=$'\xef\xbb\xbfentry,type,actor,at,zone,offset_s,clock_source,case,item,commit,root,counts,prev,leaf'
header_accounts=$'\xef\xbb\xbfplatform,account,strength,name,first_seen,first_seen_utc,last_seen,last_seen_utc,messages'
header_rooms=$'\xef\xbb\xbfplatform,room,type,name,first_seen,first_seen_utc,last_seen,last_seen_utc,links,messages'
header_groups=$'\xef\xbb\xbfgroup,row,exhibit,sha256,is_own_photo,seen_at,seen_at_utc,room,account,message_id,path,other_sha256,method,bits,symmetry'
header_derivatives=$'\xef\xbb\xbfderivative,sha256,entry,file,size,mime,source_exhibit,source_entry,source_commit,method,regions,fields,reason'
header_disclosed=$'\xef\xbb\xbfmessage,entry,index,size,file,room,message_id'
header_anchors=$'\xef\xbb\xbfanchor,size,kind,file,name,at,at_utc,key'

findings=0 broken=0 others=''
declare -A expected=() present=() folders=() listed=() reported=()

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
    signer-other) ko='알려 준 열쇠와 다른 열쇠로 서명되었습니다.' en='This was signed by another key than the one you gave.' ;;
    log-key) ko='기록의 공개 열쇠가 잘못되었습니다.' en='The public key of the log is wrong.' ;;
    checkpoint-form) ko='서명된 요약의 형식이 잘못되었습니다.' en='The checkpoint is malformed.' ;;
    checkpoint-signature) ko='서명된 요약의 서명이 맞지 않습니다.' en='The signature of the checkpoint is wrong.' ;;
    entry-form) ko='이 기록의 형식이 잘못되었습니다.' en='This log entry is malformed.' ;;
    entry-order) ko='기록이 빠졌거나 순서가 바뀌었습니다. 처음 어긋난 줄입니다.' en='A log entry was dropped or moved; this is the first line out of order.' ;;
    entry-link) ko='이 기록이 앞 기록과 이어지지 않습니다. 이 줄이나 앞줄이 바뀌었습니다.' en='This log entry does not follow from the one before; one of the two was changed.' ;;
    entry-count) ko='기록 수가 서명된 요약과 다릅니다.' en='The number of log entries differs from the checkpoint.' ;;
    log-root) ko='기록 전체의 해시가 서명된 요약과 다릅니다.' en='The hash over all log entries differs from the checkpoint.' ;;
    openings-form) ko='봉인을 여는 값의 형식이 잘못되었습니다.' en='The file that opens the commitments is malformed.' ;;
    opening-wrong) ko='이 값으로는 기록의 봉인이 열리지 않습니다.' en='This does not open the commitment in its log entry.' ;;
    opening-missing) ko='이 호증의 봉인을 여는 값이 없습니다.' en='What opens the commitment of this exhibit is missing.' ;;
    csv-form) ko='표의 형식이 잘못되었습니다.' en='The table is malformed.' ;;
    csv-count) ko='표의 줄 수가 기록과 다릅니다.' en='The number of rows differs from the record.' ;;
    csv-row) ko='표의 이 줄이 다른 기록과 맞지 않습니다.' en='This row does not fit the other records.' ;;
    exhibit-digest) ko='호증 파일이 기록에 봉인된 것과 다릅니다.' en='The exhibit is not the file that the log is committed to.' ;;
    exhibit-unlisted) ko='호증 목록에 없는 파일입니다.' en='The list of exhibits does not name this file.' ;;
    proof-missing) ko='이 호증의 포함 증명이 없습니다.' en='The proof of inclusion of this exhibit is missing.' ;;
    proof-form) ko='포함 증명이 이 기록의 것이 아닙니다.' en='The proof of inclusion does not belong to this log and exhibit.' ;;
    proof-wrong) ko='포함 증명이 서명된 요약으로 이어지지 않습니다.' en='The proof of inclusion does not lead to the checkpoint.' ;;
    window-wrong) ko='이 메시지의 봉인은 기록에 있는 것이 아닙니다.' en='The log does not tell of the sealed messages that this one is said to be among.' ;;
    derivative-digest) ko='가린 사본이 기록에 봉인된 것과 다릅니다.' en='The redacted copy is not the file that the log is committed to.' ;;
    derivative-source) ko='가린 사본에 대한 설명이 기록과 다릅니다.' en='What is said of this redacted copy is not what the log says.' ;;
    anchor-form) ko='시점확인을 받은 요약의 형식이 잘못되었습니다.' en='The anchored checkpoint is malformed or not signed by the log.' ;;
    anchor-root) ko='시점확인을 받은 요약이 이 기록의 앞부분이 아닙니다.' en='The anchored checkpoint is not of the beginning of this log.' ;;
    stamp-form) ko='시점확인 자료의 형식이 잘못되었습니다.' en='The time stamp is malformed, or not of a kind that is known.' ;;
    stamp-imprint) ko='시점확인이 다른 자료에 대한 것입니다.' en='The time stamp is of other bytes.' ;;
    stamp-nonce) ko='시점확인이 이 요청에 대한 답이 아닙니다.' en='The time stamp does not answer this request.' ;;
    stamp-signature) ko='시점확인의 서명이 맞지 않습니다.' en='The signature of the time stamp is wrong.' ;;
    stamp-certificate) ko='시점확인 기관의 인증서가 맞지 않습니다.' en='The certificates of the time-stamping authority do not hold.' ;;
    authority-other) ko='알려 준 기관의 시점확인이 없습니다.' en='No time stamp that holds is by an authority you gave.' ;;
    cosignature) ko='증인의 서명이 맞지 않거나 표와 다릅니다.' en='A cosignature is wrong, or is not as the table says.' ;;
    witness-form) ko='증인 열쇠 파일의 형식이 잘못되었습니다.' en='The file that names the witnesses is malformed.' ;;
    quorum) ko='알려 준 정책만큼 증인이 서명하지 않았습니다.' en='Fewer witnesses cosigned than the policy you gave asks.' ;;
  esac
}

finding() {
  findings=$((findings + 1))
  if say_intact "$1"; then others="$others $1"; else broken=$((broken + 1)); fi
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

findings_from() {  # a file of lines with a code and a place
  local code place
  while read -r code place; do finding "$code" "$place"; done < "$1"
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
  [ "$size" -le "${2:-$MOST_TEXT}" ] && return 0
  finding file-too-large "$1"
  return 1
}

printable() {  # only the characters in $2 and whole lines
  [ "$(tr -d "$2" < "$packet/$1" | wc -c)" -eq 0 ] && [ -s "$packet/$1" ] && [ -z "$(tail -c 1 "$packet/$1")" ]
}

use() { [ -n "${present[$1]+x}" ] && small "$1"; }

hashes() {  # of all files in the folder $1, in order of their names: 64 digits a line
  local names=("$1"/*) at
  for ((at = 0; at < ${#names[@]}; at += 5000)); do
    sha256sum -- "${names[@]:at:5000}"
  done | cut -d ' ' -f 1 | tr -d '\\'
}

binary() { tr a-f A-F | tr -d '\n' | basenc --base16 -d; }  # hexadecimal digits into bytes

hashed() {  # hexadecimal digits of records of $1 bytes: the digest of each
  rm -rf -- "$tmp/records.d"
  mkdir "$tmp/records.d"
  binary | split -b "$1" -d -a 9 - "$tmp/records.d/"
  hashes "$tmp/records.d"
}

in_tmp() {  # awk among our own files; one that falls over must not be taken for one that found nothing
  (cd -- "$tmp" && awk "$@") || : > "$tmp/broken"
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
    path=${entry:${#packet}+1}
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
      present[$path]=0
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
    reported[$path]=1
  done < "$tmp/missing"
  for path in "${!expected[@]}"; do printf '%s %s\n' "${expected[$path]}" "$path"; done > "$tmp/expected"
  for path in "${!present[@]}"; do printf '%s\0' "$path"; done > "$tmp/names"
  : > "$tmp/present"
  if [ -s "$tmp/names" ]; then
    (cd -- "$packet" && wc -c --files0-from="$tmp/names") > "$tmp/sizes"
    while read -r size label; do
      [ -n "${present[$label]+x}" ] || continue  # the line of the total
      present[$label]=$size
      printf '%s %s\n' "$size" "$label"
    done < "$tmp/sizes" > "$tmp/present"
  fi
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
    case $path in data/*) total=$((total + ${present[$path]})) count=$((count + 1)) ;; esac
  done
  label=
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line == 'Payload-Oxum: '* ]] && label+=$line
    [[ $line == 'Haechi-Rows: '* ]] || continue
    for path in ${line:13:4000}; do
      if [[ $path =~ ([a-z]+)=([0-9]{1,15})$ ]]; then printf '%s %s\n' "${BASH_REMATCH[1]}" $((10#${BASH_REMATCH[2]})); fi
    done
  done < "$packet/bag-info.txt" > "$tmp/counts"
  [ "$label" = "Payload-Oxum: $total.$count" ] || finding oxum bag-info.txt
}

# --- signature ------------------------------------------------------------------------------------------------------

reduced() {  # whether S, the last 32 bytes, is below the order of Ed25519's group (RFC 8032, 5.1.7): some ssh-keygen do not ask
  local hex at number=''
  hex=$(base64_hex "$1")
  hex=${hex: -64}
  for ((at = 62; at >= 0; at -= 2)); do number+=${hex:at:2}; done
  [[ $number < 1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed ]]
}

check_signature() {
  local line more='' middle number=0
  use allowed_signers || return 0
  { IFS= read -r line; IFS= read -r more; } < "$packet/allowed_signers"
  if ! [[ $line =~ ^$PRINCIPAL\ namespaces=\"$NAMESPACE\"\ ssh-ed25519\ (AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})$ ]] ||
    [ -n "$more" ] || ! printable allowed_signers '\012\040-\176' || [ "${present[allowed_signers]}" -ne $((${#line} + 1)) ]; then
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
    [ "$number" -gt 20 ] && break
    [[ $line == -----* ]] || middle+=$line
  done < "$packet/tagmanifest-sha256.txt.sig"
  {
    printf '%s\n' '-----BEGIN SSH SIGNATURE-----'
    printf %s "$middle" | base64 -d 2> /dev/null | base64 -w 70
    printf '%s\n' '-----END SSH SIGNATURE-----'
  } > "$tmp/signature"
  if [ "$(sha256sum < "$tmp/signature")" != "$(sha256sum < "$packet/tagmanifest-sha256.txt.sig")" ] ||
    ! ssh-keygen -Y verify -f "$packet/allowed_signers" -I "$PRINCIPAL" -n "$NAMESPACE" \
      -s "$packet/tagmanifest-sha256.txt.sig" < "$packet/tagmanifest-sha256.txt" > /dev/null 2>&1 || ! reduced "$middle"; then
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
base64_hex() { printf %s "$1" | base64 -d 2> /dev/null | od -An -v -tx1 | tr -d ' \n'; }

key_id() {  # of a name and a typed key in hexadecimal
  local line
  line=$({ printf '%s\n' "$1"; printf %s "$2" | binary; } | sha256sum)
  printf %s "${line:0:8}"
}

key_file() { printf '302a300506032b6570032100%s' "$1" | binary > "$2"; }  # 32 bytes of Ed25519 as openssl reads them

holds() {  # key file, hexadecimal signature, file that was signed
  printf %s "$2" | binary > "$tmp/one.signature"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$1" -rawin -in "$3" -sigfile "$tmp/one.signature" > /dev/null 2>&1
}

vkey() {  # sets vkey_name, vkey_id, vkey_type, vkey_key from a line, or fails
  local text=$1 typed
  [[ $text =~ ^([!-*,-~]+)\+([0-9a-f]{8})\+($B64)$ ]] || return 1
  vkey_name=${BASH_REMATCH[1]} vkey_id=${BASH_REMATCH[2]}
  same_base64 "${BASH_REMATCH[3]}" || return 1
  [[ $text =~ ^([!-*,-~]+)\+([0-9a-f]{8})\+($B64)$ ]]
  typed=$(base64_hex "${BASH_REMATCH[3]}")
  vkey_type=${typed:0:2} vkey_key=${typed:2}
  case $vkey_type:${#vkey_key} in 01:64 | 04:64 | 06:2624) ;; *) return 1 ;; esac
  [ "$(key_id "$vkey_name" "$typed")" = "$vkey_id" ]
}

signature_line() {  # sets line_name and line_hex (key ID and signature) from a note's signature line, or fails
  [[ $1 =~ ^$'\xe2\x80\x94'\ ([^ ]+)\ ($B64)$ ]] || return 1
  line_name=${BASH_REMATCH[1]}
  line_hex=${BASH_REMATCH[2]}
  same_base64 "$line_hex" || return 1
  line_hex=$(base64_hex "$line_hex")
}

is_utf8() { awk -f "$tmp/lib.awk" -f "$tmp/utf8.awk" "$1"; }

open_note() {  # file, name, ID, key file: sets note_size, note_root, note_signatures and $tmp/body; 1 malformed, 2 wrong
  local file=$1 name=$2 id=$3 key=$4 lines=() line at blank=-1 good=''
  note_size='' note_root='' note_signatures=0
  [ "$(tr -d '\012\040-\176\200-\377' < "$file" | wc -c)" -eq 0 ] && [ -s "$file" ] && [ -z "$(tail -c 1 "$file")" ] || return 1
  [ "$(wc -c < "$file")" -le 1000000 ] && is_utf8 "$file" || return 1
  mapfile -t lines < "$file"
  for at in "${!lines[@]}"; do
    [ -z "${lines[at]}" ] && blank=$at
  done
  if [ "$blank" -lt 3 ] || [ "$blank" -ge $((${#lines[@]} - 1)) ] || [ "${#lines[@]}" -gt $((blank + 65)) ] || [ "${lines[0]}" != "$name" ] ||
    ! [[ ${lines[1]} =~ ^(0|[1-9][0-9]{0,14})$ ]] || ! [[ ${lines[2]} =~ ^[A-Za-z0-9+/]{43}=$ ]] || ! same_base64 "${lines[2]}"; then
    return 1
  fi
  for ((at = 0; at < blank; at++)); do printf '%s\n' "${lines[at]}"; done > "$tmp/body"
  for ((at = blank + 1; at < ${#lines[@]}; at++)); do
    signature_line "${lines[at]}" || return 1
    note_signatures=$((note_signatures + 1))
    [ "$line_name" = "$name" ] && [ "${line_hex:0:8}" = "$id" ] || continue
    if holds "$key" "${line_hex:8}" "$tmp/body"; then
      [ -z "$good" ] && good=yes
    else
      good=no
    fi
  done
  [ -n "$good" ] || return 1
  [ "$good" = yes ] || return 2
  note_size=${lines[1]}
  note_root=$(base64_hex "${lines[2]}")
}

check_checkpoint() {  # sets log_name, log_vkey, log_public, and size and root of the signed checkpoint
  local line more='' found=0
  [ -n "${present[seal/checkpoint]+x}" ] && small seal/checkpoint && has_note=1 && cat "$packet/seal/checkpoint" > "$tmp/checkpoint"
  use seal/log-key.txt && use seal/log-key.pem && [ "$has_note" = 1 ] || return 0
  { IFS= read -r line; IFS= read -r more; } < "$packet/seal/log-key.txt"
  if [ -n "$more" ] || ! printable seal/log-key.txt '\012\040-\176' || [ "${present[seal/log-key.txt]}" -ne $((${#line} + 1)) ] ||
    ! vkey "$line" || [ "$vkey_type" != 01 ]; then
    finding log-key seal/log-key.txt
    return 0
  fi
  log_name=$vkey_name log_vkey=$line log_public=$vkey_key
  key_file "$log_public" "$tmp/key"
  line=$({ printf '%s\n' '-----BEGIN PUBLIC KEY-----'; base64 -w 0 "$tmp/key"; printf '\n%s\n' '-----END PUBLIC KEY-----'; } | sha256sum)
  [ "$line" = "$(sha256sum < "$packet/seal/log-key.pem")" ] || finding log-key seal/log-key.pem
  open_note "$tmp/checkpoint" "$log_name" "$vkey_id" "$tmp/key" || found=$?
  case $found in
    0) size=$note_size root=$note_root ;;
    2) finding checkpoint-signature seal/checkpoint ;;
    *) finding checkpoint-form seal/checkpoint ;;
  esac
  log_id=$vkey_id
}

check_entries() {
  local line number=0 at count pairs level
  : > "$tmp/leaves"
  : > "$tmp/members"
  : > "$tmp/custody"
  use seal/entries.jsonl || return 0
  if [ -s "$packet/seal/entries.jsonl" ] && ! printable seal/entries.jsonl '\012\040-\377'; then
    finding entry-form seal/entries.jsonl
    return 0
  fi
  mkdir "$tmp/leaf.d"
  while IFS= read -r line; do
    printf -v at %09d "$number"
    printf '\0%s' "$line" > "$tmp/leaf.d/$at"
    number=$((number + 1))
  done < "$packet/seal/entries.jsonl"
  entries=$number
  [ "$number" -eq 0 ] || hashes "$tmp/leaf.d" > "$tmp/leaves"
  rm -rf -- "$tmp/leaf.d"
  in_tmp -f lib.awk -f json.awk -f entries.awk < "$packet/seal/entries.jsonl" > "$tmp/found"
  findings_from "$tmp/found"
  # Each level of the tree in one go: pairs of digests become records of 65 bytes, and a last lone digest rises unchanged.
  level=0 count=$number
  cat "$tmp/leaves" > "$tmp/level.0"
  while [ "$count" -gt 1 ]; do
    pairs=$((count / 2))
    { head -n $((pairs * 2)) "$tmp/level.$level" | paste -d '\0' <(yes 01 | head -n "$pairs") - - | hashed 65
      [ $((count % 2)) -eq 0 ] || tail -n 1 "$tmp/level.$level"; } > "$tmp/level.$((level + 1))"
    level=$((level + 1)) count=$((pairs + count % 2))
  done
  [ -n "$size" ] || return 0
  if [ "$size" -ne "$number" ]; then
    finding entry-count seal/entries.jsonl
    return 0
  fi
  if [ "$number" -eq 0 ]; then line=$(printf '' | sha256sum); line=${line%% *}; else line=$(cat "$tmp/level.$level"); fi
  if [ "$line" = "$root" ]; then rooted=yes; else finding log-root seal/entries.jsonl; fi
}

check_openings() {
  local number
  : > "$tmp/openings"
  : > "$tmp/records"
  use seal/openings.json || return 0
  number=$(wc -l < "$packet/seal/openings.json")
  if ! printable seal/openings.json '\012\040-\377' || [ "$number" -lt 2 ] ||
    [ "$(head -c 2 "$packet/seal/openings.json" | od -An -tx1)" != ' 5b 0a' ] ||
    [ "$(tail -c 3 "$packet/seal/openings.json" | od -An -tx1)" != ' 0a 5d 0a' ]; then
    finding openings-form seal/openings.json
    return 0
  fi
  mkdir "$tmp/subjects"
  : > "$tmp/commits"
  : > "$tmp/checks"
  : > "$tmp/told"
  in_tmp -v last="$number" -f lib.awk -f json.awk -f openings.awk < "$packet/seal/openings.json" > "$tmp/found"
  findings_from "$tmp/found"
  {
    if [ -s "$tmp/commits" ]; then hashed 74 < "$tmp/commits" | paste -d ' ' "$tmp/checks" -; fi
    if [ -s "$tmp/told" ]; then hashes "$tmp/subjects" | paste -d ' ' "$tmp/told" -; fi
  } > "$tmp/compared"
  awk '$2 != $3 && !told[$1]++ { print "opening-wrong", $1 }' "$tmp/compared" > "$tmp/found"
  findings_from "$tmp/found"
}

# --- tables ---------------------------------------------------------------------------------------------------------

check_table() {  # name
  local header=header_$1 counted
  use_table "meta/$1.csv" || return 0
  counted=$(awk -v name="$1" '$1 == name { count = $2 } END { print count }' "$tmp/counts")
  local is_text=1
  tr '\000' '\001' < "$packet/meta/$1.csv" | is_utf8 - || is_text=0
  # A zero byte is as wrong as any other control character, and not every awk can hold one.
  tr '\000' '\001' < "$packet/meta/$1.csv" | in_tmp -v table="$1" -v file="meta/$1.csv" -v header="${!header}" -v counted="$counted" -v is_text="$is_text" \
    -v names=listed -v numbers="$1.rows" -v proofs=proofs -v most="$MOST_TEXT" \
    -f lib.awk -f table.awk > "$tmp/found"
  findings_from "$tmp/found"
}

use_table() { [ -n "${present[$1]+x}" ] && small "$1" "$MOST_TABLE"; }

check_tables() {
  local table
  : > "$tmp/listed"
  : > "$tmp/proofs"
  for table in exhibits disclosed derivatives anchors messages custody accounts rooms groups; do
    : > "$tmp/$table.rows"
    check_table "$table"
  done
}

check_unlisted() {
  local file
  while IFS= read -r file; do listed[$file]=1; done < "$tmp/listed"
  for file in "${!present[@]}"; do
    case $file in
      data/evidence/* | seal/proofs/* | data/messages/* | seal/messages/* | data/derivatives/* | seal/anchors/*)
        [ -n "${listed[$file]+x}" ] || printf '%s\n' "$file" ;;
    esac
  done | sort > "$tmp/unlisted"
  while IFS= read -r file; do finding exhibit-unlisted "$file"; done < "$tmp/unlisted"
}

# --- proofs of inclusion --------------------------------------------------------------------------------------------

read_proofs() {  # what each proof asks for: steps to take from a leaf, and the root they are to lead to
  local paths=() at
  mapfile -t paths < <(awk '{ print $3 }' "$tmp/proofs")
  paths=("${paths[@]/#/$packet/}")
  for at in shown values roots; do : > "$tmp/$at"; done
  for ((at = 0; at < ${#paths[@]}; at += 2000)); do
    HAECHI_PACKET=$packet in_tmp -v chunk="$at" -v log_size="$size" -v log_root="$root" -v has_note="$has_note" \
      -v note_bytes="${present[seal/checkpoint]-0}" -f lib.awk -f proofs.awk "${paths[@]:at:2000}"
  done > "$tmp/found"
  findings_from "$tmp/found"
}

check_messages() {  # the notes of message trees, what the log says of them, and the leaf of each message
  local id name part path salt file bytes at=0 piece
  { [ -n "$log_name" ] && [ "$has_note" = 1 ] && [ -s "$tmp/shown" ]; } || return 0
  for name in "$tmp"/note.*; do
    id=${name##*/note.}
    IFS= read -r part < "$name"
    [[ $part == "$log_name"/messages/* ]] || continue
    path=$part
    part=${part##*/}
    [ "$path" = "$log_name/messages/$part" ] && [[ $part =~ ^(0|[1-9][0-9]{0,14})$ ]] || continue
    if open_note "$name" "$path" "$(key_id "$path" "01$log_public")" "$tmp/key" && [ "$note_signatures" -eq 1 ]; then
      printf '%s %s %s %s\n' "$id" "$note_size" "$note_root" "$part"
    fi
  done > "$tmp/notes"
  : > "$tmp/leaf.list"
  in_tmp -v most="$MOST_TEXT" -f shown.awk shown > "$tmp/found"
  findings_from "$tmp/found"
  rm -rf -- "$tmp/leaf.d"
  mkdir "$tmp/leaf.d"
  while read -r path salt file bytes; do
    printf -v name %09d "$at"
    name=$tmp/leaf.d/$name
    at=$((at + 1))
    printf -v salt '\\x%s' 00 "${salt:0:2}" "${salt:2:2}" "${salt:4:2}" "${salt:6:2}" "${salt:8:2}" "${salt:10:2}" "${salt:12:2}" \
      "${salt:14:2}" "${salt:16:2}" "${salt:18:2}" "${salt:20:2}" "${salt:22:2}" "${salt:24:2}" "${salt:26:2}" "${salt:28:2}" "${salt:30:2}"
    if [ "$bytes" -gt 65536 ]; then
      { printf "$salt"; cat -- "$packet/$file"; } > "$name"
      continue
    fi
    {  # no process for a short file
      printf "$salt"
      while IFS= read -r -d '' piece; do printf '%s\0' "$piece"; done
      printf %s "$piece"
    } < "$packet/$file" > "$name"
  done < "$tmp/leaf.list"
  if [ -s "$tmp/leaf.list" ]; then hashes "$tmp/leaf.d" | paste -d ' ' <(cut -d ' ' -f 1 "$tmp/leaf.list") - >> "$tmp/values"; fi
}

climb() {  # from all leaves to their roots, a level at a time, each pair of digests once
  local round=1
  while :; do
    in_tmp -v round="$round" -f round.awk
    cat "$tmp/values.next" > "$tmp/values"
    [ -s "$tmp/pairs" ] || [ "$round" -lt 64 ] || break
    if [ -s "$tmp/pairs" ]; then hashed 65 < "$tmp/pairs" > "$tmp/result"; else : > "$tmp/result"; fi
    [ -e "$tmp/steps.$round" ] || break
    round=$((round + 1))
  done
  # What was asked for, and what came out.
  awk 'NR == FNR { value[$1] = $2; next } $1 in value && value[$1] != $2 { print $3, $4 }' "$tmp/values" "$tmp/roots" > "$tmp/wrong"
  findings_from "$tmp/wrong"
}

# --- anchors --------------------------------------------------------------------------------------------------------

read_anchors() {  # each anchored checkpoint, and the steps to its root from the complete subtrees below it
  local anchor count kind file rest sizes name
  declare -gA anchor_size=() anchor_sizes=()
  while IFS=$'\t' read -r anchor count kind file rest; do
    case " ${anchor_sizes[$anchor]-} " in *" $count "*) ;; *) anchor_sizes[$anchor]="${anchor_sizes[$anchor]-}${anchor_sizes[$anchor]+ }$count" ;; esac
  done < "$tmp/anchors.rows"
  { [ -n "$log_name" ] && [ "$has_note" = 1 ]; } || return 0
  : > "$tmp/anchor.list"
  for anchor in "${!anchor_sizes[@]}"; do
    name=seal/anchors/$anchor.checkpoint
    sizes=${anchor_sizes[$anchor]}
    if ! use "$name" || ! open_note "$packet/$name" "$log_name" "$log_id" "$tmp/key" || [ "$note_signatures" -ne 1 ] ||
      [ "$sizes" != "$note_size" ] || [ "$note_size" -gt "$entries" ]; then
      finding anchor-form "$name"
      continue
    fi
    anchor_size[$anchor]=$note_size
    cat "$tmp/body" > "$tmp/body.$anchor"
    printf '%s %s %s\n' "$name" "$note_size" "$note_root" >> "$tmp/anchor.list"
  done
  in_tmp -f anchors.awk anchor.list
}

witnesses() {  # sets witness_vkey and witness_key by name and ID of each Ed25519 witness
  local line name=seal/witnesses.txt good=yes lines=0
  local -A known=()
  declare -gA witness_vkey=() witness_key=()
  use "$name" || return 0
  printable "$name" '\012\040-\176' || good=no
  while [ "$good" = yes ] && IFS= read -r line; do
    lines=$((lines + 1))
    if ! vkey "$line" || [ "$vkey_type" = 01 ] || [ -n "${known[$line]+x}" ]; then good=no; continue; fi
    known[$line]=1
    if [ "$vkey_type" = 04 ]; then
      witness_vkey[$vkey_name $vkey_id]=$line
      witness_key[$vkey_name $vkey_id]=$vkey_key
    fi
  done < "$packet/$name"
  [ "$good" = yes ] && [ "$lines" -gt 0 ] && return 0
  finding witness-form "$name"
  witness_vkey=() witness_key=()
}

cosigns() {  # key, hexadecimal of a signature line (key ID, time, signature), body of the checkpoint; sets cosigned_at
  [ "${#2}" -eq 152 ] && [[ ${2:8:16} == [0-7]* ]] && [[ ${2:8:16} =~ [^0] ]] || return 1  # a time from 1 to 2^63 - 1
  cosigned_at=$((16#${2:8:16}))
  { printf 'cosignature/v1\ntime %s\n' "$cosigned_at"; cat "$3"; } > "$tmp/cosigned"
  key_file "$1" "$tmp/one.key"
  holds "$tmp/one.key" "${2:24}" "$tmp/cosigned"
}

as_cell() {  # a text as the tables write it
  case $1 in [=+@\'-]* | $'\xef\xbc\x9d'* | $'\xef\xbc\x8b'* | $'\xef\xbc\x8d'* | $'\xef\xbc\xa0'*) printf "'%s" "$1" ;; *) printf %s "$1" ;; esac
}

check_cosignatures() {  # of an anchor whose checkpoint is in order
  local anchor=$1 name=seal/anchors/$1.cosignatures line good=yes holds=yes witness told
  told=$(awk -F '\t' -v anchor="$anchor" '$1 == anchor && $3 == "cosignature" { print $7 "\t" $5 "\t" $6 }' "$tmp/anchors.rows" | sort -u)
  if ! use "$name"; then
    [ -z "$told" ] || finding cosignature "$name"
    return 0
  fi
  if ! printable "$name" '\012\040-\176\200-\377' || ! is_utf8 "$packet/$name" || [ "$(wc -l < "$packet/$name")" -gt 64 ]; then
    finding cosignature "$name"
    return 0
  fi
  while IFS= read -r line; do
    if ! signature_line "$line" || [ "${#line_hex}" -le 8 ]; then good=no; continue; fi
    witness="$line_name ${line_hex:0:8}"
    [ -n "${witness_key[$witness]+x}" ] || continue
    if cosigns "${witness_key[$witness]}" "$line_hex" "$tmp/body.$anchor"; then
      printf '%s\t%s\t%s\n' "$(as_cell "$line_name")" "$cosigned_at" "$(as_cell "${witness_vkey[$witness]}")" >> "$tmp/valid.$anchor"
    else
      holds=no
    fi
  done < "$packet/$name"
  if [ "$good" = no ] || [ "$holds" = no ] || [ "$(sort -u "$tmp/valid.$anchor" 2> /dev/null)" != "$told" ]; then finding cosignature "$name"; fi
  [ "$good" = no ] || cat "$packet/$name" > "$tmp/lines.$anchor"
}

read_policy() {  # of $policy, a C2SP tlog-policy: sets policy_rows (log, witness, group, in order) and quorum, or fails
  local line words=() kind name least count member definitions=0
  # Subscripts begin with a letter, because some bash take `@` and `*` for all of an array.
  local -A is_known=() grouped=() keys=()
  policy_rows=() quorum=''
  [ -f "$policy" ] && [ -r "$policy" ] || return 1
  # A file that was cut could name another quorum: it ends with LF. Other control characters have no place in it.
  [ "$(wc -c < "$policy")" -le 1048576 ] && [ "$(tr -d '\011\012\040-\176\200-\377' < "$policy" | wc -c)" -eq 0 ] &&
    [ -z "$(tail -c 1 "$policy")" ] || return 1
  while IFS= read -r line; do
    IFS=$' \t' read -r -a words <<< "$line"
    [ "${#words[@]}" -gt 0 ] && [[ ${words[0]} != '#'* ]] || continue
    kind=${words[0]}:${#words[@]} name=n${words[1]-}
    case $kind in quorum:*) ;; *) definitions=$((definitions + 1)) ;; esac
    [ "$definitions" -le 1000 ] || return 1
    case $kind in
      log:2 | log:3)
        vkey "${words[1]}" && [ "$vkey_type" != 04 ] && [ -z "${keys[log $vkey_key]+x}" ] || return 1
        keys[log $vkey_key]=1
        policy_rows+=("log ${words[1]}") ;;
      witness:3 | witness:4)
        [ "$name" != nnone ] && [ -z "${is_known[$name]+x}" ] && vkey "${words[2]}" && [ "$vkey_type" != 01 ] &&
          [ -z "${keys[witness $vkey_key]+x}" ] || return 1
        is_known[$name]=1
        keys[witness $vkey_key]=1
        policy_rows+=("witness $name $vkey_type $vkey_name $vkey_id $vkey_key") ;;
      group:*)
        least=${words[2]-} count=$((${#words[@]} - 3))
        [ "$least" = any ] && least=1
        [ "$least" = all ] && least=$count
        [ "$count" -gt 0 ] && [ "$name" != nnone ] && [ -z "${is_known[$name]+x}" ] && [[ $least =~ ^[0-9]{1,6}$ ]] &&
          [ $((10#$least)) -ge 1 ] && [ $((10#$least)) -le "$count" ] || return 1
        for member in "${words[@]:3}"; do
          [ -n "${is_known[n$member]+x}" ] && [ -z "${grouped[n$member]+x}" ] || return 1
          grouped[n$member]=1
        done
        is_known[$name]=1
        policy_rows+=("group $name $((10#$least)) ${words[*]:3}") ;;
      quorum:2)
        [ -z "$quorum" ] && { [ "$name" = nnone ] || [ -n "${is_known[$name]+x}" ]; } || return 1
        quorum=$name ;;
      *) return 1 ;;
    esac
  done < "$policy"
  [ -n "$quorum" ]
}

check_policy() {  # whether the newest anchor has the cosignatures that the policy asks for
  local row words=() line newest='' best=-1 anchor logs=0 own=no count member
  local -A holds_for=()
  [ -n "$policy" ] || return 0
  for anchor in "${!anchor_size[@]}"; do
    grep_root "$anchor" && continue
    if [ "${anchor_size[$anchor]}" -gt "$best" ] || { [ "${anchor_size[$anchor]}" -eq "$best" ] && [ $((10#${anchor:2})) -gt $((10#${newest:2})) ]; }; then
      newest=$anchor best=${anchor_size[$anchor]}
    fi
  done
  for row in ${policy_rows[@]+"${policy_rows[@]}"}; do
    read -r -a words <<< "$row"
    case ${words[0]} in
      log)
        logs=$((logs + 1))
        [ "${words[1]}" = "$log_vkey" ] && own=yes ;;
      witness)
        [ "${words[2]}" = 04 ] && [ -n "$newest" ] && [ -e "$tmp/lines.$newest" ] || continue
        while IFS= read -r line; do
          signature_line "$line" && [ "$line_name ${line_hex:0:8}" = "${words[3]} ${words[4]}" ] &&
            cosigns "${words[5]}" "$line_hex" "$tmp/body.$newest" && holds_for[${words[1]}]=1
        done < "$tmp/lines.$newest" ;;
      group)
        count=0
        for member in "${words[@]:3}"; do [ -n "${holds_for[n$member]+x}" ] && count=$((count + 1)); done
        [ "$count" -ge "${words[2]}" ] && holds_for[${words[1]}]=1 ;;
    esac
  done
  if [ -z "$newest" ] || { [ "$logs" -gt 0 ] && [ "$own" = no ]; } ||
    { [ "$quorum" != nnone ] && [ -z "${holds_for[$quorum]+x}" ]; }; then
    finding quorum policy
  fi
}

grep_root() {  # whether this anchor's root was found to be another
  awk -v name="seal/anchors/$1.checkpoint" '$1 == "anchor-root" && $2 == name { found = 1 } END { exit !found }' "$tmp/wrong"
}

# --- time stamps ----------------------------------------------------------------------------------------------------

hex_of() { od -An -v -tx1 "$1" | tr -d ' \n'; }
digest_of() { openssl dgst "-$1" -r < "$2" | cut -d ' ' -f 1; }

signed_by() {  # hash, key, signature, message, in hexadecimal
  { printf '%s\n' '-----BEGIN PUBLIC KEY-----'; printf %s "$2" | binary | base64 -w 64; printf '%s\n' '-----END PUBLIC KEY-----'; } > "$tmp/one.pem"
  printf %s "$3" | binary > "$tmp/one.signature"
  printf %s "$4" | binary > "$tmp/one.message"
  openssl dgst "-$1" -verify "$tmp/one.pem" -signature "$tmp/one.signature" "$tmp/one.message" > /dev/null 2>&1
}

stamp_problem() {  # base (ends with a dot), checkpoint, time and certificate of the row: sets problem, nothing when it holds
  local base=$1 checkpoint=$2 at=$3 key=$4 file body number=0 first hash of signature message bad stamped
  problem=stamp-form
  for file in tsq tsr pem; do
    [ -n "${present[$base$file]+x}" ] && [ "${present[$base$file]}" -le "$MOST_STAMP" ] || return 0
  done
  rm -rf -- "$tmp/chain"
  mkdir "$tmp/chain"
  [ "$(tr -d '\012\015\040-\176' < "$packet/${base}pem" | wc -c)" -eq 0 ] && [ -z "$(tail -c 1 "$packet/${base}pem")" ] || return 0
  in_tmp -f pem.awk < "$packet/${base}pem" > "$tmp/bodies"
  { hex_of "$packet/${base}tsq"; echo; hex_of "$packet/${base}tsr"; echo; } > "$tmp/der"
  while IFS= read -r body; do
    same_base64 "$body" || return 0
    printf %s "$body" | base64 -d > "$tmp/chain/$number"
    { hex_of "$tmp/chain/$number"; echo; } >> "$tmp/der"
    number=$((number + 1))
  done < "$tmp/bodies"
  [ "$number" -ge 1 ] && [ "$number" -le 10 ] || return 0
  first=$tmp/chain/0
  [ "$(digest_of sha256 "$first")" = "$key" ] || return 0
  if [ -n "${present[$checkpoint]+x}" ]; then stamped=$(digest_of sha256 "$packet/$checkpoint"); else stamped=$(printf '' | sha256sum); stamped=${stamped%% *}; fi
  in_tmp -v at_wanted="$at" -v stamped="$stamped" -v sha1="$(digest_of sha1 "$first")" -v sha256="$key" \
    -v sha384="$(digest_of sha384 "$first")" -v sha512="$(digest_of sha512 "$first")" -f lib.awk -f stamp.awk der > "$tmp/read"
  {
    while read -r problem of; do  # whether a point lies on its curve is a matter of form, and awk cannot count so far
      [ "$problem" = key ] || break
      printf %s "$of" | binary > "$tmp/one.key"
      openssl pkey -pubin -inform DER -in "$tmp/one.key" -noout > /dev/null 2>&1 || { problem=stamp-form; return 0; }
    done
    [ "$problem" = read ] || return 0
    problem=stamp-signature
    read -r hash body message
    printf %s "$message" | binary > "$tmp/one.info"
    [ "$(digest_of "$hash" "$tmp/one.info")" = "$body" ] || return 0
    read -r hash of signature message
    signed_by "$hash" "$of" "$signature" "$message" || return 0
    problem=stamp-certificate
    read -r bad
    [ "$bad" = 0 ] || return 0
    read -r message
    printf %s "$message" | binary > "$tmp/reply.tsr"
    while read -r hash of signature message; do
      signed_by "$hash" "$of" "$signature" "$message" || return 0
    done
  } < "$tmp/read"
  { echo '-----BEGIN CERTIFICATE-----'; base64 -w 64 "$tmp/chain/$((number - 1))"; echo '-----END CERTIFICATE-----'; } > "$tmp/root.pem"
  cat "$packet/${base}tsq" > "$tmp/query.tsq"
  cat "$packet/${base}pem" > "$tmp/chain.pem"
  # Among our own files: openssl takes a space or a comma in a name for the end of one and the beginning of another.
  (cd -- "$tmp" && openssl ts -verify -queryfile query.tsq -in reply.tsr -CAfile root.pem -untrusted chain.pem -attime "$at") \
    > /dev/null 2>&1 || return 0
  problem=
}

is_counted() {  # whether a stamp by this certificate counts
  local asked
  [ "${#authorities[@]}" -gt 0 ] || return 0
  for asked in "${authorities[@]}"; do [ "$asked" = "$1" ] && return 0; done
  return 1
}

check_anchors() {
  local anchor count kind file at key name counted=no
  witnesses
  for anchor in "${!anchor_size[@]}"; do check_cosignatures "$anchor"; done
  check_policy
  while IFS=$'\t' read -r anchor count kind file at key name; do
    [ "$kind" = stamp ] || continue
    stamp_problem "${file%tsr}" "seal/anchors/$anchor.checkpoint" "$at" "$key"
    if [ -n "$problem" ]; then finding "$problem" "$file"; elif is_counted "$key"; then counted=yes; fi
  done < "$tmp/anchors.rows"
  [ "${#authorities[@]}" -eq 0 ] || [ "$counted" = yes ] || finding authority-other authority
}

# --- what a person sees -----------------------------------------------------------------------------------------------

say_intact() {  # of findings that say no more than that all is intact, and by others than those that were named
  case $1 in
    signer-other) ko='온전하지만, 알려 준 열쇠로 서명한 것이 아닙니다. 지문을 종이와 다시 견주십시오.' en='Intact, but not by the key you gave. Compare the fingerprint with the paper again.' ;;
    authority-other) ko='온전하지만, 알려 준 기관의 시점확인이 없습니다.' en='Intact, but without a time stamp by an authority you gave.' ;;
    quorum) ko='온전하지만, 알려 준 정책만큼 증인이 서명하지 않았습니다.' en='Intact, but not cosigned as the policy you gave asks.' ;;
    *) return 1 ;;
  esac
}

say_option() {
  case $1 in
    signer) ko='열쇠 지문으로 읽을 수 없습니다. 종이에 적힌 그대로, SHA256: 뒤에 글자 43개입니다. 예: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU' en='This is no key fingerprint. It is SHA256: and 43 characters, as on the paper. Example: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU' ;;
    authority) ko='인증서 지문으로 읽을 수 없습니다. SHA-256을 16진수 64자로 적은 것입니다. 예: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' en='This is no fingerprint of a certificate. It is a SHA-256 in 64 hexadecimal digits. Example: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' ;;
    policy) ko='증인 정책 파일(C2SP tlog-policy)로 읽을 수 없습니다. 예: witness 이름 열쇠, group 이름 2 이름 이름, quorum 이름을 한 줄에 하나씩 적은 파일' en='This is no policy file (C2SP tlog-policy) that can be read. Example: a file with lines such as witness NAME VKEY, group NAME 2 NAME NAME, quorum NAME' ;;
  esac
}

say_shown() {
  case $1 in
    files) ko="파일 $count개가 모두 서명된 때 그대로입니다." en="All $count files are as they were when they were signed." ;;
    signature) ko="서명한 열쇠: $signer" en="Signed by the key $signer" ;;
    log) ko="기록 $entries건은 빠지거나 바뀌거나 순서가 달라지지 않았습니다." en="No log entry of $entries was dropped, changed or moved." ;;
    exhibits) ko="호증 $count개는 기록에 봉인된 바로 그것입니다." en="$count exhibits are the ones that the log was committed to." ;;
    messages) ko="메시지 $count개는 봉인된 내보내기 안에 그대로 있던 것입니다." en="$count messages stand in the sealed export as they are shown." ;;
    derivatives) ko="가린 사본 $count개는 기록이 말하는 원본에서 기록이 말하는 대로 만든 것이라고 적혀 있습니다." en="$count redacted copies are the ones that the log tells of, with their sources." ;;
    stamp) ko="처음 기록 $entries건은 늦어도 $time에는 있었습니다. 시점확인: $name, 인증서 지문 $certificate" en="The first $entries log entries existed by $time (no later), according to $name, certificate $certificate" ;;
    cosignature) ko="처음 기록 $entries건에 $time에 증인의 서명이 있었습니다. 증인: $name" en="The first $entries log entries were cosigned at $time by the witness $name" ;;
  esac
}

say_not_shown() {
  case $1 in
    author) ko="누가 글을 썼는지." en="Who wrote a message." ;;
    served) ko="서버가 그것을 보냈는지." en="That a server sent it." ;;
    export-true) ko="원래 내보내기가 참인지." en="That the export was true." ;;
    clock) ko="위의 시점확인과 증인의 서명 말고는, 시각은 이 기기의 시계가 말한 것입니다." en="Times, but those of stamps and cosignatures above, are the word of the recording machine's clock." ;;
    unpinned) ko="누구의 열쇠인지. 위 열쇠 지문을 서명된 해시 확인서(종이)의 지문과 직접 비교하십시오. 다르면 이 결과는 뜻이 없습니다." en="Whose key it is. Compare the fingerprint above with the one on the signed hash-confirmation sheet (paper). If they differ, this result means nothing." ;;
    unpinned-authority) ko="이 시점확인 기관의 인증서가 맞는지는 지문을 다른 곳에서 받아 견주어야 알 수 있습니다." en="Whether these are the right authorities: compare the certificates' fingerprints with ones from elsewhere." ;;
    unanchored) ko="언제까지 이 기록이 있었는지에 대한 다른 사람의 확인." en="Anybody else's word on when this log existed." ;;
  esac
}

moment() {  # sets time as all of haechi writes it: with its distance from UTC, here none
  if [ "$1" -gt 253402300799 ]; then time=$1; else printf -v time '%(%Y-%m-%d %H:%M:%S UTC+00:00)T' "$1"; fi
}

proven() {  # writes what is proven and what was not counted, in both languages
  local code count entries=$entries certificate name time at
  tell() { printf -- '- %s\n' "$ko" >> "$tmp/${1-shown}.ko"; printf -- '- %s\n' "$en" >> "$tmp/${1-shown}.en"; }
  : > "$tmp/uncounted.ko"
  count=${#present[@]}
  say_shown files; tell
  say_shown signature; tell
  say_shown log; tell
  count=$(wc -l < "$tmp/exhibits.rows")
  say_shown exhibits; tell
  count=$(wc -l < "$tmp/disclosed.rows")
  [ "$count" -eq 0 ] || { say_shown messages; tell; }
  count=$(wc -l < "$tmp/derivatives.rows")
  [ "$count" -eq 0 ] || { say_shown derivatives; tell; }
  for code in stamp cosignature; do
    in_tmp -v code="$code" -f told.awk anchors.rows | sort -t $'\t' -k 1,1n -k 2,2 -k 3,3 -k 4,4n > "$tmp/said"
    while IFS=$'\t' read -r at name certificate entries; do
      moment "$at"
      say_shown "$code"
      if [ "$code" != stamp ] || is_counted "$certificate"; then tell; else tell uncounted; fi
    done < "$tmp/said"
  done
}

headline() {  # what findings come to: something is broken, or all is intact and by others than those that were named
  local code language ko en
  echo
  if [ "$broken" -gt 0 ]; then
    printf '문제 %d건. 이 증거 묶음은 검증되지 않았습니다.\n%d finding(s). This packet does not verify.\n' "$findings" "$findings"
    return
  fi
  for language in ko en; do
    for code in signer-other authority-other quorum; do
      case " $others " in *" $code "*) say_intact "$code" && printf '%s\n' "${!language}" ;; esac
    done
  done
}

not_proven() {
  local code
  for code in author served export-true clock unpinned unpinned-authority unanchored; do
    [ "$code" = unpinned ] && [ -n "$pin" ] && continue
    if [ "$code" = unpinned-authority ]; then
      [ "${#authorities[@]}" -eq 0 ] && awk -F '\t' '$3 == "stamp" { found = 1 } END { exit !found }' "$tmp/anchors.rows" || continue
    fi
    [ "$code" = unanchored ] && [ -s "$tmp/anchors.rows" ] && continue
    say_not_shown "$code"
    printf -- '- %s\n' "$ko" >> "$tmp/not.ko"
    printf -- '- %s\n' "$en" >> "$tmp/not.en"
  done
}

# --- the programs of awk -------------------------------------------------------------------------------------------------

programs() {
  cat > "$tmp/lib.awk" << 'AWK'
function hex(s,   i, v) {
  v = 0
  for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
  return v
}
function is_hex(s, n) { return length(s) == n && s !~ /[^0-9a-f]/ }
function is_number(s) { return length(s) <= 15 && s ~ /^(0|[1-9][0-9]*)$/ }
function is_label(s, letter,   d) {  # a letter, a dash and four to nine digits
  d = substr(s, 3)
  return substr(s, 1, 2) == letter "-" && length(d) >= 4 && length(d) <= 9 && d !~ /[^0-9]/
}
function is_ending(s, may_lack) {
  return (may_lack && s == "") || (length(s) >= 2 && length(s) <= 9 && s ~ /^\.[a-z0-9]+$/)
}
function utf8(s,   p, n, w) {  # in pieces, because some awks need a long time to change a long text
  if (s !~ /[\200-\377]/) return 1
  n = length(s)
  for (p = 1; p <= n; p += length(w)) {
    w = substr(s, p, 300)
    if (p + 300 <= n && match(w, /[\300-\377][\200-\277]*$/) && RSTART > 1) w = substr(w, 1, RSTART - 1)
    if (!utf8_piece(w)) return 0
  }
  return 1
}
function utf8_piece(w) {
  gsub(/[\302-\337][\200-\277]|\340[\240-\277][\200-\277]|[\341-\354\356\357][\200-\277][\200-\277]|\355[\200-\237][\200-\277]|\360[\220-\277][\200-\277][\200-\277]|[\361-\363][\200-\277][\200-\277][\200-\277]|\364[\200-\217][\200-\277][\200-\277]/, "", w)
  return w !~ /[\200-\377]/
}
function cell(s) {  # a value as the tables write it
  gsub(/\177/, "\342\220\241", s)
  return s ~ /^([=+@\047-]|\357\274[\235\213\215\240])/ ? "\047" s : s
}
AWK
  cat > "$tmp/json.awk" << 'AWK'
function unescaped(raw,   out, p, c, v) {  # a JSON string with control characters as their pictures
  if (length(raw) > 100000) return raw
  out = ""
  while ((p = index(raw, "\\")) > 0) {
    out = out substr(raw, 1, p - 1)
    c = substr(raw, p + 1, 1)
    if (c == "u") { v = hex(substr(raw, p + 4, 2)); raw = substr(raw, p + 6) }
    else { v = c == "b" ? 8 : c == "t" ? 9 : c == "n" ? 10 : c == "f" ? 12 : c == "r" ? 13 : -1; raw = substr(raw, p + 2) }
    out = out (v < 0 ? c : "\342\220" sprintf("%c", 128 + v))
  }
  return out raw
}
function order(key) {  # so that comparing bytes is comparing UTF-16 units, as RFC 8785 wants it
  if (index(key, "\\")) key = plain_key(key)
  gsub(/[\360-\364]/, "\355\377&", key)
  return key
}
function plain_key(raw,   out, p, c) {
  out = ""
  while ((p = index(raw, "\\")) > 0) {
    c = substr(raw, p + 1, 1)
    out = out substr(raw, 1, p - 1)
    if (c == "u") { out = out sprintf("%c", hex(substr(raw, p + 4, 2)) + 0); raw = substr(raw, p + 6) }
    else { out = out (c == "b" ? "\b" : c == "t" ? "\t" : c == "n" ? "\n" : c == "f" ? "\f" : c == "r" ? "\r" : c); raw = substr(raw, p + 2) }
  }
  return out raw
}
function canonical(text) {  # whether S is one RFC 8785 object; V holds what KEEP asks for
  split("", V); split("", START); split("", STOP); split("", COUNT)
  S = text; AT = 1
  return substr(S, 1, 1) == "{" && utf8(S) && json("", 0, 1) && AT == length(S) + 1
}
function json_string(   w, start, c) {
  start = ++AT
  for (;;) {
    w = substr(S, AT, 256)
    if (w == "") return 0
    match(w, /^[^"\\]*/)
    AT += RLENGTH
    if (RLENGTH == length(w)) continue
    if (substr(S, AT, 1) == "\"") { TOKEN = substr(S, start, AT - start); AT++; return 1 }
    w = substr(S, AT, 6)
    if (w ~ /^\\["\\bfnrt]/) AT += 2
    else if (w ~ /^\\u00[01][0-9a-f]/ && w !~ /^\\u000[89acd]/) AT += 6
    else return 0
  }
}
function json(path, depth, keep,   c, n, last, key, w, start, inner) {
  c = substr(S, AT, 1)
  if (c == "\"") {
    if (!json_string()) return 0
    if (keep) V[path] = "s" TOKEN
    return 1
  }
  if (c == "{" || c == "[") {
    if (depth >= 32) return 0
    start = AT++; n = 0
    if (substr(S, AT, 1) == (c == "{" ? "}" : "]")) AT++
    else for (;;) {
      key = n
      if (c == "{") {
        if (substr(S, AT, 1) != "\"" || !json_string()) return 0
        key = TOKEN
        w = order(key)
        if (n && !((last "") < (w ""))) return 0
        last = w
        if (substr(S, AT++, 1) != ":") return 0
      }
      inner = keep && keeps(path, key, depth + 1)
      if (!json(inner ? path SUBSEP key : "", depth + 1, inner)) return 0
      n++
      w = substr(S, AT++, 1)
      if (w == (c == "{" ? "}" : "]")) break
      if (w != ",") return 0
    }
    if (keep) { V[path] = c; COUNT[path] = n; START[path] = start; STOP[path] = AT }
    return 1
  }
  w = substr(S, AT, 20)
  if (match(w, /^(true|false|null)/)) { if (keep) V[path] = "l" substr(w, 1, RLENGTH) }
  else if (match(w, /^-?(0|[1-9][0-9]*)/)) {
    w = substr(w, 1, RLENGTH)
    if (RLENGTH > 17 || w == "-0" || w + 0 >= 9007199254740992 || w + 0 <= -9007199254740992) return 0
    if (keep) V[path] = "n" w
  } else return 0
  AT += RLENGTH
  return 1
}
function get(name) { return V[SUBSEP name] }
function has(name) { return (SUBSEP name) in V }
function is_text(name) { return substr(get(name), 1, 1) == "s" }
function text(name) { return has(name) ? cell(unescaped(substr(get(name), 2))) : "" }
function bare(name) { return has(name) ? substr(get(name), 2) : "-" }
AWK
  cat > "$tmp/utf8.awk" << 'AWK'
!utf8($0) { bad = 1; exit }
END { exit bad }
AWK
  cat > "$tmp/entries.awk" << 'AWK'
function keeps(path, key, depth) { return depth <= 2 }
function is_entry(   k, name) {
  if (get("v") != "n1" || get("n") !~ /^n[0-9]/ || get("clock") != "{") return 0
  if (V[SUBSEP "clock" SUBSEP "offset_s"] !~ /^n/ || V[SUBSEP "clock" SUBSEP "zone"] !~ /^s/) return 0
  if (V[SUBSEP "clock" SUBSEP "source"] !~ /^s/) return 0
  if (!is_text("type") || !is_text("actor") || !is_text("at") || !is_text("prev")) return 0
  for (k in MAY) if (has(k) && !is_text(k)) return 0
  for (k in DIGEST) if (has(k) && (!is_text(k) || !is_hex(bare(k), 64))) return 0
  if (has("counts")) {
    if (get("counts") != "{") return 0
    name = SUBSEP "counts" SUBSEP
    for (k in V) if (index(k, name) == 1 && V[k] !~ /^n/) return 0
  }
  return 1
}
BEGIN {
  FS = "\036"
  split("case item", part, " "); for (k in part) MAY[part[k]] = 1
  split("prev commit root", part, " "); for (k in part) DIGEST[part[k]] = 1
  while ((getline x < "leaves") > 0) leaf[++count] = x
  previous = "0000000000000000000000000000000000000000000000000000000000000000"
  clock = SUBSEP "clock" SUBSEP; counts = SUBSEP "counts" SUBSEP
}
{
  place = "seal/entries.jsonl:" NR
  if (length($0) <= 65535 && canonical($0) && is_entry()) {
    if (substr(get("n"), 2) != NR - 1 "" && !moved) { moved = 1; print "entry-order", place }
    if (bare("prev") != previous) print "entry-link", place
    total = V[counts "total"]; part_id = V[counts "part"]
    print "+", bare("type"), bare("commit"), bare("root"), total == "" ? "-" : substr(total, 2), part_id == "" ? "-" : substr(part_id, 2) > "members"
    told = has("counts") && COUNT[SUBSEP "counts"] ? cell(substr(S, START[SUBSEP "counts"], STOP[SUBSEP "counts"] - START[SUBSEP "counts"])) : ""
    s = "\037"
    print NR - 1 s text("type") s text("actor") s text("at") s cell(unescaped(substr(V[clock "zone"], 2))) s substr(V[clock "offset_s"], 2) s cell(unescaped(substr(V[clock "source"], 2))) s text("case") s text("item") s text("commit") s text("root") s told s text("prev") s leaf[NR] > "custody"
  } else {
    print "entry-form", place
    print "- - - - - -" > "members"
    print "" > "custody"
  }
  previous = leaf[NR]
}
AWK
  cat > "$tmp/openings.awk" << 'AWK'
function keeps(path, key, depth) {
  if (depth == 1) return 1
  if (depth == 2) return path == SUBSEP "subject" && key ~ /^(source|digest|method|regions|fields|reason)$/
  return depth <= 4
}
function sub_text(name) { return substr(V[SUBSEP "subject" SUBSEP name], 2) }
function record(   path, i, j, w, regions, fields, region) {  # what a derive entry tells, as the table has it; nothing for another record
  path = SUBSEP "subject" SUBSEP
  if (V[path "method"] !~ /^s/ || V[path "reason"] !~ /^s/ || V[path "fields"] != "[" || V[path "regions"] != "[") return "-"
  for (i = 0; i < COUNT[path "regions"]; i++) {
    w = path "regions" SUBSEP i
    if (V[w] != "[") return "-"
    region = ""
    for (j = 0; j < COUNT[w]; j++) {
      if (V[w SUBSEP j] !~ /^n/) return "-"
      region = region (j ? " " : "") substr(V[w SUBSEP j], 2)
    }
    regions = regions (i ? ";" : "") region
  }
  for (i = 0; i < COUNT[path "fields"]; i++) {
    w = V[path "fields" SUBSEP i]
    if (w !~ /^s/) return "-"
    fields = fields (i ? " " : "") unescaped(substr(w, 2))
  }
  return "+" cell(unescaped(sub_text("method"))) "\037" cell(regions) "\037" cell(fields) "\037" cell(unescaped(sub_text("reason")))
}
function source(   path, entry) {
  path = SUBSEP "subject" SUBSEP "source"
  entry = V[path SUBSEP "entry"]
  if (V[path] != "{" || entry !~ /^n[0-9]/ || V[path SUBSEP "commit"] !~ /^s/) return "- -"
  return substr(entry, 2) " " (V[path SUBSEP "commit"] == "s" ? "-" : unescaped(substr(V[path SUBSEP "commit"], 2)))
}
BEGIN {
  FS = "\036"
  while ((getline x < "members") > 0) { split(x, part, " "); commit[count++ ""] = part[3] }
}
NR == 1 || NR == last { next }
{
  line = $0
  good = 1
  if (NR != last - 1) { good = substr(line, length(line)) == ","; line = substr(line, 1, length(line) - 1) }
  place = "seal/openings.json:" NR
  good = good && canonical(line) && COUNT[""] == 4 && get("entry") ~ /^n[0-9]/ && is_text("digest") && is_text("salt") && has("subject")
  entry = bare("entry")
  if (!good || !is_hex(bare("digest"), 64) || !is_hex(bare("salt"), 64) || entry in opened) { print "openings-form", place; next }
  opened[entry] = 1
  wanted = entry in commit && commit[entry] != "-" ? commit[entry] : "none"
  print "636f6d6d69742f76310a" bare("salt") bare("digest") > "commits"
  print place, wanted > "checks"
  print entry, bare("digest"), bare("salt"), (get("subject") == "{" && V[SUBSEP "subject" SUBSEP "digest"] ~ /^s[0-9a-f]+$/ ? sub_text("digest") : "-"), source() > "openings"
  print (get("subject") == "{" ? record() : "-") > "records"
  if (get("subject") != "lnull") {
    at = index(line, ",\"subject\":")
    name = "subjects/" sprintf("%09d", ++subject)
    printf "%s", substr(line, at + 11, length(line) - at - 11) > name
    close(name)
    print place, bare("digest") > "told"
  }
}
AWK
  cat > "$tmp/table.awk" << 'AWK'
function found(code, place) { print code, place }
function add(w) {
  size += length(w)
  if (size > 16777216) bad = 1
  if (w ~ /[\001-\011\013-\037\177]/) bad = 1
  if (size <= 100000) current = current w
}
function end_cell() { C[++cells] = current; current = ""; size = 0; state = 0 }
function end_row(   i, head) {
  rows++
  if (rows == 1) {
    head = C[1]
    for (i = 2; i <= cells; i++) head = head "," C[i]
    if (head != header) bad = 1
  }
  if (cells != columns) bad = 1
  if (bad) { found("csv-form", file ":" rows); stopped = 1 }
  else if (rows > 1) row(file ":" rows)
  cells = 0; is_fresh = 1
}
function feed(line,   p, n, w, k, c, by_return) {
  n = length(line)
  for (p = 1; p <= n && !stopped && !bad;) {
    if (state == 2) {
      w = substr(line, p, 1000); k = index(w, "\"")
      if (!k) { add(w); p += length(w) } else { add(substr(w, 1, k - 1)); p += k; state = 3 }
      continue
    }
    is_fresh = 0
    c = substr(line, p, 1)
    if (state == 3) {
      if (c == "\"") { add(c); state = 2; p++; continue }
      if (c != "," && c != "\r") { bad = 1; continue }
    } else if (state == 0 && c == "\"") { state = 2; p++; continue }
    else {
      w = substr(line, p, 1000)
      match(w, /^[^,\r]*/)
      add(substr(w, 1, RLENGTH)); p += RLENGTH; state = 1
      c = substr(line, p, 1)
    }
    if (c == ",") { end_cell(); p++ }
    else if (c == "\r") { end_cell(); end_row(); by_return = 1; p++ }
  }
  if (stopped) return
  if (bad) { end_row(); return }
  if (state == 2) { add("\n"); return }
  if (by_return && is_fresh) return
  end_cell(); end_row()
}
function listed(path) { print path >> names }
function note_proof(kind, label, path, index_, salt, more) {
  listed(path)
  if (!(path in present)) { found("proof-missing", label); return }
  if (present[path] + 0 > most) { found("file-too-large", path); found("proof-missing", label); return }
  if (present[path] + 0 == 0) { found("proof-form", path); return }
  print kind, label, path, index_, salt, present[path], more >> proofs
}
function row(place,   i, n, part, joined, base) {
  if (table == "exhibits") {
    if (!is_label(C[1], "E") || !is_hex(C[2], 64) || !is_number(C[3]) || (C[4] != "" && (index(C[4], "data/evidence/" C[1]) != 1 || !is_ending(substr(C[4], length("data/evidence/" C[1]) + 1), 1))) || C[1] in known) { found("csv-form", place); return }
    known[C[1]] = 1
    print C[1] > numbers
    if (!(C[3] in digest_of)) found("opening-missing", C[1])
    else if (digest_of[C[3]] != C[2]) found("exhibit-digest", place)
    if (C[4] != "") { listed(C[4]); if (expected[C[4]] != C[2]) found("exhibit-digest", C[4]) }
    note_proof("exhibit", C[1], "seal/proofs/" C[1] ".tlog-proof", C[3], C[3] in salt_of ? salt_of[C[3]] : "-", "-")
  } else if (table == "disclosed") {
    base = "data/messages/" C[1]
    if (!is_label(C[1], "M") || !is_number(C[2]) || !is_number(C[3]) || !is_number(C[4]) || C[5] !~ /\.(json|html|txt)$/ || (C[5] != base ".json" && C[5] != base ".html" && C[5] != base ".txt") || C[1] in known) { found("csv-form", place); return }
    known[C[1]] = 1
    print C[1] > numbers
    listed(C[5])
    if (!(C[5] in present) && !(C[5] in expected)) found("file-missing", C[5])
    note_proof("message", C[1], "seal/messages/" C[1] ".tlog-proof", C[3], "-", C[2] " " C[4] " " C[5] " " (C[5] in present ? present[C[5]] : "-"))
  } else if (table == "derivatives") {
    base = "data/derivatives/" C[1]
    if (!is_label(C[1], "D") || !is_number(C[3]) || !is_number(C[8]) || !is_hex(C[2], 64) || !is_hex(C[9], 64) || index(C[4], base) != 1 || !is_ending(substr(C[4], length(base) + 1), 0) || C[1] in known) { found("csv-form", place); return }
    known[C[1]] = 1
    print C[1] > numbers
    listed(C[4])
    if (!(C[3] in digest_of)) found("opening-missing", C[1])
    if ((C[3] in digest_of && subject_of[C[3]] != C[2]) || expected[C[4]] != C[2]) found("derivative-digest", C[1])
    if (!(C[3] in digest_of)) return
    if (source_of[C[3]] != C[8] " " C[9] || commit[C[8]] != C[9] || type[C[3]] != "derive" || record[C[3]] != "+" C[10] "\037" C[11] "\037" C[12] "\037" C[13]) found("derivative-source", C[1])
  } else if (table == "anchors") {
    base = "seal/anchors/" C[1]
    n = substr(C[4], length(base) + 2); sub(/\.tsr$/, "", n)
    if (!is_label(C[1], "A") || !is_number(C[2]) || !is_number(C[6]) || (C[3] != "stamp" && C[3] != "cosignature") || (C[3] == "cosignature" && C[4] != base ".cosignatures") || (C[3] == "stamp" && (C[4] != base "." n ".tsr" || length(n) > 4 || n !~ /^[1-9][0-9]*$/ || !is_hex(C[8], 64))) || ((C[3] == "stamp" ? C[4] : C[1] " " C[6] " " C[8]) in known)) { found("csv-form", place); return }
    listed(base ".checkpoint"); listed(base ".cosignatures")
    known[C[3] == "stamp" ? C[4] : C[1] " " C[6] " " C[8]] = 1
    if (C[3] == "stamp") {
      listed(base "." n ".tsq"); listed(base "." n ".tsr"); listed(base "." n ".pem")
    }
    joined = C[5] C[8]
    print C[1] "\t" C[2] "\t" C[3] "\t" C[4] "\t" C[6] "\t" (joined ~ /\n/ ? "?\t?" : C[8] "\t" C[5]) > numbers
  } else if (table == "messages") {
    n = split(C[14], part, /[ \n]+/)
    for (i = 1; i <= n; i++) if (part[i] != "" && !(part[i] in exhibit)) { found("csv-row", place); return }
    if (C[columns] != "" && !(C[columns] in message)) found("csv-row", place)
  } else if (table == "custody") {
    joined = C[1]
    for (i = 2; i <= columns; i++) joined = joined "\037" C[i]
    if (!(rows - 1 in told) || told[rows - 1] == "" || told[rows - 1] != joined) found("csv-row", place)
  }
}
function load(   x, part, n) {
  if (table == "exhibits" || table == "disclosed" || table == "derivatives") {
    while ((getline x < "expected") > 0) { split(x, part, " "); expected[part[2]] = part[1] }
    while ((getline x < "present") > 0) { split(x, part, " "); present[part[2]] = part[1] }
    while ((getline x < "openings") > 0) {
      split(x, part, " ")
      digest_of[part[1]] = part[2]; salt_of[part[1]] = part[3]; subject_of[part[1]] = part[4]; source_of[part[1]] = part[5] " " part[6]
      if (table == "derivatives") { getline record[part[1]] < "records" }
    }
    if (table == "derivatives") while ((getline x < "members") > 0) { split(x, part, " "); type[n ""] = part[2]; commit[n++ ""] = part[3] }
  }
  if (table == "messages") {
    while ((getline x < "exhibits.rows") > 0) exhibit[x] = 1
    while ((getline x < "disclosed.rows") > 0) message[x] = 1
  }
  if (table == "custody") while ((getline x < "custody") > 0) told[++entries] = x
}
BEGIN {
  FS = "\036"; n = 0; entries = 0; is_fresh = 1; state = 0
  columns = split(header, unused, ",")
  load()
  if (!is_text) { found("csv-form", file ":1"); bad = stopped = 1 }
}
stopped { exit }
{
  if (state == 0 && is_fresh && !index($0, "\"")) {
    line = $0
    if (substr(line, length(line)) == "\r") line = substr(line, 1, length(line) - 1)
    if (!index(line, "\r")) {
      if (line ~ /[\001-\011\013-\037\177]/ || length(line) > 16777216) bad = 1
      cells = split(line, C, ",")
      end_row()
      next
    }
  }
  feed($0)
}
END {
  if (!stopped) {
    if (state == 2) { rows++; bad = 1; found("csv-form", file ":" rows) }
    else if (!rows) { bad = 1; found("csv-form", file ":1") }
    else if (counted == "" || counted + 0 != rows - 1) found("csv-count", file)
  }
  if (table == "custody") {
    read = bad ? rows - 2 : rows - 1
    if (read < 0) read = 0
    if (read < entries) found("csv-row", file ":" read + 2)
  }
}
AWK
  cat > "$tmp/proofs.awk" << 'AWK'
function base64_hex(s, bytes,   n, i, out) {  # the hexadecimal digits, nothing for other bytes or another way to write them
  n = bytes == 32 ? 43 : 22
  if (length(s) != (bytes == 32 ? 44 : 24) || substr(s, n + 1) != (bytes == 32 ? "=" : "==")) return ""
  if (s in done) return done[s]
  s = substr(s, 1, n)
  if (s ~ /[^A-Za-z0-9+\/]/) return ""
  for (i = 1; i < n; i += 2) out = out pair[substr(s, i, 2)]
  if (bytes == 32) {
    i = index(ALPHABET, substr(s, 43)) - 1
    if (i % 4) return ""
    out = out substr("0123456789abcdef", int(i / 4) + 1, 1)
  } else {
    if (substr(out, 33) != "0") return ""
    out = substr(out, 1, 32)
  }
  return done[s (bytes == 32 ? "=" : "==")] = out
}
function steps(id, index_, size,   node, last, i, at) {  # RFC 9162, 2.1.3.2
  node = index_ + 0; last = size - 1
  if (node > last) return 0
  for (i = 1; i <= siblings; i++) {
    if (last == 0 || i > 64) return 0
    at = "steps." i
    if (node % 2 || node == last) {
      print id, "L", sibling[i] >> at
      while (node % 2 == 0 && node) { node = int(node / 2); last = int(last / 2) }
    } else print id, "R", sibling[i] >> at
    node = int(node / 2); last = int(last / 2)
  }
  return last == 0
}
function finish(   part, good, salt, n, id) {
  if (path == "") return
  n = split(todo[path], part, " ")
  good = head[1] == "c2sp.org/tlog-proof@v1" && substr(head[2], 1, 6) == "extra " && head[3] == "index " part[4] && bytes == part[6] && heads >= 3 && hashes_good
  salt = base64_hex(substr(head[2], 7), part[1] == "exhibit" ? 32 : 16)
  if (part[1] == "exhibit") {
    if (!good || (part[5] != "-" && part[5] != salt) || (has_note && (note != checkpoint || length(checkpoint) != note_bytes))) { print "proof-form", path; return }
    if (log_size == "") return
    if (part[4] + 0 >= leaves || !steps(path, part[4], log_size)) { print "proof-wrong", path; return }
    print path, leaf[part[4] + 1] >> "values"
    print path, log_root, "proof-wrong", path >> "roots"
    return
  }
  if (!good || salt == "") { print "proof-form", path; return }
  if (!(note in ids)) {
    ids[note] = chunk "." (++notes)
    printf "%s", note > ("note." ids[note])
    close("note." ids[note])
  }
  print part[2], path, salt, part[7], part[8], part[9], part[10], ids[note], steps(path, part[4], part[8]) >> "shown"
}
BEGIN {
  FS = "\036"
  ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  for (i = 0; i < 64; i++) for (j = 0; j < 64; j++) pair[substr(ALPHABET, i + 1, 1) substr(ALPHABET, j + 1, 1)] = sprintf("%03x", i * 64 + j)
  while ((getline x < "proofs") > 0) { split(x, part, " "); todo[part[3]] = x }
  while ((getline x < "leaves") > 0) leaf[++leaves] = x
  # A last line without its end reads as if it had one: only the number of bytes tells.
  if (has_note) while ((getline x < "checkpoint") > 0) checkpoint = checkpoint x "\n"
}
FNR == 1 {
  finish()
  path = substr(FILENAME, length(ENVIRON["HAECHI_PACKET"]) + 2)
  bytes = 0; heads = 0; siblings = 0; hashes_good = 1; in_note = 0; note = ""
  split("", head)
}
{
  bytes += length($0) + 1
  if (in_note) { if (length(note) < 100000) note = note $0 "\n"; next }
  if ($0 == "") { in_note = 1; next }
  if (++heads <= 3) { head[heads] = $0; next }
  sibling[++siblings] = base64_hex($0, 32)
  if (sibling[siblings] == "") hashes_good = 0
}
END { finish() }
AWK
  cat > "$tmp/shown.awk" << 'AWK'
# label, proof, salt, entry, size, file, its bytes, note, whether the steps can lead to a root
BEGIN {
  while ((getline x < "notes") > 0) { split(x, part, " "); size[part[1]] = part[2]; root[part[1]] = part[3]; number[part[1]] = part[4] }
  while ((getline x < "members") > 0) member[count++ ""] = x
}
!($8 in size) || size[$8] != $5 { print "proof-form", $2; next }
{
  split($4 in member ? member[$4] : "- - - - - -", part, " ")
  if (part[1] != "+" || part[2] != "window" || part[4] != root[$8] || part[5] != $5 || part[6] != number[$8]) print "window-wrong", $1
  if ($7 == "-") next
  if ($7 + 0 > most) { print "file-too-large", $6; next }
  if (!$9) { print "proof-wrong", $2; next }
  print $2, $3, $6, $7 > "leaf.list"
  print $2, root[$8], "proof-wrong", $2 >> "roots"
}
AWK
  cat > "$tmp/round.awk" << 'AWK'
BEGIN {
  FS = "\036"
  while ((getline x < "values") > 0) { k = index(x, " "); id = substr(x, 1, k - 1); if (!(id in value)) order[++ids] = id; value[id] = substr(x, k + 1) }
  if (round > 1) {
    while ((getline x < "result") > 0) result[++results] = x
    while ((getline x < "asked") > 0) { k = index(x, " "); value[substr(x, 1, k - 1)] = result[substr(x, k + 1)] }
  }
  printf "" > "asked"; printf "" > "pairs"
  while ((getline x < ("steps." round)) > 0) {
    split(x, part, " ")
    if (!(part[1] in value)) continue
    node = part[2] == "L" ? "01" part[3] value[part[1]] : "01" value[part[1]] part[3]
    if (!(node in number)) { number[node] = ++nodes; print node > "pairs" }
    print part[1], number[node] > "asked"
  }
  for (i = 1; i <= ids; i++) print order[i], value[order[i]] > "values.next"
  printf "" > "values.next"
}
AWK
  cat > "$tmp/anchors.awk" << 'AWK'
# The first so many leaves are complete subtrees, widest first; their roots are in the levels of the whole tree.
function node(level, index_,   x) {
  while (known[level] <= index_ && (getline x < ("level." level)) > 0) value[level, known[level]++] = x
  return value[level, index_]
}
{
  left = $2; at = 0; peaks = 0
  for (level = 0; 2 ^ (level + 1) <= left; level++) continue
  for (; left > 0; level--) {
    if (2 ^ level > left) continue
    peak[++peaks] = node(level, at / 2 ^ level)
    at += 2 ^ level; left -= 2 ^ level
  }
  print $1, peaks ? peak[peaks] : "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" >> "values"
  for (i = peaks - 1; i > 0; i--) print $1, "L", peak[i] >> ("steps." (peaks - i))
  print $1, $3, "anchor-root", $1 >> "roots"
}
AWK
  cat > "$tmp/pem.awk" << 'AWK'
{ sub(/\r$/, "") }
$0 == "-----BEGIN CERTIFICATE-----" && !inside { inside = 1; body = ""; next }
$0 == "-----END CERTIFICATE-----" && inside && body != "" { print body; inside = 0; next }
inside && length($0) >= 1 && length($0) <= 76 && $0 !~ /[^A-Za-z0-9+\/=]/ { body = body $0; next }
{ wrong = 1; exit }
END { if (wrong || inside) print "wrong" }
AWK
  cat > "$tmp/stamp.awk" << 'AWK'
# DER of a query, a reply and certificates as hexadecimal digits. A place is that of an element's first digit in H.
function head(p, limit,   n, length_) {
  if (limit - p < 4 || substr(H, p, 2) ~ /^[13579bdf]f/) return 0
  length_ = hex(substr(H, p + 2, 2)); BODY = p + 4
  if (length_ > 127) {
    n = length_ - 128
    if (n < 1 || n > 4 || limit - BODY < 2 * n || substr(H, BODY, 2) == "00") return 0
    length_ = hex(substr(H, BODY, 2 * n)); BODY += 2 * n
    if (length_ < 128) return 0
  }
  STOP_ = BODY + 2 * length_
  return STOP_ <= limit
}
function walk(p, limit, depth,   stop) {
  while (p < limit) {
    if (depth > 32 || !head(p, limit)) return 0
    stop = STOP_
    if (substr(H, p, 1) ~ /[2367abef]/ && !walk(BODY, stop, depth + 1)) return 0
    p = stop
  }
  return 1
}
function only(p, limit, tag) { return walk(p, limit, 0) && head(p, limit) && STOP_ == limit && substr(H, p, 2) == tag }
function parts(p, shape, O,   n, i, word, at, stop) {
  if (!p) return 0
  head(p, length(H) + 1); at = BODY; stop = STOP_
  if (substr(H, p, 1) !~ /[2367abef]/) stop = at
  n = split(shape, word, " ")
  for (i = 1; i <= n; i++) {
    if (at < stop && substr(H, at, 2) == substr(word[i], 1, 2)) { O[i] = at; head(at, stop); at = STOP_ }
    else if (word[i] ~ /\?/) O[i] = 0
    else return 0
  }
  return at == stop
}
function list(p, O,   n, at, stop) {  # what an element consists of
  head(p, length(H) + 1); at = BODY; stop = STOP_
  if (substr(H, p, 1) !~ /[2367abef]/) return 0
  while (at < stop) { O[++n] = at; head(at, stop); at = STOP_ }
  return n + 0
}
function tag(p) { return substr(H, p, 2) }
function raw(p) { head(p, length(H) + 1); return substr(H, p, STOP_ - p) }
function body(p) { head(p, length(H) + 1); return substr(H, BODY, STOP_ - BODY) }
function is_integer(p,   b) {
  b = body(p)
  return b != "" && !(length(b) > 2 && (b ~ /^00[0-7]/ || b ~ /^ff[89a-f]/))
}
function is_boolean(p) { return body(p) == "00" || body(p) == "ff" }
function algorithm(p,   O) {  # OID, and whether NULL follows; nothing for anything else
  split("", O)
  if (tag(p) != "30" || !parts(p, "06 05?", O) || (O[2] && body(O[2]) != "")) return ""
  return body(O[1]) (O[2] ? " null" : "")
}
function oid(a) { sub(/ null$/, "", a); return a }
function signer(a) { return oid(a) in SIGNER && !(a ~ / null$/ && SIGNER[oid(a)] ~ /^ec/) ? SIGNER[oid(a)] : "" }
function day(y, m, d,   era, doy) {  # days since 1970 in the calendar of today
  if (m <= 2) { y--; m += 12 }
  era = int(y / 400)
  doy = int((153 * (m - 3) + 2) / 5) + d - 1
  return era * 146097 + (y - era * 400) * 365 + int((y - era * 400) / 4) - int((y - era * 400) / 100) + doy - 719468
}
function seconds(s,   y, m, d, leap) {  # YYYYMMDDHHMMSS; nothing for what is no time
  if (length(s) != 14 || s ~ /[^0-9]/) return ""
  y = substr(s, 1, 4) + 0; m = substr(s, 5, 2) + 0; d = substr(s, 7, 2) + 0
  leap = y % 4 == 0 && (y % 100 || y % 400 == 0)
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > (m == 2 ? 28 + leap : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31)) return ""
  if (substr(s, 9, 2) > 23 || substr(s, 11, 2) > 59 || substr(s, 13, 2) > 59) return ""
  return day(y, m, d) * 86400 + substr(s, 9, 2) * 3600 + substr(s, 11, 2) * 60 + substr(s, 13, 2)
}
function ascii(b,   i, c, out) {  # digits, a dot and Z; anything else as ?
  for (i = 1; i < length(b); i += 2) {
    c = substr(b, i, 2)
    out = out (c ~ /^3[0-9]$/ ? substr(c, 2) : c == "2e" ? "." : c == "5a" ? "Z" : "?")
  }
  return out
}
function made(p,   s) {
  s = ascii(body(p))
  if (s !~ /^[0-9]+(\.[0-9]+)?Z$/ || length(s) > 25) return ""
  if (length(s) > 15 && substr(s, 15, 1) != ".") return ""
  return seconds(substr(s, 1, length(s) > 15 ? 14 : length(s) - 1))
}
function validity(p,   s) {
  s = ascii(body(p))
  if (tag(p) == "17" && s ~ /^[0-9]+Z$/ && length(s) == 13) return seconds((s < "5" ? "20" : "19") substr(s, 1, 12))
  if (tag(p) == "18" && s ~ /^[0-9]+Z$/ && length(s) == 15) return seconds(substr(s, 1, 14))
  return ""
}
function imprint(p,   O, a) {
  if (tag(p) != "30" || !parts(p, "30 04", O)) return ""
  a = algorithm(O[1])
  return a == "" ? "" : oid(a) " " body(O[2])
}
function key_kind(p,   O, A, N, b, n, e, start) {  # rsa or ec, nothing for a key that is not supported
  if (!parts(p, "30 03", O)) return ""
  b = body(O[2])
  if (substr(b, 1, 2) != "00") return ""
  if (list(O[1], A) && tag(A[1]) == "06" && body(A[1]) == RSA) {
    if (!parts(O[1], "06 05", A) || body(A[2]) != "") return ""
    head(O[2], length(H) + 1); start = BODY + 2; n = STOP_
    if (!only(start, n, "30") || !parts(start, "02 02", N) || !is_integer(N[1]) || !is_integer(N[2])) return ""
    n = body(N[1]); e = body(N[2])
    if (n ~ /^[89a-f]/ || e ~ /^[89a-f]/) return ""
    sub(/^00/, "", n); sub(/^00/, "", e)
    if (n !~ /[13579bdf]$/ || e !~ /[13579bdf]$/ || e == "01" || length(e) > 8 || length(n) < 512 || length(n) > 2048 || (length(n) == 512 && n !~ /^[89a-f]/)) return ""
    return "rsa"
  }
  if (!parts(O[1], "06 06", A) || body(A[1]) != EC) return ""
  n = body(A[2])
  if ((n == "2a8648ce3d030107" && length(b) == 132 || n == "2b81040022" && length(b) == 196) && substr(b, 3, 2) == "04") return "ec"
  return ""
}
function certificate(p, stop, place,   B, C, T, W, V_, X, E_, L, n, i, a, at, start, used, basic, room, stamping, names) {  # form; fills the chain's arrays
  if (!only(p, stop, "30") || !parts(p, "30 30 03", C) || !parts(C[1], "a0? 02 30 30 30 30 30 81? 82? a3?", T)) return 0
  if (T[1] && (!parts(T[1], "02", V_) || !is_integer(V_[1]) || body(V_[1]) !~ /^0[012]$/)) return 0
  if (!is_integer(T[2]) || list(T[5], W) != 2) return 0
  SINCE[place] = validity(W[1]); UNTIL[place] = validity(W[2])
  if (SINCE[place] == "" || UNTIL[place] == "") return 0
  KIND[place] = key_kind(T[7]); MADE[place] = signer(algorithm(C[2]))
  if (KIND[place] == "" || MADE[place] == "" || body(C[3]) !~ /^00/) return 0
  ISSUER[place] = raw(T[4]); SUBJECT[place] = raw(T[6]); SERIAL[place] = body(T[2]); TBS[place] = raw(C[1]); SPKI[place] = raw(T[7])
  SIGNATURE[place] = substr(body(C[3]), 3)
  MAY[place] = raw(C[2]) == raw(T[3])
  basic = ""; used = ""; stamping = 0
  if (T[10]) {
    if (!parts(T[10], "30", X)) return 0
    n = list(X[1], L)
    for (i = 1; i <= n; i++) {
      split("", E_)
      if (tag(L[i]) != "30" || !parts(L[i], "06 01? 04", E_) || (E_[2] && !is_boolean(E_[2]))) return 0
      a = body(E_[1])
      if (a in names) MAY[place] = 0
      names[a] = 1
      if (E_[2] && body(E_[2]) == "ff" && a != "551d13" && a != "551d0f" && a != "551d25" && a != "551d20" && a != "551d11") MAY[place] = 0
      if (a == "551d13" || a == "551d0f" || a == "551d25") {
        head(E_[3], length(H) + 1); start = BODY; at = STOP_
        if (!only(start, at, a == "551d0f" ? "03" : "30")) return 0
      }
      if (a == "551d13") {
        basic = E_[3]; split("", B)
        if (!parts(start, "01? 02?", B) || (B[1] && !is_boolean(B[1])) || (B[2] && !is_integer(B[2]))) return 0
      }
      if (a == "551d0f") {
        used = E_[3]
        if (body(start) !~ /^0[0-7]/ || (length(body(start)) == 2 && body(start) != "00")) return 0
      }
      if (a == "551d25") {
        split("", B); room = list(start, B)
        for (; room > 0; room--) if (tag(B[room]) != "06") return 0
      }
      if (a == "551d25") stamping = E_[2] && body(E_[2]) == "ff" && body(E_[3]) == "300a06082b06010505070308"
    }
  }
  EXTENSIONS[place] = stamping " " (basic ? basic : 0) " " (used ? used : 0)
  return 1
}
function bit(hexes, n,   v) {  # of a keyUsage
  v = hex(substr(hexes, 2 * int(n / 8) + 1, 2))
  return substr(hexes, 2 * int(n / 8) + 1, 2) != "" && int(v / 2 ^ (7 - n % 8)) % 2
}
function may(place,   part, u, i, O, start) {
  if (!MAY[place]) return 0
  split(EXTENSIONS[place], part, " ")
  u = "-"
  if (part[3]) {
    head(part[3] + 0, length(H) + 1); start = BODY; i = STOP_
    u = substr(body(start), 3)
  }
  if (place == 0) {
    if (!part[1]) return 0
    if (u == "-") return 1
    for (i = 2; i < 4 * length(u); i++) if (bit(u, i)) return 0
    return 1
  }
  if (!part[2]) return 0
  head(part[2] + 0, length(H) + 1); start = BODY; i = STOP_
  if (!parts(start, "01? 02?", O) || !O[1] || body(O[1]) != "ff") return 0
  if (O[2]) {
    i = body(O[2])
    if (i ~ /^[89a-f]/ || (length(i) <= 8 && hex(i) < place - 1)) return 0
  }
  return u == "-" || bit(u, 5)
}
function tlv(kind, content,   n, size) {  # an element in hexadecimal digits
  n = length(content) / 2
  size = n < 128 ? sprintf("%02x", n) : n < 256 ? sprintf("81%02x", n) : n < 65536 ? sprintf("82%04x", n) : sprintf("83%06x", n)
  return kind size content
}
function form() { print "stamp-form"; exit }
function ess(values, version,   n, L, F, A, a, want, p) {
  if (version == 1) want = sha1
  n = list(values, L)
  if (n != 1 || !list(L[1], F)) return 0
  split("", A)
  if (!list(F[1], A)) return 0
  p = A[1]; split("", F)
  n = list(p, F)
  if (!n) return 0
  p = F[1]
  if (version == 2) {
    want = sha256
    if (tag(p) == "30") {
      if (n < 2) return 0
      a = oid(algorithm(p)); p = F[2]
      want = HASH[a] == "sha256" ? sha256 : HASH[a] == "sha384" ? sha384 : HASH[a] == "sha512" ? sha512 : ""
    }
  }
  return want != "" && tag(p) == "04" && body(p) == want
}
BEGIN {
  RSA = "2a864886f70d010101"; EC = "2a8648ce3d0201"
  HASH["608648016503040201"] = "sha256"; HASH["608648016503040202"] = "sha384"; HASH["608648016503040203"] = "sha512"
  SIGNER["2a864886f70d01010b"] = "rsa sha256"; SIGNER["2a864886f70d01010c"] = "rsa sha384"; SIGNER["2a864886f70d01010d"] = "rsa sha512"
  SIGNER["2a8648ce3d040302"] = "ec sha256"; SIGNER["2a8648ce3d040303"] = "ec sha384"; SIGNER["2a8648ce3d040304"] = "ec sha512"
}
{ H = H $0; FROM[NR] = place_ + 1; place_ += length($0); TO[NR] = place_ + 1 }
END { check() }
function check(   Q, R, S1, T, K, W, D, E_, C, I, G, A, L, M, i, n, at, ok, digests, kind, digest, a, found, attribute, count, bad) {
  if (!only(FROM[1], TO[1], "30") || !parts(FROM[1], "02 30 06? 02? 01? a0?", Q) || !is_integer(Q[1]) || body(Q[1]) != "01") form()
  if ((Q[4] && !is_integer(Q[4])) || (Q[5] && !is_boolean(Q[5])) || imprint(Q[2]) == "") form()
  if (!only(FROM[2], TO[2], "30") || !parts(FROM[2], "30 30", R)) form()
  if (!list(R[1], S1) || tag(S1[1]) != "02" || body(S1[1]) != "00") form()
  if (!parts(R[2], "06 a0", K) || body(K[1]) != "2a864886f70d010702" || !parts(K[2], "30", W)) form()
  if (!parts(W[1], "02 31 30 a0? a1? 31", D) || !is_integer(D[1]) || body(D[1]) != "03") form()
  if (!parts(D[3], "06 a0", E_) || body(E_[1]) != "2a864886f70d0109100104" || !parts(E_[2], "04", C)) form()
  head(C[1], length(H) + 1); at = BODY; n = STOP_; info = body(C[1])
  if (!only(at, n, "30") || !parts(at, "02 06 30 02 18 30? 01? 02? a0? a1?", I)) form()
  if (!is_integer(I[1]) || body(I[1]) != "01" || !is_integer(I[4]) || (I[7] && !is_boolean(I[7])) || (I[8] && !is_integer(I[8]))) form()
  if (imprint(I[3]) == "") form()
  time = made(I[5])
  if (time == "") form()
  if (list(D[6], G) != 1 || tag(G[1]) != "30" || !parts(G[1], "02 30 30 a0 30 04 a1?", M)) form()
  if (!is_integer(M[1]) || body(M[1]) != "01" || !parts(M[2], "30 02", A) || !is_integer(A[2])) form()
  digest = HASH[oid(algorithm(M[3]))]
  a = algorithm(M[5])
  kind = oid(a) == RSA && a != "" ? "rsa " digest : signer(a)
  if (digest == "" || kind == "" || kind !~ (" " digest "$")) form()
  n = list(D[2], L); ok = 0
  for (i = 1; i <= n; i++) { a = algorithm(L[i]); if (a == "") form(); if (HASH[oid(a)] == digest) ok = 1 }
  if (!ok) form()
  n = list(M[4], L)
  for (i = 1; i <= n; i++) {
    split("", attribute)
    if (tag(L[i]) != "30" || !parts(L[i], "06 31", attribute)) form()
    a = body(attribute[1]); count[a]++; found[a] = attribute[2]
  }
  for (i = 3; i <= NR; i++) if (!certificate(FROM[i], TO[i], i - 3)) form()
  if (time != at_wanted "") form()
  for (i = 0; i < NR - 2; i++) if (KIND[i] == "ec") print "key", SPKI[i]
  if (imprint(Q[2]) != "608648016503040201 " stamped || imprint(I[3]) != "608648016503040201 " stamped) { print "stamp-imprint"; exit }
  if (!Q[4] || !I[8] || body(Q[4]) != body(I[8]) || (Q[3] && raw(Q[3]) != raw(I[2]))) { print "stamp-nonce"; exit }
  if (raw(A[1]) != ISSUER[0] || body(A[2]) != SERIAL[0] || KIND[0] != substr(kind, 1, index(kind, " ") - 1)) bad = 1
  split("", L)
  if (count["2a864886f70d010903"] != 1 || list(found["2a864886f70d010903"], L) != 1 || raw(L[1]) != "060b2a864886f70d0109100104") bad = 1
  split("", L)
  if (count["2a864886f70d010904"] != 1 || list(found["2a864886f70d010904"], L) != 1 || tag(L[1]) != "04") bad = 1
  wanted = bad ? "" : body(L[1])
  n = count["2a864886f70d010910020c"] + 0; i = count["2a864886f70d010910022f"] + 0
  if (n + i == 0 || n > 1 || i > 1) bad = 1
  if (n == 1 && !ess(found["2a864886f70d010910020c"], 1)) bad = 1
  if (i == 1 && !ess(found["2a864886f70d010910022f"], 2)) bad = 1
  if (bad) { print "stamp-signature"; exit }
  for (i = 0; i < NR - 2; i++) {
    n = i == NR - 3 ? i : i + 1
    if (ISSUER[i] != SUBJECT[n] || SINCE[i] > time || UNTIL[i] < time || !may(i) || KIND[n] != substr(MADE[i], 1, index(MADE[i], " ") - 1)) bad = 1
  }
  print "read"
  print digest, wanted, info
  a = raw(M[4])
  print digest, SPKI[0], body(M[6]), "31" substr(a, 3)
  print bad + 0
  # The reply without what nobody signed and nobody read: certificates inside it, revocation lists, unsigned attributes.
  a = tlv("30", raw(M[1]) raw(M[2]) raw(M[3]) raw(M[4]) raw(M[5]) raw(M[6]))
  a = tlv("30", raw(D[1]) raw(D[2]) raw(D[3]) tlv("31", a))
  print tlv("30", raw(R[1]) tlv("30", raw(K[1]) tlv("a0", a)))
  for (i = 0; i < NR - 2; i++) print substr(MADE[i], index(MADE[i], " ") + 1), SPKI[i == NR - 3 ? i : i + 1], SIGNATURE[i], TBS[i]
}
AWK
  cat > "$tmp/told.awk" << 'AWK'
BEGIN { FS = "\t" }
$3 == code {
  name = $7
  gsub(/[\001-\037\177]|\302[\200-\237]|\330\234|\342\200[\216\217\250-\256]|\342\201[\246-\251]/, "?", name)
  print $5 "\t" name "\t" (code == "stamp" ? $6 : "-") "\t" $2
}
AWK
}

# --- the whole ------------------------------------------------------------------------------------------------------

usage() {
  printf '사용법 / usage: bash verify.sh [--signer SHA256:...] [--authority HEX]... [--policy FILE] [PACKET]\n' >&2
  exit 2
}

misused() {  # option, value: which option cannot be read, what it must be, and an example
  local ko en
  say_option "$1"
  printf -- '--%s %s\n  %s\n  %s\n' "$1" "$(printf %s "${2:0:100}" | tr -c '[:print:]' '?')" "$ko" "$en" >&2
  exit 2
}

pin='' packet='' policy='' authorities=() signer='' signed='' size='' root='' rooted='' entries=0 has_note=0
log_name='' log_vkey='' log_public='' log_id=''
while [ $# -gt 0 ]; do
  case $1 in
    --signer | --authority | --policy) [ $# -gt 1 ] || usage; option=$1 value=$2; shift 2 ;;
    --signer=* | --authority=* | --policy=*) option=${1%%=*} value=${1#*=}; shift ;;
    -*) usage ;;
    *) [ -z "$packet" ] || usage; packet=$1; shift; continue ;;
  esac
  case $option in
    --signer) [[ $value =~ ^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$ ]] || misused signer "$value"; pin=$value ;; # 32 bytes: the last has 4 bits of them
    --authority)
      option=${value//:/}  # as openssl prints it, or as we do
      [[ ${option,,} =~ ^$HEX$ ]] || misused authority "$value"
      authorities+=("${option,,}") ;;
    --policy) policy=${value:-/dev/null} ;;
  esac
done
[ -n "$packet" ] || packet=$(dirname -- "${BASH_SOURCE[0]}")/..
packet=$(cd -- "$packet" 2> /dev/null && pwd -P && printf x) || {
  printf '증거 묶음 폴더를 열 수 없습니다. / The packet folder cannot be opened.\n' >&2
  exit 2
}
packet=${packet%$'\n'x}
for program in awk basenc openssl ssh-keygen sha256sum; do
  type "$program" > /dev/null 2>&1 || { printf '필요한 프로그램이 없습니다. / A program is missing: %s\n' "$program" >&2; exit 2; }
done
if ! [ -f "$packet/bagit.txt" ] && ! [ -f "$packet/manifest-sha256.txt" ] && ! [ -f "$packet/tagmanifest-sha256.txt" ]; then
  printf '해치 증거 묶음이 아닙니다. / This is not a Haechi packet.\n' >&2
  exit 2
fi
# In memory where there is room: messages are not written to a disk, and thousands of small files are no work there.
if [ -z "${TMPDIR-}" ] && [ -d /dev/shm ] && [ -w /dev/shm ]; then
  room=$(df -P -k /dev/shm 2> /dev/null | tail -n 1 | awk '{ print $4 + 0 }')
  [ "${room:-0}" -lt 1048576 ] || TMPDIR=/dev/shm
fi
tmp=$(mktemp -d "${TMPDIR:-/tmp}/haechi-verify.XXXXXXXX") && tmp=$(cd -- "$tmp" && pwd -P) || exit 2
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 2' HUP INT TERM
programs
[ -z "$policy" ] || read_policy || misused policy "$policy"
: > "$tmp/counts"

printf '해치 증거 묶음 검증 / Haechi packet check\n'
printf '1. 파일과 목록 / files and manifests\n'
check_files
printf '2. 서명 / signature\n'
check_signature
printf '3. 기록과 서명된 요약 / log and checkpoint\n'
check_checkpoint
check_entries
printf '4. 봉인과 표 / commitments and tables\n'
check_openings
check_tables
check_unlisted
printf '5. 포함 증명 / proofs of inclusion\n'
read_proofs
check_messages
read_anchors
climb
printf '6. 시점확인과 증인의 서명 / time stamps and cosignatures\n'
check_anchors
if [ -e "$tmp/broken" ]; then
  printf '검사를 끝내지 못했습니다. / The check could not be finished.\n' >&2
  exit 2
fi
# A check that did not come to its end proves nothing, even when it found nothing.
if [ "$findings" -eq 0 ] && { [ "$signed" != yes ] || [ "$rooted" != yes ]; }; then finding log-root .; fi

printf '\n파일 / files: %d   기록 / log entries: %d   호증 / exhibits: %d\n' "${#present[@]}" "$entries" "$(wc -l < "$tmp/exhibits.rows")"
if [ "$findings" -gt 0 ]; then
  [ -z "$signer" ] || printf '서명한 열쇠 / signed by: %s\n' "$signer"
  headline
  printf 'FAIL\n'
  exit 1
fi
proven
not_proven
for language in ko en; do
  if [ "$language" = ko ]; then printf '\n확인된 것:\n'; else printf '\nShown:\n'; fi
  while IFS= read -r line; do printf '  %s\n' "$line"; done < "$tmp/shown.$language"
  if [ -s "$tmp/uncounted.ko" ]; then
    if [ "$language" = ko ]; then printf '\n세지 않은 것 (알려 준 기관의 것이 아닌 시점확인):\n'; else printf '\nNot counted (time stamps by authorities you did not give):\n'; fi
    while IFS= read -r line; do printf '  %s\n' "$line"; done < "$tmp/uncounted.$language"
  fi
  if [ "$language" = ko ]; then printf '\n확인되지 않은 것:\n'; else printf '\nNot shown:\n'; fi
  while IFS= read -r line; do printf '  %s\n' "$line"; done < "$tmp/not.$language"
done
printf '\n검증 통과\nPASS\n'
exit 0
