"""Reads: the files a job made, and the templates of parameters people keep."""

import json
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from apps.core.enums import Role
from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.core.storage import store_open
from apps.jobs.enums import StepState
from apps.jobs.models import Job
from apps.jobs.selectors import (
    job_status,
    job_visible_to,
    results_of,
    run_latest,
    step_counts,
)
from apps.orchestration.domain.advice import import_advice
from apps.orchestration.domain.tables import TABLE_FORMATS
from apps.orchestration.models import JobTemplate
from apps.projects.selectors import project_ids_of

IMPORT_STAGES = ("read", "probe", "apply")
MAX_ERRORS_SHOWN = 200
IMPORT_COUNTS = (
    "created", "updated", "unchanged", "flagged", "skipped", "scenes", "references", "statics",
)  # fmt: skip


def job_table(job: Job, form: str) -> tuple[Path, str]:
    """Return (file, media type) of the table that ``extract_samples`` made.

    Raises:
        InvalidInput: the format is unknown. Conflict: the job has no such table.
    """
    if form not in TABLE_FORMATS:
        text = f"known: {', '.join(TABLE_FORMATS)}."
        raise InvalidInput(f"Format {form[:40]!r} is unknown; {text}", errors={"format": [text]})
    role, media_type = TABLE_FORMATS[form]
    found = results_of("extract", run_latest(job)) if job.workflow == "extract_samples" else []
    files = [objects[role] for _, _, objects in found if role in objects]
    if not files:
        raise Conflict(
            f"Job {job.pk} ({job.workflow}, {job_status(job)}) has no table to download.",
            advice="Tables are made by finished jobs of extract_samples.",
        )
    return store_open().path(files[0].object_key), media_type


def inspection_job(user: Any, sample_set: Any, job_id: Any) -> Job:
    """Return the look into a file that was to go into this set.

    Whoever sent the file sees what is in it; of others only a manager, since a file of validation
    samples holds their labels. Raises NotFound otherwise.
    """
    found = job_visible_to(user).filter(
        pk=job_id, workflow="inspect_samples", project=sample_set.project_id
    )
    job = found.first()
    here = job is not None and job.spec["parameters"]["target"] == str(sample_set.pk)
    if job is None or not here or not _is_open(job, user):
        raise NotFound(f"Sample set {sample_set.pk} has no inspection {job_id}.")
    return job


def inspection_of(job: Job) -> dict[str, Any]:
    """Return how far a look into a file is, and what was found once it has ended."""
    run = run_latest(job)
    found = results_of("inspect", run)
    objects = found[0][2] if found else {}
    text = store_open().read_bytes(objects["inspection"].object_key) if objects else b"null"
    return {
        "job": str(job.pk),
        "status": job_status(job),
        "file_name": job.spec["parameters"]["file_name"],
        "inspection": json.loads(text),
        "error": run.error,
    }


def _is_open(job: Job, user: Any) -> bool:
    managed = project_ids_of(user, at_least=Role.MANAGER).filter(project_id=job.project_id)
    return job.created_by_id == user.pk or managed.exists()


def job_templates_visible_to(user: Any) -> QuerySet[JobTemplate]:
    """Return the templates of the caller's projects."""
    rows = JobTemplate.objects.filter(project__in=project_ids_of(user))
    return rows.select_related("created_by").order_by("workflow", "name", "id")


def job_template_default(project: Any, workflow: str) -> JobTemplate | None:
    """Return what the form of a workflow begins with in a project, if anything."""
    return JobTemplate.objects.filter(project=project, workflow=workflow, is_default=True).first()


def import_progress(job: Job) -> dict[str, Any]:
    """Return what an import of a catalogue has found and done so far.

    ``stage`` is ``read`` (documents), ``probe`` (rasters) or ``apply`` (rows); ``rasters`` counts
    parts of 500 files. Counts are null until known.
    """
    run = run_latest(job)
    steps = {step.name: step for step in run.steps.all()}
    read, applied = (_report(steps.get(name)) for name in ("read", "apply"))
    probe = steps.get("probe")
    stage = next((name for name in IMPORT_STAGES if not _is_done(steps.get(name))), "apply")
    return {
        "job": str(job.pk),
        "href": job.spec["parameters"]["href"],
        "status": job_status(job),
        "stage": stage,
        "items": read.get("items"),
        "files": read.get("assets"),
        "rasters": step_counts(probe) if probe and read.get("items") is not None else None,
        "counts": {name: applied.get(name) for name in IMPORT_COUNTS},
        "collections": applied.get("collections", []),
        "error_count": applied.get("error_count"),
        "errors": _error_list(applied),
        "error": run.error,
    }


def _report(step: Any) -> dict[str, Any]:
    return dict(step.report or {}) if step is not None else {}


def _is_done(step: Any) -> bool:
    return step is not None and step.state == StepState.DONE


def _error_list(applied: dict[str, Any]) -> list[Any]:
    found = applied.get("errors")
    rows = found[:MAX_ERRORS_SHOWN] if isinstance(found, list) else []
    return [row | {"advice": import_advice(str(row.get("message", "")))} for row in rows]
