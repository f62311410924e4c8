#!/usr/bin/env bash
# Checks, then every test against private services that live only as long as the tests.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export VAR_DIR="${VAR_DIR:-var/test}"
export DATA_ROOT="${DATA_ROOT:-../shared/data}"
export PYTHONDONTWRITEBYTECODE=1
status=0

bash controlcenter/deploy/lint.sh || status=1
# Tests that start processes of their own run alone after the others, so that neither disturbs
# the other's clock. pytest says 5 when it has nothing to run.
.venv/bin/python -m controlcenter.supervisor services -- bash -c '
    status=0
    .venv/bin/python -m pytest -q -n 2 --dist loadscope -m "not services and not browser" || status=1
    .venv/bin/python -m pytest -q -m "services or browser" || { [ $? -eq 5 ] || status=1; }
    exit $status
' || status=1
exit "$status"
