"""Reads that join a job to the files it made."""

from pathlib import Path

from apps.core.errors import Conflict, InvalidInput
from apps.core.storage import store_open
from apps.jobs.models import Job
from apps.jobs.selectors import job_status, results_of, run_latest
from apps.orchestration.domain.tables import TABLE_FORMATS


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
