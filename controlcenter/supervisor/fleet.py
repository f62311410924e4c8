"""Which processes make up the system, in the order in which they start."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from controlcenter.supervisor.layout import Layout
from controlcenter.supervisor.managed import Managed

COMPUTE_QUEUES = "cpu,mem,io,ingest,live"
COMPUTE_GRACE_SECONDS = 30.0  # a worker ends its block or gives its lease back within 5 s


def worker_count() -> int:
    return int(os.environ.get("WORKERS") or os.cpu_count() or 1)


def _remove_socket(path: Path) -> None:
    path.unlink(missing_ok=True)


def web(layout: Layout, environment: Mapping[str, str], *, host: str, port: int) -> Managed:
    """The only process that listens on a port."""
    return Managed(
        name="web",
        command=[
            *(sys.executable, "-m", "uvicorn", "controlcenter.asgi:application"),
            *("--host", host, "--port", str(port), "--lifespan", "off"),
            *("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5"),
        ],
        environment=environment,
        folder=layout.base,
        log=layout.logs / "web.log",
    )


def tiler(layout: Layout, environment: Mapping[str, str]) -> Managed:
    socket = layout.tiler_socket
    return Managed(
        name="tiler",
        command=[
            *(sys.executable, "-m", "uvicorn", "workers.tiler.app:app", "--uds", str(socket)),
            *("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5"),
        ],
        environment=environment,
        folder=layout.base,
        log=layout.logs / "tiler.log",
        on_start=lambda: _remove_socket(socket),
    )


def compute(layout: Layout, environment: Mapping[str, str]) -> Managed:
    return _celery(
        layout,
        environment,
        name="compute",
        arguments=("-Q", COMPUTE_QUEUES, "-c", str(worker_count())),
        grace_seconds=COMPUTE_GRACE_SECONDS,
    )


def control(layout: Layout, environment: Mapping[str, str]) -> Managed:
    """Planning, closing and the reconciler's tick; beat runs inside it."""
    return _celery(
        layout,
        environment,
        name="control",
        arguments=("-Q", "control", "-c", "1", "-B", "-s", str(layout.var / "beat")),
        grace_seconds=10.0,
    )


def _celery(
    layout: Layout,
    environment: Mapping[str, str],
    *,
    name: str,
    arguments: tuple[str, ...],
    grace_seconds: float,
) -> Managed:
    return Managed(
        name=name,
        command=[
            *(sys.executable, "-m", "celery", "-A", "controlcenter", "worker"),
            *("-n", f"{name}@%h", "-P", "prefork", "-l", "INFO"),
            *("--without-gossip", "--without-mingle", *arguments),
        ],
        environment=environment,
        folder=layout.base,
        log=layout.logs / f"{name}.log",
        grace_seconds=grace_seconds,
    )


def command(layout: Layout, environment: Mapping[str, str], *arguments: str, name: str) -> Managed:
    """A management command in the background, at the lowest priority, run once."""
    return Managed(
        name=name,
        command=[sys.executable, "manage.py", *arguments],
        environment=environment,
        folder=layout.base,
        log=layout.logs / f"{name}.log",
        niceness=19,
        once=True,
    )
