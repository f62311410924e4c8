"""Whether the private database was already prepared by exactly this code.

The mark is a comment on the database itself, so it is gone with the database and never outlives a
restore. A start that finds its mark saves the import of Django and the whole comparison of tables.
"""

import hashlib
from pathlib import Path

from controlcenter.supervisor.postgres import Cluster

SOURCES = ("apps", "controlcenter", "workers")


def code_mark(base: Path, *, demo: bool) -> str:
    """Return a fingerprint of all sources (Python and SQL) and of the switch for demo log-ins."""
    digest = hashlib.sha256(f"demo={demo}".encode())
    for folder in SOURCES:
        for path in sorted((base / folder).rglob("*")):
            if path.suffix in {".py", ".sql"}:
                digest.update(path.relative_to(base).as_posix().encode())
                digest.update(path.read_bytes())
    return f"prepared by {digest.hexdigest()}"


def is_marked(cluster: Cluster | None, mark: str) -> bool:
    """Databases given by address are always prepared: others may have changed them."""
    return cluster is not None and cluster.comment() == mark


def set_mark(cluster: Cluster | None, mark: str) -> None:
    if cluster is not None:
        cluster.set_comment(mark)
