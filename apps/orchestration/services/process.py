"""Life of a worker's pool process: own connections, a session, signs of life, a tidy end."""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence

from celery import current_app
from django.db import Error as DatabaseError
from django.db import connection, connections

from apps.core.storage import store_open
from apps.jobs.selectors import bells_unheard
from apps.orchestration.services.child import children_close
from apps.orchestration.services.drain import ALL_CLASSES
from apps.orchestration.services.worker_session import (
    drain_requested,
    worker_session,
    worker_session_beat,
    worker_session_close,
)

log = logging.getLogger(__name__)
BEAT_SECONDS = 10.0
FIRST_BEAT_SECONDS = 1.0  # the pool of connections inherited by fork is closed meanwhile


def worker_process_begin() -> None:
    """Forget what was inherited by fork, open the session and show signs of life."""
    for wrapper in connections.all():
        getattr(wrapper, "_connection_pools", {}).clear()
        wrapper.connection = None
    threading.Thread(target=_beat, args=[queues_heard()], name="session-beat", daemon=True).start()


def worker_process_end() -> None:
    """End the children and the session; staged files of this process go with it."""
    children_close()
    with contextlib.suppress(DatabaseError):
        session = worker_session(queues_heard())
        worker_session_close()
        store_open().staging_remove(session)


def queues_heard() -> tuple[str, ...]:
    """Return the classes whose bells this worker hears."""
    named = tuple(name for name in current_app.amqp.queues.consume_from if name in ALL_CLASSES)
    return named or ALL_CLASSES


def _beat(classes: Sequence[str]) -> None:
    """Report every ten seconds; ends with the process (daemon thread)."""
    time.sleep(FIRST_BEAT_SECONDS)
    while not drain_requested():
        try:
            worker_session_beat(worker_session(classes))
            _watch(classes)
        except DatabaseError as error:
            log.warning("Process %s could not report: %s", os.getpid(), error)
            with contextlib.suppress(DatabaseError):
                connection.close()
        time.sleep(BEAT_SECONDS)


def _watch(classes: Sequence[str]) -> None:
    """A worker that no longer hears its bells is ended; its supervisor starts another."""
    deaf = [name for name in classes if bells_unheard(name)]
    if deaf:
        log.error("No bell of %s was heard for long while work waits; restarting.", deaf)
        os.kill(os.getppid(), signal.SIGTERM)
