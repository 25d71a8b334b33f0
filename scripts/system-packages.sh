#!/usr/bin/env bash
# Sees to the programs that the tests start: PostgreSQL, Redis, nginx, ngircd, Chromium, curl, jq. Missing ones are installed where
# that is allowed. Where it is not, this names them and the tests that need them are skipped by name; with CI=true
# a missing one is a failure.
set -uo pipefail
cd "$(dirname "$0")"

packages=()
missing=()
look() { # PACKAGE COMMAND...: one of the commands has to be there
    local package=$1 command
    shift
    for command in "$@"; do
        command -v "$command" >/dev/null 2>&1 && return
    done
    packages+=("$package")
    missing+=("$package")
}
find_missing() {
    packages=()
    missing=()
    # Debian keeps PostgreSQL's server programs off the PATH.
    # shellcheck disable=SC2046
    look postgresql initdb $(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)
    look redis-server redis-server
    look nginx-light nginx /usr/sbin/nginx
    look ngircd ngircd /usr/sbin/ngircd
    look curl curl
    look jq jq
    look chromium chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
}

find_missing
[ "${#missing[@]}" -eq 0 ] && exit 0
./apt-install.sh "${packages[@]}"
find_missing
[ "${#missing[@]}" -eq 0 ] && exit 0
echo "missing, and not mine to install: ${missing[*]}" >&2
if [ "${CI:-}" = true ]; then
    echo "with CI=true every test has to run: stopping" >&2
    exit 1
fi
echo "the tests that need them are skipped, by name" >&2
