#!/usr/bin/env bash
# Stop what this checkout started and remove what it made. Needs only a shell when .venv is gone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ -x .venv/bin/python ]; then
    for folder in var/test var/bench "${VAR_DIR:-var}"; do
        [ ! -d "$folder" ] || VAR_DIR=$folder .venv/bin/python -m controlcenter.supervisor clean
    done
elif compgen -G 'var/postgres/postmaster.pid' >/dev/null; then
    echo "The environment .venv is gone but a database runs in var/postgres:" >&2
    echo "run  make run  once and stop it, then  make clean  again." >&2
    exit 1
fi
rm -rf .venv site .bootstrap.lock frontend/node_modules frontend/build static
rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
find . -name __pycache__ -type d -prune -exec rm -rf {} +
[ ! -d var ] || rmdir var 2>/dev/null || true
