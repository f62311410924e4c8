"""The Celery application: starts and supervises processes; messages are doorbells."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlcenter.settings.dev")

RECONCILE_SECONDS = 3.0
SWEEP_SECONDS = 3600.0

app = Celery("controlcenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "reconcile": {
        "task": "orchestration.tasks.reconcile",
        "schedule": RECONCILE_SECONDS,
        "options": {"queue": "control", "expires": RECONCILE_SECONDS * 3},
    },
    "sweep": {
        "task": "orchestration.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"queue": "control", "expires": 600},
    },
}
app.autodiscover_tasks()


@signals.worker_process_init.connect
def process_begins(**_: Any) -> None:
    """A forked pool process must not share its parent's connections."""
    from apps.orchestration.services.process import worker_process_begin

    worker_process_begin()


@signals.worker_process_shutdown.connect
def process_ends(**_: Any) -> None:
    from apps.orchestration.services.process import worker_process_end

    worker_process_end()


@signals.worker_shutting_down.connect
def shutdown_begins(**_: Any) -> None:
    """Drains of the pool give their leases back within seconds."""
    from apps.orchestration.services.worker_session import drain_request

    drain_request()
