#!/bin/sh
# One process of the application, by name: prepare, web, control, compute, or a manage.py command.
set -eu
umask 007

case "${1:-web}" in
prepare)
    python manage.py prepare
    exec python manage.py collectstatic --noinput --verbosity 0
    ;;
web)
    exec python -m uvicorn controlcenter.asgi:application --host 0.0.0.0 --port 8000 \
        --lifespan off --log-level warning --no-access-log --timeout-graceful-shutdown 20
    ;;
control)
    exec python -m celery -A controlcenter worker -n control@%h -Q control -c 1 -B \
        -s "${VAR_DIR:-/tmp}/beat" --without-gossip --without-mingle -l INFO
    ;;
compute)
    exec python -m celery -A controlcenter worker -n compute@%h -Q cpu,mem,io,ingest,live \
        -c "${WORKERS:-2}" --without-gossip --without-mingle -l INFO
    ;;
*)
    exec python manage.py "$@"
    ;;
esac
