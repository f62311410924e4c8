"""The smaller verbs: services, stop, status, clean."""

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from controlcenter.supervisor import leftovers, procs
from controlcenter.supervisor.environment import for_django
from controlcenter.supervisor.layout import Layout
from controlcenter.supervisor.lock import SupervisorLock
from controlcenter.supervisor.postgres import Cluster
from controlcenter.supervisor.say import say
from controlcenter.supervisor.services import Services

KEPT_BY_CLEAN = {"secrets", "certificates", "catalogs"}
MADE_BY_US = {
    "log",
    "redis",
    "store",
    "static",
    "run",
    "numba",
    "demo",
    "postgres",
    "test",
    "bench",
}


def services(layout: Layout, command: Sequence[str]) -> int:
    """Bring database and broker up and print their addresses; with a command, run it with them.

    Without one they stay until ``stop``. With one they are stopped after it, unless somebody else
    uses them: several test runs of one checkout share them, and the last one stops them.
    """
    parts = Services.of(layout)
    parts.ensure()
    if not command:
        layout.keep.touch()
        for name, value in parts.addresses().items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    told = {**os.environ, **parts.addresses()}
    told["PATH"] = for_django(parts, port=0)["PATH"]
    with layout.users.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            return _run(command, told)
        finally:
            if _is_last_user(layout, users):
                parts.stop()


def _is_last_user(layout: Layout, users: TextIO) -> bool:
    """Return whether nobody else uses the services: no other command, no supervisor, no keeper."""
    if layout.keep.exists() or SupervisorLock(layout.lock).holder():
        return False
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run in the foreground; Ctrl+C reaches the command itself, SIGTERM is handed on."""
    process = subprocess.Popen(list(command), env=environment)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def stop(layout: Layout) -> int:
    """Stop the supervisor of this checkout, and services that were left without one."""
    holder = SupervisorLock(layout.lock).holder()
    if holder:
        say(f"asking process {holder.pid} to stop")
        procs.send(holder.pid, signal.SIGTERM)
        if not procs.wait_until(lambda: not procs.is_alive(holder.pid), seconds=90):
            say(f"process {holder.pid} does not stop; its log is in {layout.logs}")
            return 1
    leftovers.end_all(layout)
    _private_parts(layout).stop()
    return 0


def status(layout: Layout) -> int:
    """Tell what runs here; exit 0 when the supervisor does."""
    holder = SupervisorLock(layout.lock).holder()
    where = f"http://localhost:{holder.port} (process {holder.pid})" if holder else "not running"
    print(f"supervisor  {where}")
    for name, pid in leftovers.running(layout).items():
        print(f"{name:<11} process {pid}")
    parts = _private_parts(layout)
    for name, part in (("postgres", parts.cluster), ("redis", parts.broker)):
        service = part.pid() if part else None
        print(f"{name:<11} {f'process {service}' if service else 'not running'}")
    return 0 if holder else 3


def clean(layout: Layout) -> int:
    """Stop everything and remove what this VAR_DIR holds, wherever it had to be put."""
    code = stop(layout)
    if code:
        return code
    for folder in (layout.cluster, layout.fallback, layout.sockets):
        shutil.rmtree(folder, ignore_errors=True)
    for path in list(layout.var.iterdir()):
        if not _is_made_here(layout, path):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    if any(layout.var.iterdir()):
        say(f"kept {layout.var}: it holds files that were not made here")
    else:
        layout.var.rmdir()
    return 0


def _is_made_here(layout: Layout, path: Path) -> bool:
    """Inside the checkout all but what an operator puts there; elsewhere only known names."""
    if layout.var.is_relative_to(layout.base):
        return path.name not in KEPT_BY_CLEAN
    return path.name in MADE_BY_US or path.is_file()


def _private_parts(layout: Layout) -> Services:
    """The private parts whatever DATABASE_URL and REDIS_URL say now."""
    parts = Services.of(layout)
    if parts.cluster is None and (layout.cluster / "PG_VERSION").exists():
        parts.cluster = Cluster.of(layout)
    return parts
