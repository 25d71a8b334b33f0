#!/usr/bin/env bash
# Builds the wheel, installs it into a new environment in an empty folder, starts the service there and fetches a
# page and a static file: templates, static and migrations must be inside the wheel, not merely beside the checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/ptgsched-wheel-XXXXXX")
server=
finish() {
    status=$?
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    [ "$status" -eq 0 ] || cat "$work/log" 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT

make --no-print-directory .venv/.installed-dev
echo "building the wheel"
# From the locked tools of the environment: isolation would download some that no lock holds.
.venv/bin/python -m build --wheel --no-isolation --outdir "$work/dist" >"$work/log" 2>&1

echo "installing it elsewhere"
.venv/bin/python -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
cd "$work" # nothing of the checkout may be found by chance
pip --require-hashes --only-binary :all: -r "$root/requirements.lock"
pip --no-deps --no-index "$work"/dist/ptgsched-*.whl

echo "starting it there"
for name in "${!PTGSCHED_@}"; do unset "$name"; done
port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PTGSCHED_DATABASE_URL="sqlite:///$work/smoke.sqlite" PTGSCHED_SECRET_KEY=only-for-this-smoke-test
export PTGSCHED_BASE_URL="http://127.0.0.1:$port"
ptgsched=$work/venv/bin/ptgsched
"$ptgsched" db upgrade >>"$work/log" 2>&1
"$ptgsched" db check >>"$work/log" 2>&1
"$ptgsched" serve --host 127.0.0.1 --port "$port" --workers 1 >>"$work/log" 2>&1 &
server=$!
"$work/venv/bin/python" "$root/scripts/smoke.py" "http://127.0.0.1:$port"
