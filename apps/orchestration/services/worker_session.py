"""The session of this worker process, and the request to drain that its parent may send."""

import mmap
import os
import threading
from collections.abc import Sequence

from apps.jobs.services import session_beat, session_close, session_open

# One byte shared with forked pool processes: the parent hears of a shutdown, they act on it.
_drain_flag = mmap.mmap(-1, 1)
_sessions: dict[int, str] = {}
_lock = threading.Lock()


def worker_session(classes: Sequence[str]) -> str:
    """Return the id of this process's session, opened when first asked for."""
    with _lock:
        pid = os.getpid()
        if pid not in _sessions:
            _sessions[pid] = session_open(classes)
        return _sessions[pid]


def worker_session_beat(session: str) -> None:
    """Note that the process lives; an operator's wish to drain is heard here."""
    if session_beat(session):
        drain_request()


def worker_session_close() -> None:
    """End this process's session, if it has one."""
    session = _sessions.pop(os.getpid(), None)
    if session is not None:
        session_close(session)


def drain_request() -> None:
    """Ask this process and its forked children to stop at the next chance."""
    _drain_flag[0] = 1


def drain_forget() -> None:
    """Take the request back (a process that starts anew)."""
    _drain_flag[0] = 0


def drain_requested() -> bool:
    return bool(_drain_flag[0])
