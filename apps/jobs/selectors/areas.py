"""Jobs as a production map needs them: newest of an area, under way, failed. Few queries each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT

from apps.jobs.enums import TERMINAL_STATES, BlockState, RunState
from apps.jobs.models import Block, Job, Run
from apps.jobs.selectors.rows import API_STATUS, job_visible_to

MAX_FAILED_RUNS = 200
NEVER = datetime.min.replace(tzinfo=UTC)
NEWEST = """
SELECT area.id, job.id, job.workflow, run.state, coalesce(counter.quarantined, 0)
FROM unnest(%s::uuid[]) AS area(id)
CROSS JOIN LATERAL (
    SELECT id, workflow FROM jobs_job
    WHERE project_id = %s AND (spec ->> 'aoi') = area.id::text
    ORDER BY created_at DESC LIMIT 1
) AS job
CROSS JOIN LATERAL (
    SELECT id, state FROM jobs_run WHERE job_id = job.id ORDER BY number DESC LIMIT 1
) AS run
LEFT JOIN jobs_runcounter AS counter ON counter.run_id = run.id
"""

NEWEST_OF_UNITS = """
SELECT DISTINCT ON (unit.id) unit.id, job.id, job.workflow, run.state,
       coalesce(counter.quarantined, 0)
FROM jobs_job AS job
CROSS JOIN LATERAL jsonb_array_elements_text(job.spec -> 'units') AS unit(id)
CROSS JOIN LATERAL (
    SELECT id, state FROM jobs_run WHERE job_id = job.id ORDER BY number DESC LIMIT 1
) AS run
LEFT JOIN jobs_runcounter AS counter ON counter.run_id = run.id
WHERE job.project_id = %s AND jsonb_typeof(job.spec -> 'units') = 'array'
ORDER BY unit.id, job.created_at DESC
"""


@dataclass(frozen=True)
class AreaJob:
    """The newest job of an area or unit; ``status`` of its latest run, in the API's words."""

    job: str
    workflow: str
    status: str
    failed: int


@dataclass(frozen=True)
class FailureRow:
    """What failed in one run for one reason; ``blocks`` is 0 when the whole job did."""

    job: str
    workflow: str
    aoi: str | None
    ended: bool
    error_class: str
    signature: str
    message: str
    advice: str
    blocks: int


def jobs_newest_by_area(project_id: Any, area_ids: Iterable[UUID]) -> dict[str, AreaJob]:
    """Return the newest job of each area that has one: one query over the index by area."""
    ids = list(area_ids)
    if not ids:
        return {}
    return _newest(NEWEST, [ids, project_id])


def jobs_newest_by_unit(project_id: Any) -> dict[str, AreaJob]:
    """Return the newest job of each production unit that has one, by its id: one query."""
    return _newest(NEWEST_OF_UNITS, [project_id])


def _newest(statement: str, values: list[Any]) -> dict[str, AreaJob]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return {
        str(area): AreaJob(
            job=str(job), workflow=workflow, status=_status(state), failed=int(failed)
        )
        for area, job, workflow, state, failed in rows
    }


def jobs_under_way(user: Any, project: Any) -> QuerySet[Job]:
    """Return the jobs of a project whose latest run has not ended, newest first."""
    live = Run.objects.filter(project=project).exclude(state__in=TERMINAL_STATES)
    jobs: QuerySet[Job] = job_visible_to(user).filter(project=project, pk__in=live.values("job_id"))
    return jobs


def failures_since(project: Any, since: datetime) -> list[FailureRow]:
    """Return what failed and was not done by a later job: three queries."""
    runs = _not_done_since(project, list(_failed_runs(project, since)))
    blocks = _failed_blocks(runs)
    rows: list[FailureRow] = []
    for run in runs:
        groups = blocks.get(run.pk)
        rows.extend(_row(run, group) for group in groups or [_whole(run)])
    return rows


def _failed_runs(project: Any, since: datetime) -> QuerySet[Run]:
    latest = Run.objects.filter(job=OuterRef("job")).order_by("-number").values("number")[:1]
    failed = Q(state__in=(RunState.ERROR, RunState.FINISHED_WITH_ERRORS))
    return (
        Run.objects.filter(failed | Q(counter__quarantined__gt=0), project=project)
        .exclude(state__in=(RunState.CANCELED, RunState.CANCELING))
        .filter(created_at__gte=since, number=Subquery(latest))
        .select_related("job", "counter")
        .order_by("-created_at")[:MAX_FAILED_RUNS]
    )


def _not_done_since(project: Any, runs: list[Run]) -> list[Run]:
    """Leave out failures of a workflow and area for which a later job finished."""
    if not runs:
        return []
    finished = (
        Job.objects.filter(project=project, runs__state=RunState.FINISHED)
        .filter(created_at__gte=min(run.job.created_at for run in runs))
        .order_by()
        .values_list("workflow", KT("spec__aoi"))
        .annotate(last=Max("created_at"))
    )
    last = {(workflow, aoi): at for workflow, aoi, at in finished}
    return [
        run
        for run in runs
        if not run.is_terminal
        or run.job.created_at >= last.get((run.job.workflow, run.job.spec.get("aoi")), NEVER)
    ]


def _failed_blocks(runs: list[Run]) -> dict[UUID, list[dict[str, Any]]]:
    with_blocks = [run.pk for run in runs if run.counter.quarantined]
    rows: Any = (
        Block.objects.filter(step__run__in=with_blocks, state=BlockState.QUARANTINED)
        .values(run=F("step__run_id"), klass=F("error_class"), signature=F("error_signature"))
        .annotate(n=Count("step_id"), message=Max("error_message"))
        .order_by("-n")
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["run"], []).append(row)
    return found


def _whole(run: Run) -> dict[str, Any]:
    error = run.error or {}
    message = str(error.get("message") or "The job failed without a message.")
    klass = str(error.get("class") or "")
    return {"klass": klass, "signature": message, "message": message, "n": 0}


def _row(run: Run, group: dict[str, Any]) -> FailureRow:
    return FailureRow(
        job=str(run.job_id),
        workflow=run.job.workflow,
        aoi=run.job.spec.get("aoi"),
        ended=run.is_terminal,
        error_class=group["klass"],
        signature=group["signature"] or group["message"],
        message=group["message"] or group["signature"] or "Failed without a message",
        advice=str((run.error or {}).get("advice") or ""),
        blocks=int(group["n"]),
    )


def _status(state: str) -> str:
    return API_STATUS.get(RunState(state), str(state))
