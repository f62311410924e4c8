"""Who works (WorkerSession, Slot, Bell) and what happened (JobEvent, Outbox)."""

import uuid

from django.contrib.gis.db import models
from django.db.models import Q

from apps.jobs.enums import EventKind, ResourceClass, SlotScope


class WorkerSession(models.Model):
    """One worker process; leases name it as their owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    resource_class = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    versions = models.JSONField(default=dict)
    draining = models.BooleanField(default=False)


class Bell(models.Model):
    """A rung doorbell, so that the reconciler never rings too often."""

    id = models.BigAutoField(primary_key=True)
    resource_class = models.CharField(max_length=8, choices=ResourceClass.choices)
    rung_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["resource_class", "rung_at"],
                name="bell_unanswered",
                condition=Q(answered_at__isnull=True),
            )
        ]


class Slot(models.Model):
    """A right to hold one lease; the rows are the parallelism, held by row locks."""

    pk = models.CompositePrimaryKey("scope", "scope_id", "n")
    scope = models.CharField(max_length=12, choices=SlotScope.choices)
    scope_id = models.UUIDField()
    n = models.PositiveIntegerField()
    chunk = models.ForeignKey(
        "jobs.Chunk", on_delete=models.SET_NULL, null=True, related_name="slots"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "chunk"], name="slot_chunk_unique")]


class JobEvent(models.Model):
    """History of a run, append-only; read by the page, by support and by the checker."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    run = models.ForeignKey(
        "jobs.Run",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    step = models.UUIDField(null=True)
    chunk = models.BigIntegerField(null=True)
    epoch = models.BigIntegerField(null=True)
    iy = models.IntegerField(null=True)
    ix = models.IntegerField(null=True)
    session = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="event_by_run")]


class Outbox(models.Model):
    """One message of a live stream; the row is the truth, the socket message a hint."""

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=20)
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="outbox_by_age")]
