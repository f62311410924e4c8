"""Under whose name PostgreSQL runs: it refuses root, so root lends it the user ``postgres``."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from controlcenter.supervisor.errors import SupervisorError

ACCOUNTS = ("postgres", "nobody")


class PopenIdentity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Identity:
    name: str
    uid: int
    gid: int

    def popen(self) -> PopenIdentity:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def postgres_identity() -> Identity | None:
    """Return the account to lend when this process is root, else None (run as oneself)."""
    if os.getuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(name, entry.pw_uid, entry.pw_gid)
    raise SupervisorError(
        "PostgreSQL refuses to run as root and this system has no user 'postgres'. "
        "Create one (useradd --system postgres) or start as an ordinary user."
    )


def popen_identity(identity: Identity | None) -> PopenIdentity:
    return identity.popen() if identity else {}


def reachable_by(identity: Identity, folder: Path) -> bool:
    """Return whether that account can enter the folder (a parent of mode 0700 closes it)."""
    probe = subprocess.run(["test", "-x", str(folder)], cwd="/", check=False, **identity.popen())
    return probe.returncode == 0


def hand_over(folder: Path, identity: Identity | None) -> None:
    """Make a private folder, owned by the account that will use it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if identity:
        os.chown(folder, identity.uid, identity.gid)
