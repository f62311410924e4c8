"""Accuracy figures, written once, and the remarks that people pin to a map."""

from django.conf import settings
from django.contrib.gis.db import models

from apps.core.models import ProjectOwned
from apps.quality.enums import AssessmentKind, RemarkEventKind, RemarkSeverity, RemarkStatus


class AccuracyAssessment(ProjectOwned):
    """A confusion matrix with its estimates.

    ``classes`` are the codes of rows and columns; ``matrix`` has rows = map (or out-of-fold
    prediction), columns = reference. ``design`` says how samples were split or drawn and which
    interval was used. ``predictions_key`` names the object that lists the reference samples of
    every cell of the matrix.
    """

    kind = models.CharField(max_length=16, choices=AssessmentKind.choices)
    model_version = models.ForeignKey(
        "modelling.ModelVersion",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="assessments",
    )
    layer = models.ForeignKey(
        "layers.Layer",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="assessments",
    )
    run = models.ForeignKey(
        "jobs.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    classes = models.JSONField()
    matrix = models.JSONField()
    overall_accuracy = models.JSONField()
    per_class = models.JSONField()
    design = models.JSONField(default=dict)
    predictions_key = models.CharField(max_length=120, blank=True)
    predictions_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AssessmentKind.values),
                name="quality_assessment_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(model_version__isnull=False) | models.Q(layer__isnull=False),
                name="quality_assessment_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Remark(ProjectOwned):
    """Something on the map that a person wants looked at.

    ``number`` counts within the project, so that people can talk of remark 12. ``geometry`` is a
    point or a polygon in EPSG:4326. ``release`` is the state of the layer that was looked at.
    A deleted remark keeps its row and its history.
    """

    number = models.PositiveIntegerField()
    geometry = models.GeometryField(srid=4326)
    text = models.TextField()
    status = models.CharField(
        max_length=12, choices=RemarkStatus.choices, default=RemarkStatus.OPEN
    )
    severity = models.CharField(
        max_length=8, choices=RemarkSeverity.choices, default=RemarkSeverity.MINOR
    )
    layer = models.ForeignKey(
        "layers.Layer", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    release = models.ForeignKey(
        "layers.LayerRelease", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    due = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="remark_number_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=RemarkStatus.values), name="remark_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=RemarkSeverity.values),
                name="remark_severity_known",
            ),
        ]
        indexes = [models.Index(fields=["project", "status"], name="remark_by_status")]

    def __str__(self) -> str:
        return f"remark {self.number}"


class RemarkEvent(ProjectOwned):
    """One step of a remark's life, never changed. ``changes``: {field: [before, after]}."""

    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=RemarkEventKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    comment = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    revision = models.PositiveIntegerField()

    class Meta:
        ordering = ("created_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RemarkEventKind.values),
                name="remark_event_kind_known",
            )
        ]
