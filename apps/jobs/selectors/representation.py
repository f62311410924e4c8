"""Jobs and runs in the words of the API."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.core.errors import InvalidInput
from apps.jobs.domain import INTERNAL_KERNELS
from apps.jobs.enums import TERMINAL_STATES, Executor, RunState
from apps.jobs.models import Job, Run
from apps.jobs.selectors.rows import (
    API_STATUS,
    run_counters,
    run_latest,
    run_progress,
    run_status,
)

STATUS_GROUPS: dict[str, Callable[[RunState], bool]] = {
    "open": lambda state: state not in TERMINAL_STATES,
    "failed": lambda state: state in (RunState.ERROR, RunState.FINISHED_WITH_ERRORS),
}


def jobs_filtered(jobs: QuerySet[Job], given: Mapping[str, Any]) -> QuerySet[Job]:
    """Narrow a list of jobs.

    ``project``, ``workflow``, ``status`` (one of the API's, or ``open``, ``failed``), ``person``
    (a username), ``after`` and ``before`` (dates of the launch, both included), ``q`` (words in
    workflow, person, cause of failure, or the beginning of an id).
    """
    try:
        if project := given.get("project"):
            jobs = jobs.filter(project_id=project)
    except (ValueError, ValidationError):
        return jobs.none()
    if workflow := given.get("workflow"):
        jobs = jobs.filter(workflow=workflow)
    if person := given.get("person"):
        jobs = jobs.filter(created_by__username=person)
    if after := _date_of(given, "after"):
        jobs = jobs.filter(created_at__date__gte=after)
    if before := _date_of(given, "before"):
        jobs = jobs.filter(created_at__date__lte=before)
    for word in (given.get("q") or "").split()[:5]:
        jobs = jobs.filter(_word(word))
    if status := given.get("status"):
        jobs = jobs.annotate(state=run_state_latest()).filter(state__in=states_of(status))
    return jobs


def run_state_latest() -> Subquery:
    """Return the state of a job's latest run, to annotate jobs with."""
    runs = Run.objects.filter(job=OuterRef("pk")).order_by("-number")
    return Subquery(runs.values("state")[:1])


def _word(word: str) -> Q:
    person = Q(created_by__username__icontains=word) | Q(created_by__first_name__icontains=word)
    person |= Q(created_by__last_name__icontains=word)
    failed = Run.objects.filter(job=OuterRef("pk"), error__message__icontains=word)
    titled = Q(workflow__icontains=word) | Q(pk__startswith=word.lower())
    return titled | person | Q(Exists(failed))


def _date_of(given: Mapping[str, Any], name: str) -> date | None:
    text = given.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        told = f"{name} is not a date as 2026-03-31."
        raise InvalidInput(told, errors={name: [told]}) from error


def states_of(status: str) -> list[str]:
    """Return the states of runs behind a status of the API, or behind ``open`` or ``failed``."""
    if status in STATUS_GROUPS:
        return [str(state) for state in RunState if STATUS_GROUPS[status](state)]
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
        "counters": run_counters(run),
        "priority": run.priority,
        "overrides": run.overrides,
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
        "priority": run.priority,
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
