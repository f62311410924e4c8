"""Imports the worker once and forks it on demand, so that many workers start in a blink.

Lines on standard input: ``{"environment": {...}, "log": path, "until_idle": bool}``. Lines on
standard output: ``{"started": pid}`` and ``{"ended": pid, "status": n}`` (negative: a signal).
"""

import json
import mmap
import os
import select
import signal
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402

from apps.core import failpoints  # noqa: E402
from apps.orchestration.services import worker_session  # noqa: E402
from apps.orchestration.services.drain import drain_local  # noqa: E402


def work(order: dict[str, Any]) -> None:
    """Be a worker until told to stop; never returns to the parent's loop."""
    os.environ.update(order["environment"])
    settings.STORAGE_URL = os.environ["STORAGE_URL"]
    settings.FAILPOINTS = os.environ["FAILPOINTS"]
    failpoints._rules.cache_clear()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    worker_session._drain_flag = mmap.mmap(-1, 1)  # its own: workers are stopped one by one
    signal.signal(signal.SIGTERM, lambda *_: worker_session.drain_request())
    drain_local(until_idle=order["until_idle"])


def fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work(order)
            status = 0
        finally:
            os._exit(status)
    return pid


def say(message: dict[str, int]) -> None:
    print(json.dumps(message), flush=True)


def reap() -> None:
    """Report every child that ended since."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        say({"ended": pid, "status": os.waitstatus_to_exitcode(status)})


def main() -> None:
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], 0.05)
        reap()
        if not readable:
            continue
        line = sys.stdin.readline()
        if not line:
            return
        say({"started": fork(json.loads(line))})


if __name__ == "__main__":
    main()
