"""How a run is worked off: Step (stage), Chunk (unit of lease), Block (unit of accounting)."""

from django.contrib.gis.db import models
from django.db.models import Q

from apps.core.models import Entity
from apps.jobs.enums import (
    BlockState,
    ChunkKind,
    ChunkState,
    Executor,
    ResourceClass,
    StepScope,
    StepState,
)


class Step(Entity):
    """A stage of a run. ``params`` never change after planning; ``params_sha`` guards commits."""

    run = models.ForeignKey("jobs.Run", on_delete=models.CASCADE, related_name="steps")
    ordinal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=200, blank=True, default="")
    kernel = models.CharField(max_length=100)
    executor = models.CharField(max_length=8, choices=Executor.choices)
    scope = models.CharField(max_length=8, choices=StepScope.choices)
    resource_class = models.CharField(max_length=8, choices=ResourceClass.choices)
    block_px = models.PositiveIntegerField(default=0)
    params = models.JSONField(default=dict)
    params_sha = models.CharField(max_length=64)
    depends_on = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.WAITING)
    n_chunks = models.PositiveIntegerField(default=0)
    n_blocks = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["run", "ordinal"], name="step_ordinal_unique"),
            models.UniqueConstraint(fields=["run", "name"], name="step_name_unique"),
            models.CheckConstraint(
                condition=Q(state__in=StepState.values), name="step_state_known"
            ),
            models.CheckConstraint(
                condition=Q(executor__in=Executor.values), name="step_executor_known"
            ),
        ]


class Chunk(models.Model):
    """Neighbouring blocks leased together; ``epoch`` rises at each claim and cancel."""

    id = models.BigAutoField(primary_key=True)
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="chunks")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ChunkKind.choices, default=ChunkKind.BLOCKS)
    resource_class = models.CharField(max_length=8, choices=ResourceClass.choices)
    priority = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=ChunkState.choices, default=ChunkState.PENDING)
    epoch = models.BigIntegerField(default=0)
    lease_owner = models.ForeignKey(
        "jobs.WorkerSession", on_delete=models.PROTECT, null=True, related_name="+"
    )
    lease_until = models.DateTimeField(null=True)
    lapses = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    n_blocks = models.PositiveIntegerField(default=0)
    n_settled = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0)
    n_reused = models.PositiveIntegerField(default=0)
    n_skipped = models.PositiveIntegerField(default=0)
    n_degraded = models.PositiveIntegerField(default=0)
    n_quarantined = models.PositiveIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["step", "resource_class", "priority", "seq"],
                name="chunk_pending",
                condition=Q(state="pending"),
            ),
            models.Index(fields=["lease_until"], name="chunk_leased", condition=Q(state="leased")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["step", "seq"], name="chunk_seq_unique"),
            models.UniqueConstraint(
                fields=["step"], name="chunk_one_closing", condition=Q(kind="closing")
            ),
            models.CheckConstraint(
                condition=Q(state__in=ChunkState.values), name="chunk_state_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="leased", lease_owner__isnull=False, lease_until__isnull=False)
                    | (~Q(state="leased") & Q(lease_owner__isnull=True, lease_until__isnull=True))
                ),
                name="chunk_leased_has_owner",
            ),
        ]


class Block(models.Model):
    """One cell of the grid in one step: counted once. There is no state "running" here."""

    pk = models.CompositePrimaryKey("step_id", "iy", "ix")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="blocks", db_index=False)
    iy = models.IntegerField()
    ix = models.IntegerField()
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, related_name="blocks")
    state = models.CharField(max_length=12, choices=BlockState.choices, default=BlockState.PENDING)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    fail_count = models.PositiveSmallIntegerField(default=0)
    error_class = models.CharField(max_length=20, blank=True, default="")
    error_signature = models.CharField(max_length=500, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    result = models.ForeignKey(
        "jobs.Result", on_delete=models.PROTECT, null=True, related_name="blocks"
    )
    reused = models.BooleanField(default=False)
    done_epoch = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BlockState.values), name="block_state_known"
            )
        ]
