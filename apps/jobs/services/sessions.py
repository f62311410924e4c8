"""Worker sessions: one row a process, owner of its leases."""

import os
import socket
import uuid
from collections.abc import Sequence

from django.db.models.functions import Now

from apps.jobs.models import WorkerSession


def session_open(classes: Sequence[str], *, versions: dict[str, str] | None = None) -> str:
    """Register this process and return its id."""
    session = WorkerSession.objects.create(
        id=uuid.uuid4(),
        host=socket.gethostname(),
        pid=os.getpid(),
        resource_class=",".join(classes)[:60],
        started_at=Now(),
        heartbeat_at=Now(),
        versions=versions or {},
    )
    return str(session.pk)


def session_beat(session: str) -> bool:
    """Note that the process lives; returns whether it was asked to drain."""
    WorkerSession.objects.filter(pk=session).update(heartbeat_at=Now())
    return bool(WorkerSession.objects.filter(pk=session, draining=True).exists())


def session_close(session: str) -> None:
    WorkerSession.objects.filter(pk=session).update(ended_at=Now(), draining=True)
