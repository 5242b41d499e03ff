#!/bin/sh
# Checks a bundle of evidence without the program that made it:
#
#   sh verify.sh [FOLDER]     FOLDER is the bundle, unpacked; without it, the folder that this file lies in
#
# It needs sha256sum, openssl (3.0 or newer), ssh-keygen and the small tools that every POSIX system has. It asks no
# network, writes to folders of its own only, below $TMPDIR or /tmp and in memory, and runs nothing of the bundle.
# It ends with 0 when everything that was checked holds, 3 when something does not, 1 when it could not check.
#
# A forger can change this file too: take it from somewhere else, or read it. VERIFY.txt says how to do the same by
# hand. Nothing that is read from the bundle is used before it matched a pattern that leaves no room for anything else.

set -u
LC_ALL=C
export LC_ALL
unset CDPATH

wrong=0
unproved=0

holds() { printf '  holds          %s\n' "$1"; }
fails() {
    wrong=$((wrong + 1))
    printf '  DOES NOT HOLD  %s\n' "$1"
}
open_question() {
    unproved=$((unproved + 1))
    printf '  not proved     %s\n' "$1"
}
heading() { printf '\n%s\n' "$1"; }
give_up() {
    printf '%s\n' "$1" >&2
    exit 1
}

# ---- small tools -----------------------------------------------------------------------------------------------

# All of a text matches a pattern.
matches() { printf '%s\n' "$1" | grep -E -q -x "$2" && [ "$(printf '%s\n' "$1" | wc -l)" -eq 1 ]; }
lines_in() { wc -l <"$1" | tr -d ' '; }
hex_of() { od -An -v -tx1 | tr -d ' \n'; }

# Base 64 in its one spelling, as bytes.
decoded() {
    printf '%s' "$1" | openssl base64 -d -A >"$work/decoded" 2>/dev/null &&
        [ "$(openssl base64 -A <"$work/decoded")" = "$1" ] && cat "$work/decoded"
}

# Hexadecimal digits as what printf turns into bytes.
OCTAL='
BEGIN { for (i = 0; i < 256; i++) octal[sprintf("%02x", i)] = sprintf("\\%03o", i) }
function octets(digits,    out, at) {
    for (at = 1; at < length(digits); at += 2) out = out octal[substr(digits, at, 2)]
    return out
}'
binary() { printf "$(printf '%s\n' "$1" | awk "$OCTAL"'{ print octets($1) }')"; }

# A key of 32 bytes, in hexadecimal digits, as openssl reads it (RFC 8410).
pem_of() {
    printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' \
        "$(binary "302a300506032b6570032100$1" | openssl base64 -A)"
}

# Whether a key made a signature over a file (Ed25519, RFC 8032).
signed() { # key.pem message signature
    openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1
}

# Seconds since 1970 in UTC.
UTC='
function utc(seconds,    days, era, day, year, month, rest) {
    days = int(seconds / 86400); rest = seconds - days * 86400
    days += 719468; era = int(days / 146097); day = days - era * 146097
    year = int((day - int(day / 1460) + int(day / 36524) - int(day / 146096)) / 365)
    day -= 365 * year + int(year / 4) - int(year / 100)
    month = int((5 * day + 2) / 153); day -= int((153 * month + 2) / 5) - 1
    month += month < 10 ? 3 : -9
    return sprintf("%d-%02d-%02d %02d:%02d:%02d UTC", year + era * 400 + (month <= 2), month, day,
        int(rest / 3600), int(rest / 60) % 60, rest % 60)
}
function seconds(year, month, day, clock,    part, days) {
    split(clock, part, ":")
    if (month <= 2) { year--; month += 12 }
    days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * (month - 3) + 2) / 5) + day
    return (days - 719469) * 86400 + part[1] * 3600 + part[2] * 60 + int(part[3])
}'

# The tools do what they should: SHA-256 of "abc" (FIPS 180-2), a true and a false signature (RFC 8032, test 2).
check_tools() {
    for tool in sha256sum openssl ssh-keygen awk cat cmp cut find grep mkdir mktemp od rm sed sort tail tr wc; do
        command -v "$tool" >/dev/null 2>&1 || give_up "The program “$tool” is missing here: nothing was checked."
    done
    work=$(mktemp -d "${TMPDIR:-/tmp}/verify.XXXXXX") || give_up 'No folder for working files: nothing was checked.'
    quick=$(mktemp -d /dev/shm/verify.XXXXXX 2>/dev/null) || quick=$work/quick # for many small files: in memory
    trap 'rm -rf "$work" "$quick"' EXIT
    trap 'exit 1' HUP INT TERM
    mkdir -p "$quick"
    pem_of 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c >"$work/pem"
    {
        binary 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
        binary 085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
    } >"$work/signature"
    printf r >"$work/true"
    printf s >"$work/false"
    [ "$(printf abc | sha256sum | cut -c1-64)" = \
        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ] ||
        give_up 'sha256sum does not work here: nothing was checked.'
    signed "$work/pem" "$work/true" "$work/signature" && ! signed "$work/pem" "$work/false" "$work/signature" ||
        give_up 'openssl cannot check signatures of Ed25519 here (it takes 3.0 or newer): nothing was checked.'
}

# ---- proofs of the tree (RFC 9162, sections 2.1.3.2 and 2.1.4.2) -----------------------------------------------

# What a proof says becomes chains, "name wanted start L… R…": starting from a hash, hash it with each neighbour on its
# left or right; the end must be the wanted hash. A proof that has too few or too many hashes becomes a chain that
# never ends well. Numbers of up to 15 digits are exact in awk.
PLAN='
function shift_both() { number = int(number / 2); last = int(last / 2) }
function above(    odd) {
    odd = number % 2 == 1 || number == last
    if (odd) while (number % 2 == 0 && number > 0) shift_both()
    shift_both()
    return odd
}'

# From "name index size leaf root hash…".
plan_inclusion() {
    awk "$PLAN"'{
        number = $2 + 0; last = $3 - 1; chain = $1 " " $5 " " $4; good = number <= last
        for (i = 6; i <= NF; i++) {
            if (last == 0) good = 0
            chain = chain (above() ? " L" : " R") $i
        }
        print good && last == 0 ? chain : $1 " no proof"
    }'
}

# From "name size larger root larger-root hash…".
plan_consistency() {
    awk "$PLAN"'{
        number = $2 - 1; last = $3 - 1; good = number >= 0 && number < last; first = 7
        for (power = $2; power > 1 && power % 2 == 0; power /= 2) ;
        start = $6
        if (power == 1) { start = $4; first = 6 }
        if (NF < 6) good = 0
        while (number % 2 == 1) shift_both()
        small = $1 " " $4 " " start; large = $1 " " $5 " " start
        for (i = first; i <= NF; i++) {
            if (last == 0) good = 0
            if (above()) { small = small " L" $i; large = large " L" $i } else large = large " R" $i
        }
        if (good && last == 0) { print small; print large } else print $1 " no proof"
    }'
}

# Follows chains to their ends, many side by side; prints the names of those that end well. A name with two chains
# holds when both do.
follow() {
    : >"$work/followed"
    while :; do
        sed -n 1,500p "$1" >"$work/chains"
        [ -s "$work/chains" ] || break
        sed 1,500d "$1" >"$work/rest" && cat "$work/rest" >"$1"
        while grep -q ' [LR]' "$work/chains"; do step_all || break; done
        cat "$work/chains" >>"$work/followed"
    done
    awk '{ end[$1] = end[$1] (NF == 3 && ($2 "") == ($3 "") ? "" : "x") }
        END { for (name in end) if (end[name] == "") print name }' "$work/followed" | sort
}
# Many proofs share their nodes: each is hashed once. Files of earlier steps are written over.
step_all() {
    number=100000
    for node in $(awk "$OCTAL"'$4 != "" && !seen[$4, $3]++ {
        print "\\001" ($4 ~ /^L/ ? octets(substr($4, 2)) octets($3) : octets($3) octets(substr($4, 2)))
    }' "$work/chains"); do
        number=$((number + 1))
        printf "$node" >"$quick/$number" || give_up "There is no room in $quick: checking stopped."
    done
    (cd "$quick" && sha256sum 1*) | sed -n "1,$((number - 100000))s/ .*//p" >"$work/hashes"
    awk 'FILENAME == ARGV[1] { hash[FNR] = $1; next }
        $4 == "" { print; next }
        {
            if (!(($4, $3) in at)) at[$4, $3] = ++used
            line = $1 " " $2 " " hash[at[$4, $3]]
            for (i = 5; i <= NF; i++) line = line " " $i
            print line
        }' "$work/hashes" "$work/chains" >"$work/stepped" && cat "$work/stepped" >"$work/chains"
}

# ---- the bag ---------------------------------------------------------------------------------------------------

HEX='[0-9a-f]{64}'
COUNT='[1-9][0-9]{0,14}'
WORD='[a-z0-9-]{1,40}'
KNOWN="bagit\.txt|bag-info\.txt|(tag)?manifest-sha256\.txt|tagmanifest-sha256\.txt\.sig"
KNOWN="$KNOWN|data/objects/sha256/[0-9a-f]{2}/$HEX|data/(claims|disclosures)/$HEX\.json|data/results/$HEX"
KNOWN="$KNOWN|data/sealed/$HEX\.age|data/case/(case|operators)\.toml|data/withheld\.json"
KNOWN="$KNOWN|log/checkpoint|log/checkpoints/(0|$COUNT)|log/stamps/$COUNT\.$WORD\.(tsr|ots)"
KNOWN="$KNOWN|log/(0|$COUNT)\.(leaf|tlog-proof)|log/consistency/$COUNT-$COUNT\.txt"
KNOWN="$KNOWN|keys/(log\.vkey|log\.pem|allowed_signers|policy)|keys/(witness|tsa)-$WORD\.(vkey|pem)"
KNOWN="$KNOWN|time/bitcoin-[1-9][0-9]{0,8}\.hdr|(VERIFY|CERTIFICATION-902)(\.(ru|kk))?\.txt|verify\.sh"

# Only plain files with names that a bundle has. Everything after this relies on it.
check_names() {
    heading 'Files'
    find . ! -name . -name '*[!A-Za-z0-9._-]*' >"$work/odd"
    find . ! -type f ! -type d >>"$work/odd"
    find . -type f | cut -c3- | sort >"$work/files"
    grep -E -v -x "$KNOWN" "$work/files" >>"$work/odd"
    if [ -s "$work/odd" ]; then
        fails 'only plain files with names of a bundle lie here; nothing more was checked.'
        exit 3
    fi
    for file in bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt data/withheld.json log/checkpoint \
        keys/log.vkey keys/log.pem keys/allowed_signers; do
        if [ ! -f "$file" ]; then
            fails "$file is here; nothing more was checked."
            exit 3
        fi
    done
    if [ -n "$(find log keys time -type f -size +1024 2>/dev/null)" ]; then
        fails 'keys, entries and proofs are small files; nothing more was checked.'
        exit 3
    fi
    holds "$(lines_in "$work/files") files, all with names that a bundle has."
}

check_manifest() { # manifest, the files that it must list
    if [ ! -s "$1" ] || grep -E -v -q -x "$HEX  [A-Za-z0-9._/-]+" "$1" || [ -n "$(tail -c 1 "$1")" ] ||
        ! cut -c67- "$1" | cmp -s - "$2"; then
        fails "$1 lists exactly the files that are here."
    elif ! sha256sum -c "$1" >"$work/sums" 2>/dev/null; then
        fails "$1: all files have the bytes that it says. $(grep -v -c ': OK$' "$work/sums") have not:"
        sed -n '/: OK$/!s/^/                   /p' "$work/sums" | sed -n 1,20p
    else
        holds "$1: $(lines_in "$1") files have the bytes that it says."
    fi
}

check_bag() {
    grep '^data/' "$work/files" >"$work/payload"
    grep -v -x -e 'data/.*' -e 'tagmanifest-sha256\.txt\(\.sig\)\{0,1\}' "$work/files" >"$work/tags"
    check_manifest manifest-sha256.txt "$work/payload"
    check_manifest tagmanifest-sha256.txt "$work/tags"
    sed -n -e 's,^\('"[0-9a-f]*"'\)  data/objects/sha256/\(..\)/\([0-9a-f]*\)$,\1 \3 \2,p' \
        -e 's,^\([0-9a-f]*\)  data/\(claims\|results\|sealed\)/\([0-9a-f]*\)[.a-z]*$,\1 \3,p' manifest-sha256.txt |
        awk '($1 "") != ($2 "") || (NF == 3 && ($3 "") != substr($2, 1, 2)) { wrong++ } END { exit wrong > 0 }' ||
        fails 'files below data/ are named by the SHA-256 of their bytes.'
    if [ ! -f tagmanifest-sha256.txt.sig ]; then
        said=
        open_question 'who packed this: nobody signed the list of files.'
    elif said=$(custody_signature); then
        holds 'the custodian signed the list of all files.'
    elif day=$(sed -n 's/^Bagging-Date: \([0-9]\{4\}\)-\([0-9][0-9]\)-\([0-9][0-9]\)$/\1\2\3/p' bag-info.txt) &&
        matches "$day" '[0-9]{8}' && said=$(custody_signature -O "verify-time=${day}235959"); then
        open_question 'when the custodian signed: the key may not any more, and might on the day that the bag names.'
    else
        fails 'the signature of the custodian over the list of all files.'
    fi
    custodian=$(printf '%s\n' "$said" | sed -n 's,^Good .*ED25519 key \(SHA256:[A-Za-z0-9+/]*\)$,\1,p')
}
custody_signature() {
    TZ=UTC ssh-keygen -Y verify -f keys/allowed_signers -I custodian@kuager.invalid -n shutdown-evidence \
        -s tagmanifest-sha256.txt.sig "$@" <tagmanifest-sha256.txt 2>/dev/null
}

# ---- the log ---------------------------------------------------------------------------------------------------

DASH=$(printf '\342\200\224')
BASE64='[A-Za-z0-9+/]+={0,2}'
HASH64='[A-Za-z0-9+/]{43}='

# Reads "name+id+base64" of a kind of key (01 signs, 04 cosigns) into name, id and public (hexadecimal).
read_key() { # text kind
    matches "$1" "[!-*,-~]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}" || return 1
    name=${1%%+*} rest=${1#*+}
    id=${rest%%+*}
    key=$(decoded "${rest#*+}" | hex_of)
    [ "${#key}" -eq 66 ] && [ "$(printf '%s' "$key" | cut -c1-2)" = "$2" ] || return 1
    public=$(printf '%s' "$key" | cut -c3-)
    [ "$({ printf '%s\n' "$name"; binary "$key"; } | sha256sum | cut -c1-8)" = "$id" ]
}

# Reads a signed checkpoint into origin, size and root (hexadecimal), its text into $work/text, its lines of
# signatures into $work/lines.
read_checkpoint() {
    [ "$(tr -d '\n -~\200-\377' <"$1" | wc -c)" -eq 0 ] && [ -z "$(tail -c 1 "$1")" ] || return 1
    sed -n 1,3p "$1" >"$work/text"
    sed 1,4d "$1" >"$work/lines"
    origin=$(sed -n 1p "$1") size=$(sed -n 2p "$1") root64=$(sed -n 3p "$1")
    [ -n "$origin" ] && matches "$size" "0|$COUNT" && matches "$root64" "$HASH64" && [ -z "$(sed -n 4p "$1")" ] &&
        [ -s "$work/lines" ] && ! grep -E -v -q -x "$DASH [^ +]+ $BASE64" "$work/lines" || return 1
    root=$(decoded "$root64" | hex_of)
    [ "${#root}" -eq 64 ]
}

# The signatures in $work/lines of the key in name and id: base 64, one to a line.
lines_of_key() {
    while IFS=' ' read -r mark who what; do
        if [ "$mark" = "$DASH" ] && [ "$who" = "$name" ] && [ "$(decoded "$what" | hex_of | cut -c1-8)" = "$id" ]; then
            printf '%s\n' "$what"
        fi
    done <"$work/lines"
}

# Whether the log signed the checkpoint that was read: at least one line of its key, and no false one.
log_signed() {
    read_key "$(cat keys/log.vkey)" 01 && [ "$name" = "$origin" ] || return 1
    found=1
    for line in $(lines_of_key); do
        decoded "$line" | tail -c +5 >"$work/signature"
        signed "$work/log.pem" "$work/text" "$work/signature" || return 1
        found=0
    done
    return $found
}

check_log() {
    heading 'The log'
    if read_key "$(cat keys/log.vkey)" 01 && pem_of "$public" >"$work/log.pem" &&
        cmp -s "$work/log.pem" keys/log.pem; then
        holds 'keys/log.vkey and keys/log.pem are the same key.'
        log_key=$public log_id=$id
    else
        fails 'keys/log.vkey and keys/log.pem are the same key; nothing more was checked.'
        exit 3
    fi
    if read_checkpoint log/checkpoint && log_signed; then
        holds "the log signed its checkpoint of $size entries."
    else
        fails 'the signature of the log under its checkpoint; nothing more was checked.'
        exit 3
    fi
    head_size=$size head_root=$root
    check_witnesses
}

# Whether a witness signed the checkpoint that was read: prints the time that it says, if all its lines are true.
cosigned() {
    moment=
    for line in $(lines_of_key); do
        decoded "$line" >"$work/line"
        moment=$(od -An -v -tu1 -j4 -N8 "$work/line" |
            awk '{ for (i = 1; i <= NF; i++) n = n * 256 + $i } END { printf "%.0f", n }')
        matches "$moment" "$COUNT" || return 1
        { printf 'cosignature/v1\ntime %s\n' "$moment"; cat "$work/text"; } >"$work/said"
        tail -c +13 "$work/line" >"$work/signature"
        signed "$work/witness.pem" "$work/said" "$work/signature" || return 1
    done
    printf '%s' "$moment"
}

check_witnesses() {
    : >"$work/cosigners"
    for file in keys/witness-*.vkey; do
        [ -f "$file" ] || continue
        read_key "$(cat "$file")" 04 && pem_of "$public" | cmp -s - "${file%.vkey}.pem" ||
            fails "$file and ${file%.vkey}.pem are the same key of a witness."
    done
    {
        find keys -name 'witness-*.vkey' -exec cat {} +
        [ ! -f keys/policy ] || awk '$1 == "witness" { print $3 }' keys/policy
    } | sort -u >"$work/witnesses"
    while IFS= read -r vkey; do
        if ! read_key "$vkey" 04 || ! pem_of "$public" >"$work/witness.pem"; then
            fails 'keys/policy and keys/witness-*.vkey name keys of witnesses.'
        elif ! moment=$(cosigned); then
            fails "the cosignature of the witness $name."
        elif [ -z "$moment" ]; then
            printf '                 the witness %s did not cosign this checkpoint.\n' "$name"
        else
            holds "the witness $name saw this checkpoint ($(awk "$UTC BEGIN { print utc($moment) }"), as it says)."
            printf '%s\n' "$vkey" >>"$work/cosigners"
        fi
    done <"$work/witnesses"
    if [ ! -f keys/policy ]; then
        [ -s "$work/cosigners" ] || open_question 'that others saw the same log: no witness cosigned.'
    elif satisfied; then
        holds "as many witnesses as keys/policy asks: $(lines_in "$work/cosigners") of $(lines_in "$work/witnesses")."
    else
        fails 'keys/policy can be read, names this log, and is content with who cosigned.'
    fi
}

# Whether those who cosigned are enough for keys/policy (C2SP tlog-policy).
satisfied() {
    [ "$(tr -d '\t\n -~' <keys/policy | wc -c)" -eq 0 ] || return 1
    awk -v "log_key=$(cat keys/log.vkey)" '
        FILENAME == ARGV[1] { cosigned[$0] = 1; next }
        $1 ~ /^#/ || NF == 0 { next }
        $1 == "log" && (NF == 2 || NF == 3) { if (($2 "") == log_key "") ours = 1; next }
        ($2 in known) && $1 != "quorum" || $2 == "none" && $1 != "quorum" { bad = 1; exit }
        $1 == "witness" && (NF == 3 || NF == 4) { known[$2] = 1; seen[$2] = ($3 in cosigned); next }
        $1 == "group" && NF > 3 {
            least = $3 == "any" ? 1 : $3 == "all" ? NF - 3 : $3 ~ /^[1-9][0-9]*$/ ? $3 + 0 : 0
            if (least < 1 || least > NF - 3) bad = 1
            for (i = 4; i <= NF; i++) {
                if (!($i in known) || ($i in member)) bad = 1
                member[$i] = 1
                count[$2] += seen[$i]
            }
            known[$2] = 1
            seen[$2] = count[$2] >= least
            next
        }
        $1 == "quorum" && NF == 2 && quorum == "" && ($2 == "none" || ($2 in known)) { quorum = $2; next }
        { bad = 1; exit }
        END { exit !(ours && !bad && quorum != "" && (quorum == "none" || seen[quorum])) }
    ' "$work/cosigners" keys/policy
}

# Base 64 of 32 bytes as 64 hexadecimal digits: two letters are three digits. Empty if it is not that.
UNBASE='
BEGIN {
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (i = 0; i < 64; i++) {
        if (i % 4 == 0) last_digit[substr(letters, i + 1, 1)] = sprintf("%x", i / 4)
        for (j = 0; j < 64; j++)
            three[substr(letters, i + 1, 1) substr(letters, j + 1, 1)] = sprintf("%03x", i * 64 + j)
    }
}
function digits(text,    out, at) {
    if (length(text) != 44 || text !~ /^[A-Za-z0-9+\/]+=$/) return ""
    for (at = 1; at < 43; at += 2) out = out three[substr(text, at, 2)]
    out = out last_digit[substr(text, 43, 1)]
    return length(out) == 64 ? out : ""
}'

# Whether some files are lines of visible text, each ended. The files are chosen by the end of their name.
plain_lines() { # folder end
    [ "$(find "$1" -name "*$2" -exec cat {} + | tr -d '\n -~\200-\377' | wc -c)" -eq 0 ] &&
        [ "$(find "$1" -name "*$2" -exec cat {} + | wc -c)" -eq \
            "$(find "$1" -name "*$2" -exec awk '{ n += length($0) + 1 } END { print n + 0 }' {} + |
                awk '{ n += $1 } END { printf "%.0f", n }')" ]
}

# From the files log/<index>.tlog-proof (C2SP tlog-proof) to "index hash…"; what is no proof is left out.
read_proofs() {
    find log -name '*.tlog-proof' -exec awk "$UNBASE"'
        function finish() { if (entry != "" && !bad && below == notes + 1) print entry hashes }
        BEGIN { while ((getline line <"log/checkpoint") > 0) note[++notes] = line "" }
        FNR == 1 {
            finish()
            entry = FILENAME; sub(".*/", "", entry); sub("[.].*", "", entry)
            bad = $0 != "c2sp.org/tlog-proof@v1"; below = 0; hashes = ""
            next
        }
        FNR == 2 { if ($0 != "index " entry) bad = 1; next }
        below { if (($0 "") != note[below++]) bad = 1; next }
        $0 == "" { below = 1; next }
        { hash = digits($0); if (hash == "") bad = 1; hashes = hashes " " hash }
        END { finish() }' {} +
}

# The hashes of the entries, "index hash": SHA-256 over a zero byte and the entry.
leaf_hashes() {
    count=0
    for leaf in log/*.leaf; do
        index=${leaf#log/}
        { printf '\000' && cat "$leaf"; } >"$quick/leaf.${index%.leaf}" ||
            give_up "There is no room in $quick: checking stopped."
        count=$((count + 1))
        [ $((count % 200)) -ne 0 ] || hash_leaves
    done
    hash_leaves
}
hash_leaves() {
    (cd "$quick" && find . -name 'leaf.*' -exec sha256sum {} +) |
        sed -n 's,^\([0-9a-f]*\)  \./leaf\.\([0-9]*\)$,\2 \1,p'
    rm -f "$quick"/leaf.*
}

# The lines of the second file that the first has not.
missing_in() { awk 'FILENAME == ARGV[1] { there[$0] = 1; next } !($0 in there)' "$1" "$2"; }

check_entries() {
    heading 'Entries of the log'
    find log -name '*.leaf' | sed 's,^log/\(.*\)\.leaf$,\1,' | sort >"$work/leaves"
    find log -name '*.tlog-proof' | sed 's,^log/\(.*\)\.tlog-proof$,\1,' | sort >"$work/proofs"
    if [ ! -s "$work/leaves" ]; then
        open_question 'anything at all: there are no entries in this bundle.'
        return
    fi
    [ -z "$(missing_in "$work/leaves" "$work/proofs")" ] || fails 'there is an entry to every proof.'
    plain_lines log .tlog-proof || fails 'proofs are lines of text.'
    leaf_hashes >"$work/leaf-hashes"
    read_proofs | awk -v "size=$head_size" -v "root=$head_root" '
        FILENAME == ARGV[1] { leaf[$1] = $2; next }
        $1 in leaf {
            line = $1 " " $1 " " size " " leaf[$1] " " root
            for (i = 2; i <= NF; i++) line = line " " $i
            print line
        }
    ' "$work/leaf-hashes" - | sort -n | plan_inclusion >"$work/todo"
    follow "$work/todo" >"$work/held"
    missing_in "$work/held" "$work/leaves" >"$work/not-held"
    [ ! -s "$work/held" ] || holds "$(lines_in "$work/held") of $(lines_in "$work/leaves") entries are in the log."
    if [ -s "$work/not-held" ]; then
        some=$(sed -n 1,20p "$work/not-held" | tr '\n' ' ')
        fails "all entries are in the log. Not proved are $(lines_in "$work/not-held"): ${some% }"
    fi
}

check_growth() {
    printf '%s %s\n' "$head_size" "$head_root" >"$work/roots"
    for file in log/checkpoints/*; do
        [ -f "$file" ] || continue
        if read_checkpoint "$file" && [ "$file" = "log/checkpoints/$size" ] && log_signed; then
            printf '%s %s\n' "$size" "$root" >>"$work/roots"
        else
            fails "the log signed $file."
        fi
    done
    find log -path 'log/consistency/*' | sed 's,^log/consistency/\(.*\)\.txt$,\1,' | sort >"$work/pairs"
    [ -s "$work/pairs" ] || return 0
    plain_lines log/consistency .txt || fails 'proofs that the log only grew are lines of text.'
    while IFS=- read -r smaller larger; do
        awk -v "m=$smaller" -v "n=$larger" "$UNBASE"'
            FILENAME == ARGV[1] { root[$1] = $2; next }
            { hash = digits($0); if (hash == "") hash = "x"; hashes = hashes " " hash }
            END { if ((m in root) && (n in root)) print m "-" n, m, n, root[m], root[n] hashes }
        ' "$work/roots" "log/consistency/$smaller-$larger.txt"
    done <"$work/pairs" | grep -v x | plan_consistency >"$work/todo"
    follow "$work/todo" >"$work/held"
    for pair in $(missing_in "$work/held" "$work/pairs"); do
        fails "the log of ${pair%-*} entries is the beginning of that of ${pair#*-}."
    done
    [ ! -s "$work/held" ] || holds "the log only grew: $(lines_in "$work/held") earlier checkpoints are its beginning."
}

# ---- what the entries name -------------------------------------------------------------------------------------

# Fields of an entry or statement (RFC 8785: no blanks, so that a name after "{" or "," is a field's and no text).
TOLD='
function told(field,    rest) {
    if (!match($0, "[{,]\"" field "\":\"")) return ""
    rest = substr($0, RSTART + RLENGTH)
    if (match(rest, "[{,]\"" field "\":\"")) return ""
    return substr(rest, 1, index(rest, "\"") - 1)
}
function digest(field,    value) {
    value = told(field)
    sub("^sha256:", "", value)
    return length(value) == 64 && value ~ /^[0-9a-f]+$/ ? value : "unreadable"
}
function amount(field) {
    if (!match($0, "[{,]\"" field "\":[0-9]+[,}]")) return "unreadable"
    return substr($0, RSTART + length(field) + 4, RLENGTH - length(field) - 5)
}
function file_name(    name) { name = FILENAME; sub(".*/", "", name); sub("[.].*", "", name); return name }'

check_withheld() {
    tr '{' '\n' <data/withheld.json | sed 1d >"$work/listed"
    sed -n 's/^"object":"sha256:\([0-9a-f]*\)","reason":"\([a-z]*\)"}[],]*$/\1 \2/p' "$work/listed" |
        awk 'length($1) == 64 && NF == 2' >"$work/withheld"
    [ "$(lines_in "$work/withheld")" -eq "$(grep -c . "$work/listed")" ] || fails 'data/withheld.json can be read.'
    for reason in $(cut -d' ' -f2 "$work/withheld" | sort -u); do
        count=$(grep -c " $reason\$" "$work/withheld")
        open_question "what $count objects are that are not here (“$reason”): only their hashes are."
    done
}

check_named() {
    heading 'What the entries name'
    check_withheld
    [ "$(find log -name '*.leaf' -exec cat {} + | tr -d ' -~\200-\377' | wc -c)" -eq 0 ] ||
        fails 'entries are text in one line.'
    find log -name '*.leaf' -exec awk "$TOLD"'{
        kind = told("type")
        if (kind == "observation/v1" || kind == "document/v1")
            print file_name(), "object", digest("object"), amount("size")
        else if (kind == "claim/v1") print file_name(), "claim", digest("statement"), digest("output")
        else print file_name(), "other", kind
    }' {} + | sort -n >"$work/said"
    find data -path 'data/claims/*.json' -exec awk "$TOLD"'{
        count = split($0, subject, "[{]\"digest\":[{]\"sha256\":\"")
        for (i = 2; i <= count; i++) print file_name(), "outcome", substr(subject[i], 1, 64)
    }' {} + >"$work/outcomes"
    find data -path 'data/objects/sha256/*/*' -exec wc -c {} + |
        sed -n 's,^ *\([0-9]*\) data/objects/sha256/../\([0-9a-f]*\)$,\2 size \1,p' >"$work/sizes"
    sed -n 's,^data/\(objects/sha256/..\|claims\|results\)/\([0-9a-f]*\).*$,\2 here,p' "$work/files" >"$work/here"
    sed 's/ .*/ withheld/' "$work/withheld" >"$work/absent"
    cat "$work/sizes" "$work/outcomes" "$work/here" "$work/absent" "$work/said" | awk '
        $2 == "size" { size[$1] = $3; next }
        $2 == "outcome" { outcome[$1, $3] = 1; next }
        $2 == "here" { here[$1] = 1; next }
        $2 == "withheld" { withheld[$1] = 1; next }
        $2 == "object" {
            named[$3] = 1
            if ($3 in here) { if ((size[$3] "") == ($4 "")) objects++; else print "wrong", "object", $1 }
            else if ($3 in withheld) away++
            else print "wrong", "object", $1
        }
        $2 == "claim" {
            named[$3] = named[$4] = 1
            if (!($3 in here)) print "wrong", "statement", $1
            else if (!(($3, $4) in outcome)) print "wrong", "outcome", $1
            else { claims++; if (!($4 in here)) again++ }
        }
        $2 == "other" { others++ }
        END {
            for (one in here) if (!(one in named)) print "unnamed", one
            print "objects", objects + 0; print "away", away + 0; print "claims", claims + 0; print "again", again + 0
        }' >"$work/found"
    while read -r word what number; do
        case $word in
        wrong) fails "the $what that entry $number names is here, as it says, or is said to be withheld." ;;
        unnamed) fails "an entry of the log names the file of the hash $what." ;;
        objects) holds "$what entries name raw bytes that are here." ;;
        away) [ "$what" = 0 ] || printf '                 %s entries name raw bytes that are withheld.\n' "$what" ;;
        claims) holds "$what entries name statements that are here, each with the outcome that it tells." ;;
        again) [ "$what" = 0 ] || open_question "$what of these outcomes, which are tables: derive them again." ;;
        esac
    done <"$work/found"
    count=$(grep -c -E '^data/(disclosures|sealed)/' "$work/files")
    [ "$count" -eq 0 ] || open_question "opened fields and sealed files ($count): VERIFY.txt says how."
}

# ---- time ------------------------------------------------------------------------------------------------------

check_times() {
    heading 'Time'
    for stamp in log/stamps/*.tsr; do
        [ -f "$stamp" ] || continue
        who=${stamp#log/stamps/} size=${stamp#log/stamps/}
        size=${size%%.*} who=${who#*.}
        who=${who%.tsr}
        over=log/checkpoints/$size
        [ "$size" != "$head_size" ] || over=log/checkpoint
        if [ ! -f "keys/tsa-$who.pem" ]; then
            open_question "the time stamp of $who over $size entries: its certificates are not here."
        elif [ -f "$over" ] && moment=$(stamped "$stamp" "keys/tsa-$who.pem" "$over"); then
            holds "$who: the log of $size entries was there not later than $moment."
        else
            fails "the time stamp of $who over the log of $size entries."
        fi
    done
    grep -q '^log/stamps/.*\.tsr$' "$work/files" || open_question 'by when it was there: no authority stamped it.'
    count=$(grep -c '^log/stamps/.*\.ots$' "$work/files")
    [ "$count" -eq 0 ] || open_question "stamps of OpenTimestamps ($count): VERIFY.txt says how."
}

# Whether an authority stamped the text of a checkpoint: prints when (RFC 3161). Its certificates must have been good
# then, not now.
stamped() { # token certificates checkpoint
    when=$(openssl ts -reply -in "$1" -text 2>/dev/null | sed -n 's/^Time stamp: //p')
    matches "$when" '[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)? [0-9]{4} GMT' || return 1
    when=$(printf '%s\n' "$when" | awk "$UTC"'{
        print seconds($4, (index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) + 2) / 3, $2, $3)
    }')
    sed -n 1,3p "$3" >"$work/text"
    openssl ts -verify -data "$work/text" -in "$1" -CAfile "$2" -untrusted "$2" -attime "$when" >/dev/null 2>&1 &&
        awk "$UTC BEGIN { print utc($when) }"
}

# ---- the end ---------------------------------------------------------------------------------------------------

# Of a key of 32 bytes, in hexadecimal digits, as ssh-keygen -l tells it.
fingerprint() {
    printf 'SHA256:'
    binary "0000000b7373682d6564323535313900000020$1" | openssl dgst -sha256 -binary | openssl base64 -A | tr -d =
}

print_keys() {
    heading 'Keys. They came with the bundle: compare them with what was published elsewhere.'
    printf '  log            %s\n                 %s\n' "$(cat keys/log.vkey)" "$(fingerprint "$log_key")"
    printf '                 SHA-256 %s\n' "$(binary "$log_key" | sha256sum | cut -c1-64)"
    [ -z "$custodian" ] || printf '  custodian      %s\n' "$custodian"
    while IFS= read -r vkey; do
        read_key "$vkey" 04 && printf '  witness        %s\n                 %s\n' "$vkey" "$(fingerprint "$public")"
    done <"$work/cosigners"
    for file in keys/tsa-*.pem; do
        [ -f "$file" ] || continue
        print=$(openssl x509 -noout -fingerprint -sha256 -in "$file" 2>/dev/null | sed 's/.*=//')
        matches "$print" '[0-9A-F:]{95}' && printf '  %s\n                 %s\n' "$file" "$print"
    done
}

print_limits() {
    heading 'None of this proves'
    cat <<'END'
  - that what was measured or written is true, only that it was not changed;
  - that the keys are those of whom you think, until you compared them;
  - that nothing was left out before it reached the log;
  - that anything happened at a time, only that records were there by then.
END
}

main() {
    check_tools
    cd -- "${1:-$(dirname -- "$0")}" || give_up 'There is no such folder.'
    check_names
    check_bag
    check_log
    check_entries
    check_growth
    check_named
    check_times
    print_keys
    print_limits
    if [ "$wrong" -ne 0 ]; then
        heading "RESULT: $wrong things do not hold. Do not rely on this bundle."
        exit 3
    fi
    heading "RESULT: all that was checked holds ($unproved things are not proved, as said above)."
}

main "$@"
