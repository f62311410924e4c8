"""What was asked (Job), each attempt at it (Run) and its sums (RunCounter)."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT

from apps.core.models import Entity, ProjectOwned
from apps.jobs.enums import TERMINAL_STATES, PauseReason, RunState, Wanted


class Job(ProjectOwned):
    """A submitted workflow; its status is that of its latest run. ``spec`` never changes."""

    workflow = models.CharField(max_length=100)
    spec = models.JSONField()
    spec_sha = models.CharField(max_length=64)
    estimate = models.JSONField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    body_sha = models.CharField(max_length=64)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["project", "-created_at"]),
            models.Index(F("project"), KT("spec__aoi"), F("created_at").desc(), name="job_by_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "idempotency_key"], name="job_key_unique_in_project"
            )
        ]


class Run(Entity):
    """One attempt. ``wanted`` is the user's will; only the reconciler moves ``state``."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="runs")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    code_version = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=24, choices=RunState.choices, default=RunState.PLANNING)
    wanted = models.CharField(max_length=8, choices=Wanted.choices, default=Wanted.RUN)
    pause_reason = models.CharField(
        max_length=20, choices=PauseReason.choices, default="", blank=True
    )
    urgent = models.BooleanField(default=False)
    priority = models.IntegerField(default=0)
    deadline = models.DateTimeField(null=True, blank=True)
    max_parallel = models.PositiveIntegerField(null=True, blank=True)
    rank = models.IntegerField(default=0)
    overrides = models.JSONField(default=dict, blank=True)
    invariant_report = models.JSONField(null=True, blank=True)
    actual = models.JSONField(default=dict, blank=True)
    outputs = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    error = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["job", "number"]
        indexes = [
            models.Index(
                fields=["state"],
                name="run_live",
                condition=~Q(state__in=sorted(TERMINAL_STATES)),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="run_number_unique_in_job"),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_known"),
            models.CheckConstraint(condition=Q(wanted__in=Wanted.values), name="run_wanted_known"),
        ]

    @property
    def is_terminal(self) -> bool:
        return self.state in TERMINAL_STATES


class RunCounter(models.Model):
    """Sums of a run, derived from its chunks; apart from Run so that claims may share-lock Run."""

    run = models.OneToOneField(
        Run, on_delete=models.CASCADE, primary_key=True, related_name="counter"
    )
    planned = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    reused = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    degraded = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    waived = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    core_seconds = models.FloatField(default=0)
    rate = models.FloatField(default=0)
    job_sent_at = models.DateTimeField(null=True)
    project_sent_at = models.DateTimeField(null=True)
    event_mark = models.BigIntegerField(default=0)
    sent = models.JSONField(default=dict)
