"""Reads: the files a job made, and the templates of parameters people keep."""

from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from apps.core.errors import Conflict, InvalidInput
from apps.core.storage import store_open
from apps.jobs.models import Job
from apps.jobs.selectors import job_status, results_of, run_latest
from apps.orchestration.domain.tables import TABLE_FORMATS
from apps.orchestration.models import JobTemplate
from apps.projects.selectors import project_ids_of


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


def job_templates_visible_to(user: Any) -> QuerySet[JobTemplate]:
    """Return the templates of the caller's projects."""
    rows = JobTemplate.objects.filter(project__in=project_ids_of(user))
    return rows.select_related("created_by").order_by("workflow", "name", "id")


def job_template_default(project: Any, workflow: str) -> JobTemplate | None:
    """Return what the form of a workflow begins with in a project, if anything."""
    return JobTemplate.objects.filter(project=project, workflow=workflow, is_default=True).first()
