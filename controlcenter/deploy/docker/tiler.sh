#!/bin/sh
# The tile server on its socket; the proxy and the web process share the socket's folder.
set -eu
umask 007
TILE_TOKEN_KEYS=$(cat "$TILE_TOKEN_KEYS_FILE")
export TILE_TOKEN_KEYS
rm -f /srv/run/tiler.sock
exec python -m uvicorn workers.tiler.app:app --uds /srv/run/tiler.sock \
    --log-level warning --no-access-log
