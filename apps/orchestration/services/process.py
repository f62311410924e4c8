"""Life of a worker's pool process: own connections, a session, signs of life, a tidy end."""

import contextlib
import logging
import os
import threading
import time

from django.db import Error as DatabaseError
from django.db import connection, connections

from apps.core.storage import store_open
from apps.orchestration.services.child import children_close
from apps.orchestration.services.worker_session import (
    drain_requested,
    worker_session,
    worker_session_beat,
    worker_session_close,
)

log = logging.getLogger(__name__)
BEAT_SECONDS = 10.0


def worker_process_begin() -> None:
    """Forget what was inherited by fork, open the session and show signs of life."""
    for wrapper in connections.all():
        getattr(wrapper, "_connection_pools", {}).clear()
        wrapper.connection = None
    threading.Thread(target=_beat, name="session-beat", daemon=True).start()


def worker_process_end() -> None:
    """End the children and the session; staged files of this process go with it."""
    children_close()
    with contextlib.suppress(DatabaseError):
        session = worker_session(["all"])
        worker_session_close()
        store_open().staging_remove(session)


def _beat() -> None:
    """Report every ten seconds; ends with the process (daemon thread)."""
    while not drain_requested():
        try:
            worker_session_beat(worker_session(["all"]))
        except DatabaseError as error:
            log.warning("Process %s could not report: %s", os.getpid(), error)
            with contextlib.suppress(DatabaseError):
                connection.close()
        time.sleep(BEAT_SECONDS)
