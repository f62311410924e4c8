"""Real worker processes for fault tests: ``drain --local`` on the test database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """Return the address of the test database for a subprocess."""
    held = connection.settings_dict
    name, user = quote(held["NAME"]), quote(held["USER"] or "")
    secret = f":{quote(held['PASSWORD'])}" if held["PASSWORD"] else ""
    host = held["HOST"] or ""
    if host.startswith("/"):
        return f"postgresql://{user}{secret}@/{name}?host={host}&port={held['PORT'] or 5432}"
    return f"postgresql://{user}{secret}@{host}:{held['PORT'] or 5432}/{name}"


class Workers:
    """Starts ``drain --local`` processes and ends all that it started."""

    def __init__(self, folder: Path, *, ttl: int = 2) -> None:
        self.folder = folder
        self.ttl = ttl
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start one worker of all classes; keyword arguments are added to its environment."""
        log = (self.folder / f"worker-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "manage.py", "drain", "--local", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "controlcenter.settings.test",
                "DATABASE_URL": database_url(),
                "TEST_DATABASE": "unused",
                "STORAGE_URL": settings.STORAGE_URL,
                "VAR_DIR": str(self.folder / "var"),
                "SECRET_KEY": settings.SECRET_KEY,
                **environment,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self.processes.append(process)
        return process

    def child_of(self, process: subprocess.Popen[bytes]) -> int | None:
        """Return the id of a worker's compute child, if it has one now."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            if int(fields[1]) == process.pid and b"-m workers" in line:
                return int(entry.name)
        return None

    def stop(self) -> None:
        """End every process started here and wait for it."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def logs(self) -> str:
        """Return the logs of all workers, for the message of a failed test."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.folder.glob("worker-*.log"))
        )


def wait_for(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Return the first true answer of a condition; fails with ``what`` when time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")
