"""The private Redis: bells, live events and cache, on a unix socket."""

import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass

from controlcenter.supervisor import procs
from controlcenter.supervisor.errors import SupervisorError
from controlcenter.supervisor.layout import Layout

START_SECONDS = 20.0


@dataclass
class Broker:
    layout: Layout
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.layout.redis_socket}"

    def pid(self) -> int | None:
        """Return the live server's process, asked from the server itself."""
        for line in self._ask("INFO server").splitlines():
            if line.startswith("process_id:"):
                return int(line.partition(":")[2])
        return None

    def answers(self) -> bool:
        return self._ask("PING").startswith("+PONG")

    def ensure(self) -> bool:
        """Bring the server up; return whether this call started it (False: it was adopted)."""
        if self.answers():
            return False
        self._start()
        return True

    def reap(self) -> None:
        """Take leave of an ended child: a zombie still counts as alive in its own lock file."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None

    def stop(self) -> None:
        pid = self.pid()
        if pid is None:
            return
        procs.end(pid, first=signal.SIGTERM, seconds=15)
        if self.process is not None:
            self.process.wait()
            self.process = None

    def _start(self) -> None:
        self.reap()
        binary = shutil.which("redis-server")
        if binary is None:
            raise SupervisorError(
                "redis-server was not found. Install it (Debian: apt-get install redis-server) "
                "or set REDIS_URL to a server you have."
            )
        with (self.layout.logs / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(binary, "--port", "0", "--unixsocket", str(self.layout.redis_socket)),
                    *("--unixsocketperm", "700", "--dir", str(self.layout.redis_data)),
                    *("--appendonly", "yes", "--save", ""),
                    *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.layout.redis_data,
            )
        process = self.process
        procs.wait_until(
            lambda: process.poll() is not None or self.answers(), seconds=START_SECONDS
        )
        if process.poll() is not None or not self.answers():
            log_path = self.layout.logs / "redis.log"
            raise SupervisorError(f"Redis did not start; see {log_path}.")

    def _ask(self, command: str) -> str:
        """Send one inline command; an empty answer means that nobody is there."""
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self.layout.redis_socket))
                link.sendall(f"{command}\r\n".encode())
                return link.recv(65536).decode(errors="replace")
        except OSError:
            return ""
