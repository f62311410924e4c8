"""Facts about processes that this one did not necessarily start."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from controlcenter.supervisor.errors import SupervisorError


def started_at(pid: int) -> str | None:
    """Return when a live process started, in the kernel's own clock, or None when it is gone.

    A pid alone may have been given to somebody else; pid and start time together may not.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def is_alive(pid: int) -> bool:
    if Path("/proc/self/stat").exists():
        return started_at(pid) is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_until(done: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> bool:
    """Poll a condition; return whether it came true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if done():
            return True
        time.sleep(pause)
    return done()


def send(pid: int, number: signal.Signals, *, group: bool = False) -> None:
    """Signal a process or its group; one that is already gone is no error."""
    try:
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise SupervisorError(
            f"Process {pid} belongs to another user and cannot be stopped from here."
        ) from error


def end(pid: int, *, first: signal.Signals, seconds: float, group: bool = False) -> None:
    """Ask a process to end, wait, and kill what does not."""
    send(pid, first, group=group)
    if wait_until(lambda: not is_alive(pid), seconds=seconds):
        if group:
            send(pid, signal.SIGKILL, group=True)  # children that outlived their parent
        return
    send(pid, signal.SIGKILL, group=group)
    wait_until(lambda: not is_alive(pid), seconds=5)
