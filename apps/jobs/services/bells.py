"""Doorbells: a message says "there is work of class X", never which work."""

import logging

from celery import current_app
from django.db import connection
from django.utils import timezone

from apps.jobs.models import Bell

log = logging.getLogger(__name__)
DRAIN_TASK = "orchestration.tasks.drain"
BELL_EXPIRES_SECONDS = 30


def bell_ring(resource_class: str, *, hint: int = 0, count: int = 1) -> bool:
    """Ring for a class; a broker that is away costs latency only, so failure is only logged.

    The rows come before the messages: an idle worker answers within milliseconds, and a row
    written after its answer would look unheard and keep the next bell from being rung.
    """
    now = timezone.now()
    rows = Bell.objects.bulk_create(
        Bell(resource_class=resource_class, rung_at=now) for _ in range(count)
    )
    try:
        _send(resource_class, hint=hint, count=count)
    except Exception as error:  # noqa: BLE001  (kombu raises whatever its transport raises)
        log.warning("The bell for class %s could not be rung: %s", resource_class, error)
        Bell.objects.filter(pk__in=[row.pk for row in rows], answered_at__isnull=True).delete()
        return False
    return True


def _send(resource_class: str, *, hint: int, count: int) -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
        for _ in range(count):
            current_app.send_task(
                DRAIN_TASK,
                args=[resource_class, hint],
                queue=resource_class,
                expires=BELL_EXPIRES_SECONDS,
                retry=False,
                ignore_result=True,
                connection=broker,
            )


def bell_answer(resource_class: str) -> None:
    """Note that somebody heard: one unanswered bell of the class is answered.

    A bell whose message has expired is past answering. Were it answered in place of a fresh
    one, the fresh one would look unheard, and so on for every bell to come.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_bell SET answered_at = clock_timestamp() WHERE id = ("
            " SELECT id FROM jobs_bell WHERE resource_class = %s AND answered_at IS NULL"
            " AND rung_at > clock_timestamp() - make_interval(secs => %s)"
            " ORDER BY rung_at LIMIT 1 FOR UPDATE SKIP LOCKED)",
            [resource_class, BELL_EXPIRES_SECONDS],
        )
