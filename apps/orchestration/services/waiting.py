"""Waiting for a job on the command line; where no worker runs, working it off right here."""

import time
from collections.abc import Callable

from apps.core.errors import Conflict
from apps.jobs.models import Job
from apps.jobs.selectors import (
    job_by_id,
    job_status,
    run_latest,
    run_progress,
    worker_sessions_alive,
)
from apps.orchestration.services.drain import drain_local

POLL_SECONDS = 1.0
OK = ("finished", "finished_with_errors")


def job_wait(job: Job, *, report: Callable[[str], None]) -> Job:
    """Return the job when its latest run has ended.

    Raises:
        Conflict: the run ended without a result; the message is the job's error.
    """
    told = ""
    while not run_latest(job).is_terminal:
        if not worker_sessions_alive():
            drain_local(until_idle=True)
        else:
            time.sleep(POLL_SECONDS)
        job = job_by_id(job.pk) or job
        progress = run_progress(run_latest(job))
        line = f"{job_status(job)}: {progress['done']} of {progress['total']}"
        if line != told:
            report(line)
            told = line
    if job_status(job) not in OK:
        error = run_latest(job).error or {}
        raise Conflict(
            f"Job {job.pk} ended as {job_status(job)}: {error.get('message', 'no message')}",
            advice=str(error.get("advice", "")),
        )
    return job
