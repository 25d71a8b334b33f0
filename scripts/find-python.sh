#!/usr/bin/env bash
# Prints the path of a Python 3.11 or newer that can make virtual environments. Debian ships venv apart from
# Python: where we may, it is installed; elsewhere one line says what to do.
set -euo pipefail
cd "$(dirname "$0")"

candidates="${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11"
recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }
first() { # TEST: the first candidate that is recent and passes it
    local candidate
    for candidate in $candidates; do
        if recent "$candidate" && "$1" "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

first makes_venvs && exit 0
if first recent >/dev/null; then
    ./apt-install.sh python3-venv >&2 && first makes_venvs && exit 0
    echo "make: Python is here but its venv module is not: apt-get install python3-venv" >&2
else
    ./apt-install.sh python3 python3-venv >&2 && first makes_venvs && exit 0
    echo "make: no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python3" >&2
fi
exit 1
