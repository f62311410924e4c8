#!/usr/bin/env bash
# Bring a bare checkout to the point where the supervisor can start: system packages, a Python
# 3.12 or 3.13, the locked requirements, the built front end. Every step leaves a stamp, so a
# second run only compares stamps.
#
#   bootstrap.sh           what running the system needs
#   bootstrap.sh --test    and what its tests need
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ROOT=$PWD
MODE=run
[ "${1:-}" = "--test" ] && MODE=test

. controlcenter/deploy/bootstrap/say.sh
. controlcenter/deploy/bootstrap/system.sh
. controlcenter/deploy/bootstrap/python.sh
. controlcenter/deploy/bootstrap/frontend.sh

# Two starts of one checkout must not build the same environment at once.
if command -v flock >/dev/null; then
    exec 9>"$ROOT/.bootstrap.lock"
    flock 9
fi

ensure_system_packages "$MODE"
ensure_environment "$MODE"
ensure_frontend "$MODE"
