"""Accuracy figures. Written once, with everything needed to judge them."""

from django.db import models

from apps.core.models import ProjectOwned
from apps.quality.enums import AssessmentKind


class AccuracyAssessment(ProjectOwned):
    """A confusion matrix with its estimates.

    ``classes`` are the codes of rows and columns; ``matrix`` has rows = map (or out-of-fold
    prediction), columns = reference. ``design`` says how samples were split or drawn and which
    interval was used.
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
