#!/usr/bin/env bash
# Every check that runs no test. All of them run; the exit code tells whether one failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
failed=()

check() {
    local name=$1 log status=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        printf 'ok      %s\n' "$name"
    else
        tail -n 60 "$log"
        printf 'FAILED  %s\n' "$name"
        failed+=("$name")
    fi
    rm -f "$log"
}

npm_run() { (cd frontend && PATH="$PWD/../.venv/bin:$PATH:$PWD/../.venv/bin" npm run --silent "$@"); }

check "ruff check" .venv/bin/python -m ruff check .
check "ruff format" .venv/bin/python -m ruff format --check .
check "import contracts" .venv/bin/lint-imports --no-cache
check "mypy" .venv/bin/python -m mypy apps workers controlcenter manage.py
check "front end: types and biome" npm_run check
check "front end: vitest" npm_run test

if [ "${#failed[@]}" -gt 0 ]; then
    printf 'Checks that failed: %s\n' "${failed[*]}"
    exit 1
fi
