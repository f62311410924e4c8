"""One supervisor a checkout: a lock that dies with its holder, with a note of who holds it."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from controlcenter.supervisor.errors import SupervisorError


@dataclass
class Holder:
    pid: int
    port: int


class SupervisorLock:
    """Held while ``up`` runs. The kernel releases it when the holder dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1

    def acquire(self, *, port: int) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(fd)
            holder = self.holder()
            where = f"http://localhost:{holder.port} (process {holder.pid})" if holder else "here"
            raise SupervisorError(
                f"This checkout already runs at {where}. "
                "Stop it with Ctrl+C in its terminal or `make stop`; "
                "for a second one beside it set VAR_DIR and PORT."
            ) from error
        os.ftruncate(fd, 0)
        os.write(fd, json.dumps({"pid": os.getpid(), "port": port}).encode())
        self._fd = fd

    def release(self) -> None:
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1

    def holder(self) -> Holder | None:
        """Return who holds the lock now, or None when nobody does."""
        try:
            with self.path.open("r+") as note:
                try:
                    fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return Holder(**json.loads(note.read()))
        except (OSError, ValueError, TypeError):
            return None
        return None

    def __enter__(self) -> "SupervisorLock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
