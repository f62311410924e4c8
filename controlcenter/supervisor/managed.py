"""One supervised process: start, watch, start again with back-off, stop."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from controlcenter.supervisor import procs

SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
CALM_SECONDS = 60.0  # up this long, a process has earned a quick restart again


@dataclass
class Managed:
    """``niceness`` lowers priority; ``once`` marks a process that is meant to end."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    grace_seconds: float = 10.0
    niceness: int = 0
    once: bool = False
    on_start: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    not_before: float = 0.0
    asked_at: float = 0.0
    exit_codes: list[int] = field(default_factory=list)

    def start(self) -> None:
        if self.on_start:
            self.on_start()
        command = list(self.command)
        if self.niceness:
            command = ["nice", "-n", str(self.niceness), *command]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started = time.monotonic()
        self.asked_at = 0.0

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_due(self) -> bool:
        return self.process is None and time.monotonic() >= self.not_before

    def note_end(self) -> int | None:
        """Return the exit code if the process has just ended, and plan the next start."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self._end_stragglers(self.process.pid)
        self.process = None
        self.exit_codes.append(code)
        if time.monotonic() - self.started > CALM_SECONDS:
            self.failures = 0
        pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**self.failures)
        self.failures += 1
        self.not_before = float("inf") if self.once else time.monotonic() + pause
        return code

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.asked_at = time.monotonic()
            procs.send(self.process.pid, signal.SIGTERM)

    def stop(self) -> None:
        """Wait for the end, at most ``grace_seconds`` after asking, then kill the whole group."""
        if self.process is None:
            return
        pid = self.process.pid
        if self.process.poll() is None:
            if not self.asked_at:
                self.ask_to_stop()
            left = self.grace_seconds - (time.monotonic() - self.asked_at)
            try:
                self.process.wait(timeout=max(0.0, left))
            except subprocess.TimeoutExpired:
                procs.send(pid, signal.SIGKILL, group=True)
                self.process.wait()
        self._end_stragglers(pid)
        self.process = None

    def describe(self) -> dict[str, object]:
        pid = self.process.pid if self.process else None
        return {"pid": pid, "started": procs.started_at(pid) if pid else None}

    def last_words(self, lines: int = 12) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - 8000))
                return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    @staticmethod
    def _end_stragglers(group: int) -> None:
        """A dead parent may leave children in its group; nothing of it may stay."""
        procs.send(group, signal.SIGKILL, group=True)
