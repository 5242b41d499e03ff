#!/bin/sh
# Checks a court pack without the program that made it:
#
#   sh check.sh [FOLDER]      FOLDER is the pack; without it, the folder that this file lies in
#
# It needs sha256sum, openssl (3.0 or newer), ssh-keygen and the small tools that every POSIX system has. It asks no
# network. It ends with 0 when everything that was checked holds, 3 when something does not, 1 when it could not check.
#
# A forger can change this file too: take it from somewhere else, or read it.

set -u
LC_ALL=C
export LC_ALL
unset CDPATH

wrong=0
holds() { printf '  holds          %s\n' "$1"; }
fails() {
    wrong=$((wrong + 1))
    printf '  DOES NOT HOLD  %s\n' "$1"
}

for tool in cut cmp find grep mktemp rm sed sha256sum sort ssh-keygen; do
    command -v "$tool" >/dev/null 2>&1 || {
        printf 'The program %s is missing here: nothing was checked.\n' "$tool" >&2
        exit 1
    }
done
cd -- "${1:-$(dirname -- "$0")}" || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/check.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

printf 'The pack\n'
find . ! -type f ! -type d >"$work/odd"
find . -name '*[!A-Za-z0-9._-]*' ! -name . >>"$work/odd"
if [ -s "$work/odd" ]; then
    fails 'only plain files lie here; nothing more was checked.'
    exit 3
fi
find . -type f | cut -c3- | grep -v -x -e 'MANIFEST\.sha256' -e 'MANIFEST\.sha256\.sig' | sort >"$work/files"
if [ ! -s MANIFEST.sha256 ] || grep -E -v -q -x '[0-9a-f]{64}  [A-Za-z0-9._/-]+' MANIFEST.sha256 ||
    ! cut -c67- MANIFEST.sha256 | sort | cmp -s - "$work/files"; then
    fails 'MANIFEST.sha256 lists exactly the files that are here.'
elif sha256sum -c MANIFEST.sha256 >"$work/sums" 2>/dev/null; then
    holds 'MANIFEST.sha256: all files have the bytes that it says.'
else
    fails 'MANIFEST.sha256: these files have not the bytes that it says:'
    sed -n '/: OK$/!s/^/                   /p' "$work/sums" | sed -n 1,20p
fi
if said=$(ssh-keygen -Y verify -f bundle/keys/allowed_signers -I custodian@kuager.invalid -n shutdown-evidence \
    -s MANIFEST.sha256.sig <MANIFEST.sha256 2>/dev/null); then
    holds 'the custodian signed the list of all files of the pack.'
    printf '                 %s\n' "$(printf '%s\n' "$said" | sed -n 's,^Good .*\(SHA256:[A-Za-z0-9+/]*\)$,\1,p')"
else
    fails 'the signature of the custodian over MANIFEST.sha256.'
fi

if [ "$wrong" -ne 0 ]; then
    printf '\nRESULT: %s things do not hold. Do not rely on this pack. The bundle was not looked at.\n' "$wrong"
    exit 3
fi
printf '\nThe bundle\n'
sh bundle/verify.sh bundle
