"""Registering what a training step made."""

from typing import Any

from django.db import transaction

from apps.catalog.selectors import selection_by_id
from apps.jobs.models import Step
from apps.jobs.selectors import reports_of, results_of
from apps.jobs.services import run_output_add, run_warning_add
from apps.modelling.selectors import feature_set_by_id, model_version_of_job
from apps.modelling.services import model_version_register
from apps.orchestration.domain.tables import dropped_texts
from apps.orchestration.services.imagery import imagery_check
from apps.quality.services import assessment_create_from_cv
from apps.samples.selectors import sample_set_version_by_id


@transaction.atomic
def model_register(step: Step) -> dict[str, Any]:
    """Write the model version and its cross-validated accuracy; once per job and forest."""
    imagery_check(step)
    run = step.run
    spec = run.job.spec
    resolved, given = spec["frozen"], spec["parameters"]
    (_, _, objects) = results_of("train", run)[0]
    (_, _, report) = reports_of("train", run)[0]
    version = model_version_of_job(run.job_id, forest_sha256=objects["forest"].sha256)
    if version is None:
        version = model_version_register(
            project=run.job.project,
            run=run,
            report=report,
            objects=objects,
            feature_set=feature_set_by_id(resolved["feature_set"]["id"]),
            sample_set_version=sample_set_version_by_id(resolved["sample_set_version"]),
            scene_selection=selection_by_id(resolved["scene_selection"]),
            classifier=given["classifier"],
            hyperparameters=given.get("hyperparameters") or {},
            seed=given["seed"],
            season=resolved["season"],
            name=resolved["model_name"],
        )
        assessment_create_from_cv(
            model_version=version,
            run=run,
            report=report,
            predictions=objects.get("predictions"),
        )
    assessment = version.assessments.first()
    extraction = reports_of("extract", run)[0][2]
    for text in [*dropped_texts(extraction), *report.get("warnings", [])]:
        run_warning_add(run, text)
    run_output_add(
        run, model_version=str(version.pk), assessment=str(assessment.pk) if assessment else None
    )
    return {"model_version": str(version.pk)}
