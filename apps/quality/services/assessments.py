"""Writes: accuracy figures, once, by the run that found them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.services import audit_record
from apps.quality.enums import AssessmentKind
from apps.quality.models import AccuracyAssessment


@transaction.atomic
def assessment_create_from_cv(
    *, model_version: Any, run: Any, report: Mapping[str, Any], predictions: Any = None
) -> AccuracyAssessment:
    """Write the cross-validated accuracy of a model version from its training report.

    ``predictions``: the stored object that lists the samples of every cell.
    """
    found = report["assessment"]
    row = AccuracyAssessment.objects.create(
        project=model_version.project,
        kind=AssessmentKind.SPATIAL_CV,
        model_version=model_version,
        run=run,
        classes=found["classes"],
        matrix=found["matrix"],
        overall_accuracy=found["overall_accuracy"],
        per_class=found["per_class"],
        design=found.get("design") or report.get("folds") or {},
        predictions_key=predictions.object_key if predictions else "",
        predictions_sha256=predictions.sha256 if predictions else "",
    )
    audit_record(
        actor=getattr(getattr(run, "job", None), "created_by", None),
        action="assessment.create",
        obj=row,
        project=model_version.project,
        after={"matrix": row.matrix, "classes": row.classes},
    )
    return row
