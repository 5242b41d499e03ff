#!/bin/sh
# Derives every claim of a court pack again from the bytes in its bundle, and makes its page and tables again:
#
#   sh rederive.sh [FOLDER]   FOLDER is the pack; without it, the folder that this file lies in
#
# It needs Kuager in the version that pack.json names, and asks no network. It ends with 0 when everything comes out the
# same, 3 when something does not, 1 when it could not check.

set -u
folder=${1:-$(dirname -- "$0")}
command -v kuager >/dev/null 2>&1 || {
    printf 'Kuager is not installed here. It is free software: install the version that pack.json names.\n' >&2
    exit 1
}
exec kuager verify "$folder" --rederive
