"""Keeps a lease alive from a thread of its own, and tells the drain when to stop."""

import contextlib
import enum
import logging
import threading
import time
from types import TracebackType

from django.db import Error as DatabaseError
from django.db import connection

from apps.jobs.domain import Lease
from apps.jobs.enums import LeaseAnswer
from apps.jobs.services import chunk_renew
from apps.orchestration.services.worker_session import drain_requested

log = logging.getLogger(__name__)
MAX_INTERVAL_SECONDS = 5.0
TICK_SECONDS = 0.25
DRAIN_GRACE_SECONDS = 3.0


class Stop(enum.IntEnum):
    """How urgently to stop: not at all, at the edge of the block, at once."""

    NO = 0
    EDGE = 1
    NOW = 2


class Renewer:
    """Context manager around the work on one lease; TTL in seconds."""

    def __init__(self, lease: Lease, *, ttl: float) -> None:
        self._lease = lease
        self._ttl = ttl
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="renewer", daemon=True)
        self._draining_since: float | None = None
        self.stop = Stop.NO

    def __enter__(self) -> "Renewer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join(timeout=10)

    @property
    def alive(self) -> bool:
        """Whether the next block may be started."""
        return self.stop == Stop.NO and not drain_requested()

    def abort_now(self) -> bool:
        """Whether the block in flight must be given up."""
        return self.stop == Stop.NOW

    def _loop(self) -> None:
        interval = min(self._ttl / 4, MAX_INTERVAL_SECONDS)
        renewed = asked = time.monotonic()
        try:
            while not self._done.wait(min(TICK_SECONDS, interval)):
                self._watch_drain()
                now = time.monotonic()
                if now - asked < interval:
                    continue
                asked = now
                if self._ask():
                    renewed = now
                elif now - renewed > self._ttl:
                    self.stop = Stop.NOW  # the database is away: the lease has lapsed meanwhile
        finally:
            with contextlib.suppress(DatabaseError):
                connection.close()

    def _watch_drain(self) -> None:
        if not drain_requested():
            return
        now = time.monotonic()
        self._draining_since = self._draining_since or now
        if now - self._draining_since > DRAIN_GRACE_SECONDS:
            self.stop = Stop.NOW

    def _ask(self) -> bool:
        try:
            answer = chunk_renew(self._lease, ttl=self._ttl)
        except DatabaseError as error:
            log.warning("Lease of chunk %s was not renewed: %s", self._lease.chunk, error)
            with contextlib.suppress(DatabaseError):
                connection.close()
            return False
        if answer in (LeaseAnswer.LOST, LeaseAnswer.CANCEL):
            self.stop = Stop.NOW
        elif answer == LeaseAnswer.PAUSE:
            self.stop = max(self.stop, Stop.EDGE)
        elif self.stop == Stop.EDGE:
            self.stop = Stop.NO
        return True
