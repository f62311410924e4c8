"""Where everything of one checkout lives, decided once at the start."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from controlcenter.settings import env
from controlcenter.supervisor.identity import postgres_identity, reachable_by

SOCKET_PATH_LIMIT = 90  # bytes; the system's own limit is 107, file names are added to a folder
LONGEST_SOCKET_NAME = "pg/.s.PGSQL.5432"


@dataclass(frozen=True)
class Layout:
    """Folders and sockets. ``sockets`` is ``var/run`` unless that path is too long or closed."""

    base: Path
    var: Path
    sockets: Path
    cluster: Path
    fallback: Path

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_data(self) -> Path:
        return self.var / "redis"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def tiler_socket(self) -> Path:
        return self.sockets / "tiler.sock"

    @property
    def lock(self) -> Path:
        return self.var / "supervisor.lock"

    @property
    def users(self) -> Path:
        """Locked (shared) by every command that borrows the services."""
        return self.var / "services.users"

    @property
    def keep(self) -> Path:
        """Exists while the services were asked to stay without a supervisor."""
        return self.var / "services.keep"

    @property
    def processes(self) -> Path:
        return self.var / "processes.json"

    @property
    def services(self) -> Path:
        """Addresses of the private services, for commands started without the supervisor."""
        return self.var / "services.json"

    @property
    def cluster_is_elsewhere(self) -> bool:
        return self.cluster.is_relative_to(self.fallback)

    def make_folders(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True, mode=0o711)
        for folder in (self.logs, self.redis_data):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o711)

    def remove_short_lived(self) -> None:
        """Remove a socket folder that lies outside VAR_DIR; nothing else is kept there."""
        if self.sockets != self.var / "run":
            shutil.rmtree(self.sockets, ignore_errors=True)


def layout_of(var: Path | None = None) -> Layout:
    """Return the layout of this checkout's VAR_DIR (a folder made here is passable by others)."""
    var = var or env.var_dir()
    var.mkdir(parents=True, exist_ok=True, mode=0o711)
    digest = hashlib.sha256(str(var).encode()).hexdigest()[:10]
    fallback = Path("/var/tmp") / f"controlcenter-{digest}"  # noqa: S108 - survives a reboot, passable
    identity = postgres_identity()
    closed = identity is not None and not reachable_by(identity, var)
    sockets = var / "run"
    if closed:
        sockets = fallback / "run"
    elif len(os.fsencode(sockets / LONGEST_SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        sockets = Path(runtime) / f"controlcenter-{digest}"
    return Layout(
        base=env.BASE_DIR,
        var=var,
        sockets=sockets,
        cluster=(fallback if closed else var) / "postgres",
        fallback=fallback,
    )
