#!/usr/bin/env bash
# Installs Debian packages when it may: on Debian or Ubuntu, as root or where sudo asks for no password.
# Exit status 1 where it may not, or where apt failed.
set -uo pipefail

command -v apt-get >/dev/null || exit 1
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || exit 1
    as_root=(sudo -n)
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }

# Installing must not start a server: the tests start their own, on their own ports, and stop them. The policy
# file is Debian's way to say so; one that is already there is somebody's and stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null && "${as_root[@]}" chmod 755 "$policy"
fi

echo "installing Debian packages: $*"
apt update && apt install --no-install-recommends "$@" >/dev/null || exit 1
