"""The private PostGIS cluster: found, made, adopted, started, stopped. It listens on no port."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from controlcenter.supervisor import procs
from controlcenter.supervisor.errors import SupervisorError
from controlcenter.supervisor.identity import (
    Identity,
    hand_over,
    popen_identity,
    postgres_identity,
)
from controlcenter.supervisor.layout import Layout

USER = "cc"
DATABASE = "cc"
PORT = 5432  # names the socket; nothing listens on TCP
COMMENT_OF_DATABASE = (
    "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
    " WHERE datname = current_database()"
)
START_SECONDS = 30.0
RACE_SECONDS = 5.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "idle_in_transaction_session_timeout": "5min",  # sessions of the application set 10 s
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_naptime": "10s",
    "log_line_prefix": "%m [%p] %d ",
    "log_checkpoints": "off",
}


def find_binaries() -> Path:
    """Return the folder of the newest PostgreSQL that has PostGIS."""
    found = []
    for control in Path("/usr/share/postgresql").glob("*/extension/postgis.control"):
        folder = Path("/usr/lib/postgresql") / control.parts[-3] / "bin"
        if (folder / "initdb").exists():
            found.append((float(control.parts[-3]), folder))
    if found:
        return max(found)[1]
    if config := shutil.which("pg_config"):
        bindir, share = (
            subprocess.run([config, flag], capture_output=True, text=True, check=True).stdout
            for flag in ("--bindir", "--sharedir")
        )
        if (Path(share.strip()) / "extension" / "postgis.control").exists():
            return Path(bindir.strip())
    raise SupervisorError(
        "No PostgreSQL with PostGIS was found. Install it (Debian: apt-get install "
        "postgresql-15 postgresql-15-postgis-3) or set DATABASE_URL to a server you have."
    )


@dataclass
class Cluster:
    """One cluster in one folder. ``ensure`` leaves it answering with the database made."""

    layout: Layout
    binaries: Path
    identity: Identity | None
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(cls, layout: Layout) -> "Cluster":
        return cls(layout, find_binaries(), postgres_identity())

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={self.layout.postgres_sockets}&port={PORT}"

    def pid(self) -> int | None:
        """Return the live server's process, as its own pid file says."""
        try:
            pid = int((self.layout.cluster / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if procs.is_alive(pid) else None

    def answers(self) -> bool:
        return self._tool("pg_isready", "-q", "-d", "postgres").returncode == 0

    def ensure(self) -> bool:
        """Bring the cluster up; return whether this call started it (False: it was adopted)."""
        hand_over(self.layout.postgres_sockets, self.identity)
        self._create()
        started = not self._is_up()
        if started:
            self._start()
        self._create_database()
        return started

    def reap(self) -> None:
        """Take leave of an ended child: a zombie still counts as alive in its own lock file."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None

    def stop(self) -> None:
        pid = self.pid()
        if pid is None:
            return
        procs.end(pid, first=signal.SIGINT, seconds=30)
        if self.process is not None:
            self.process.wait()
            self.process = None

    def comment(self) -> str:
        """Return the comment on the database, empty when there is none."""
        return self._psql(DATABASE, COMMENT_OF_DATABASE)

    def set_comment(self, text: str) -> None:
        quoted = text.replace("'", "''")
        self._psql("postgres", f"COMMENT ON DATABASE {DATABASE} IS '{quoted}'")

    def _create(self) -> None:
        """Make the cluster in a draft folder, so that a broken start leaves no half of one."""
        cluster = self.layout.cluster
        if (cluster / "PG_VERSION").exists():
            return
        draft = cluster.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        if cluster.is_relative_to(self.layout.fallback):
            self.layout.fallback.mkdir(mode=0o711, exist_ok=True)
        hand_over(draft, self.identity)
        done = subprocess.run(
            [
                str(self.binaries / "initdb"),
                *("-D", str(draft), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"),
                *("-A", "trust", "-k", "--no-instructions"),
            ],
            capture_output=True,
            text=True,
            cwd=draft,
            check=False,
            **popen_identity(self.identity),
        )
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise SupervisorError(
                f"The database cluster could not be made in {cluster}: {done.stderr.strip()[-500:]}"
            )
        draft.rename(cluster)

    def _start(self) -> None:
        """Start the server; a pid file of a server just killed may linger for a moment."""
        self.reap()
        until = time.monotonic() + RACE_SECONDS
        while True:
            process = self._launch()
            self._await(process)
            if self._is_up():  # its own child, or one that somebody else started meanwhile
                self.process = process if process.poll() is None else None
                return
            if time.monotonic() > until:
                raise SupervisorError(
                    f"PostgreSQL did not start in {self.layout.cluster}; its log says:\n"
                    f"{self._log_tail()}"
                )
            time.sleep(0.3)

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until a server answers or the launched one has ended."""
        procs.wait_until(lambda: process.poll() is not None or self._is_up(), seconds=START_SECONDS)

    def _is_up(self) -> bool:
        return self.pid() is not None and self.answers()

    def _launch(self) -> subprocess.Popen[bytes]:
        arguments = [str(self.binaries / "postgres"), "-D", str(self.layout.cluster)]
        arguments += ["-p", str(PORT)]
        settings = {**SETTINGS, "unix_socket_directories": str(self.layout.postgres_sockets)}
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        with (self.layout.logs / "postgres.log").open("ab") as log:
            return subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.layout.cluster,
                **popen_identity(self.identity),
            )

    def _create_database(self) -> None:
        known = self._psql("postgres", "SELECT datname FROM pg_database").split()
        if DATABASE not in known:
            self._psql("postgres", f"CREATE DATABASE {DATABASE}")
        self._psql(DATABASE, "CREATE EXTENSION IF NOT EXISTS postgis")

    def _psql(self, database: str, statement: str) -> str:
        done = self._tool("psql", "-X", "-q", "-At", "-d", database, "-c", statement)
        if done.returncode != 0:
            raise SupervisorError(
                f"The private database refused '{statement}': {done.stderr.strip()}"
            )
        return done.stdout.strip()

    def _tool(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        place = ("-h", str(self.layout.postgres_sockets), "-p", str(PORT), "-U", USER)
        environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.run(
            [str(self.binaries / name), *place, *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            env=environment,
        )

    def _log_tail(self) -> str:
        try:
            text = (self.layout.logs / "postgres.log").read_text(errors="replace")
        except OSError:
            return "(no log)"
        return "\n".join(text.splitlines()[-8:])
