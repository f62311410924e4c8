"""Real worker processes for fault tests; only processes that were started here are signalled."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
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


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a worker on the test database and the test's own store."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "controlcenter.settings.test",
        "DATABASE_URL": database_url(),
        "STORAGE_URL": settings.STORAGE_URL,
        "VAR_DIR": str(folder / "var"),
        "SECRET_KEY": settings.SECRET_KEY,
    }


@dataclass
class Worker:
    """A forked worker; ``status`` is its exit status, negative for a signal, None while alive."""

    pid: int
    nursery: "Nursery"

    @property
    def status(self) -> int | None:
        return self.nursery.status_of(self.pid)

    def signal(self, number: int) -> None:
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def has_ended(self) -> bool:
        return self.status is not None

    def child(self) -> int | None:
        """Return the id of the worker's compute child, if it has one now."""
        return child_of(self.pid)


class Nursery:
    """Holds the process that forks workers; one for all fault tests of a session."""

    def __init__(self, folder: Path) -> None:
        self._ended: dict[int, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, folder: Path, number: int, **extra: Any) -> Worker:
        until_idle = bool(extra.pop("until_idle", False))
        order = {
            "environment": {"FAILPOINTS": "", "STORAGE_URL": settings.STORAGE_URL, **extra},
            "log": str(folder / f"worker-{number}.log"),
            "until_idle": until_idle,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        while True:
            message = self._read(60)
            assert message is not None, "the nursery does not answer"
            if "started" in message:
                return Worker(message["started"], self)

    def status_of(self, pid: int) -> int | None:
        while self._read(0) is not None:
            pass
        return self._ended.get(pid)

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def _read(self, seconds: float) -> dict[str, int] | None:
        """Read one message; ended workers are noted."""
        out = self._process.stdout
        assert out is not None
        readable, _, _ = select.select([out], [], [], seconds)
        line = out.readline() if readable else ""
        if not line:
            return None
        message: dict[str, int] = json.loads(line)
        if "ended" in message:
            self._ended[message["ended"]] = message["status"]
        return message


class Workers:
    """The workers of one test: starts them and ends all that it started."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self.nursery = nursery
        self.folder = folder
        self.crew: list[Worker] = []

    def start(self, *, failpoints: str = "", until_idle: bool = False) -> Worker:
        """Start one worker of all classes."""
        worker = self.nursery.start(
            self.folder, len(self.crew), FAILPOINTS=failpoints, until_idle=until_idle
        )
        self.crew.append(worker)
        return worker

    def stop(self) -> None:
        for worker in self.crew:
            worker.signal(signal.SIGCONT)
            worker.signal(signal.SIGTERM)
        until = time.monotonic() + 10
        for worker in self.crew:
            while worker.status is None and time.monotonic() < until:
                time.sleep(0.05)
            worker.signal(signal.SIGKILL)
            wait_for(worker.has_ended, seconds=5, what="the end of a worker")

    def logs(self) -> str:
        """Return the logs of all workers, for the message of a failed test."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.folder.glob("worker-*.log"))
        )


def child_of(pid: int) -> int | None:
    """Return the id of a process's compute child, if it has one now."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            continue
        if int(fields[1]) == pid and b"-m workers" in line:
            return int(entry.name)
    return None


def wait_for(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Return the first true answer of a condition; fails with ``what`` when time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")
