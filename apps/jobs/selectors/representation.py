"""Jobs and runs in the words of the API."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from apps.core.errors import InvalidInput
from apps.jobs.domain import INTERNAL_KERNELS
from apps.jobs.enums import Executor, RunState
from apps.jobs.models import Job, Run
from apps.jobs.selectors.rows import API_STATUS, run_latest, run_progress, run_status


def jobs_filtered(jobs: QuerySet[Job], given: Mapping[str, Any]) -> QuerySet[Job]:
    """Narrow a list of jobs by ``project``, ``status`` and ``workflow``."""
    try:
        if project := given.get("project"):
            jobs = jobs.filter(project_id=project)
    except (ValueError, ValidationError):
        return jobs.none()
    if workflow := given.get("workflow"):
        jobs = jobs.filter(workflow=workflow)
    if status := given.get("status"):
        states = _states_of(status)
        latest = Run.objects.order_by("job", "-number").distinct("job").values("pk")
        jobs = jobs.filter(runs__in=Run.objects.filter(pk__in=latest, state__in=states))
    return jobs


def _states_of(status: str) -> list[str]:
    states = [str(state) for state in RunState if API_STATUS.get(state, str(state)) == status]
    if not states:
        known = sorted({API_STATUS.get(state, str(state)) for state in RunState})
        raise InvalidInput(
            f"Status {status[:40]!r} is unknown.",
            errors={"status": [f"One of: {', '.join(known)}."]},
        )
    return states


def run_representation(run: Run) -> dict[str, Any]:
    """Return one attempt in the words of the API."""
    return {
        "id": str(run.pk),
        "number": run.number,
        "status": run_status(run),
        "wanted": run.wanted,
        "pause_reason": run.pause_reason,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "progress": run_progress(run),
        "error": run.error,
    }


def job_representation(job: Job) -> dict[str, Any]:
    """Return a job in the words of the API; ids are strings."""
    run = run_latest(job)
    outputs = run.outputs
    return {
        "id": str(job.pk),
        "project": str(job.project_id),
        "workflow": job.workflow,
        "status": run_status(run),
        "progress": run_progress(run),
        "runs": [run_representation(row) for row in sorted(job.runs.all(), key=_number)],
        "outputs": {
            "layers": list(outputs.get("layers", [])),
            "model_version": outputs.get("model_version"),
            "assessment": outputs.get("assessment"),
        },
        "warnings": list(run.warnings),
        "error": run.error,
        "estimate": job.estimate,
        "parameters": job.spec.get("parameters", {}),
        "created_at": job.created_at,
        "created_by": str(job.created_by_id),
    }


def job_detail_representation(job: Job) -> dict[str, Any]:
    """Return a job as its own page shows it: with what its last step reported."""
    return job_representation(job) | {"result": run_result(run_latest(job))}


def run_result(run: Run) -> dict[str, Any] | None:
    """Return what the last control step reported (an import: row by row), None without one."""
    steps = run.steps.filter(executor=Executor.CONTROL).exclude(kernel__in=INTERNAL_KERNELS)
    report = steps.order_by("-ordinal").values_list("report", flat=True).first()
    return {name: value for name, value in (report or {}).items() if name != "advice"} or None


def _number(run: Run) -> int:
    return run.number
