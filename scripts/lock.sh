#!/usr/bin/env bash
# Makes the lock files anew from pyproject.toml: `make lock`, or `make lock ARGS="--upgrade"` for newer releases.
# The files hold versions and hashes but no address of a registry: whoever installs uses the registry or mirror
# of their own pip settings, and the hashes see to it that the bytes are the same.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

compile() { # OUTPUT [ARGS...]
    local output=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --no-annotate --output-file "$output" "$@"
}

compile requirements.lock pyproject.toml --group build "$@"
# The tests run the very releases that production runs: the runtime lock constrains the one for development.
compile requirements-dev.lock pyproject.toml --group build --group dev --constraint requirements.lock "$@"
