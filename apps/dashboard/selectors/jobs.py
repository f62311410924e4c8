"""Jobs as pages show them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from apps.core.errors import NotFound
from apps.dashboard.domain.figures import duration, percent
from apps.dashboard.domain.status import (
    ENDED,
    PAUSE_WORDS,
    STEP_BADGES,
    UNKNOWN,
    Badge,
    job_actions,
    job_badge,
)
from apps.jobs.domain import INTERNAL_KERNELS
from apps.jobs.selectors import (
    job_visible_to,
    log_events,
    log_lines,
    run_latest,
    run_progress,
    run_status,
)
from apps.layers.selectors import layers_of_job
from apps.products.selectors import workflow_get
from apps.projects.selectors import projects_visible_to

LOG_LINES = 100
QUIET_EVENTS = ("claim", "finish", "already", "release")


@dataclass(frozen=True)
class JobRow:
    """A job in a list."""

    id: str
    title: str
    workflow: str
    status: str
    badge: Badge
    progress: dict[str, Any]
    percent: str
    width: float
    created_at: datetime
    created_by: str
    took: str
    ended: bool


@dataclass(frozen=True)
class Stage:
    title: str
    badge: Badge
    note: str
    current: bool


@dataclass(frozen=True)
class FailureGroup:
    """Failed blocks of one cause."""

    message: str
    error_class: str
    count: int
    example: str


@dataclass(frozen=True)
class JobView:
    """The page of one job."""

    row: JobRow
    run_number: int
    runs: int
    actions: tuple[str, ...]
    pause_words: str
    stages: list[Stage]
    warnings: list[str]
    error: dict[str, Any] | None
    failures: list[FailureGroup]
    layers: list[Any]
    model_version: str | None
    assessment: str | None
    launchable: bool
    log: list[dict[str, Any]] = field(default_factory=list)


def job_of(user: Any, job_id: Any) -> Any:
    """Return a job of the caller's projects or raise NotFound; its project knows the role."""
    try:
        key = UUID(str(job_id))
    except ValueError as exc:
        raise NotFound("There is no such job.") from exc
    job = job_visible_to(user).select_related("created_by").filter(pk=key).first()
    if job is None:
        raise NotFound(f"There is no job {key}.")
    job.project = projects_visible_to(user).get(pk=job.project_id)
    return job


def job_rows(user: Any, project: Any, *, status: str = "", limit: int = 50) -> list[JobRow]:
    """Return the newest jobs of a project; ``status`` is ``open``, ``failed`` or empty."""
    jobs = job_visible_to(user).filter(project=project).select_related("created_by")
    titles = _Titles()
    rows = [_row(job, titles) for job in jobs[: limit if not status else 500]]
    if status == "open":
        rows = [row for row in rows if not row.ended]
    if status == "failed":
        rows = [row for row in rows if row.status in ("error", "finished_with_errors")]
    return rows[:limit]


def job_view(job: Any) -> JobView:
    """Return everything the page of a job shows, without the log."""
    run = run_latest(job)
    titles = _Titles()
    row = _row(job, titles)
    outputs = run.outputs or {}
    return JobView(
        row=row,
        run_number=run.number,
        runs=job.runs.count(),
        actions=job_actions(row.status),
        pause_words=PAUSE_WORDS.get(run.pause_reason, "") if row.status == "paused" else "",
        stages=_stages(run),
        warnings=[str(line) for line in run.warnings or ()],
        error=run.error or None,
        failures=_failures(run),
        layers=layers_of_job(job.pk),
        model_version=outputs.get("model_version"),
        assessment=outputs.get("assessment"),
        launchable=titles.is_public(job.workflow),
    )


def job_log(job: Any) -> list[dict[str, Any]]:
    """Return the newest events of the latest run in sentences, newest first, without routine."""
    newest = log_events(job).exclude(kind__in=QUIET_EVENTS).order_by("-id")[:LOG_LINES]
    return log_lines(job, newest)


class _Titles:
    """Titles of workflows, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def _spec(self, slug: str) -> Any:
        if slug not in self._known:
            try:
                self._known[slug] = workflow_get(slug)
            except NotFound:
                self._known[slug] = None
        return self._known[slug]

    def of(self, slug: str) -> str:
        spec = self._spec(slug)
        return spec.title if spec else slug.replace("_", " ").capitalize()

    def is_public(self, slug: str) -> bool:
        spec = self._spec(slug)
        return bool(spec and spec.public)


def _row(job: Any, titles: _Titles) -> JobRow:
    run = run_latest(job)
    status = run_status(run)
    progress = run_progress(run)
    begun = run.started_at or run.created_at
    span: timedelta = (run.ended_at or timezone.now()) - begun
    return JobRow(
        id=str(job.pk),
        title=titles.of(job.workflow),
        workflow=job.workflow,
        status=status,
        badge=job_badge(status),
        progress=progress,
        percent=percent(float(progress["fraction"]), 0),
        width=round(float(progress["fraction"]) * 100, 1),
        created_at=job.created_at,
        created_by=job.created_by.get_full_name() or job.created_by.username,
        took=duration(span) if run.started_at else "",
        ended=status in ENDED,
    )


def _stages(run: Any) -> list[Stage]:
    steps = (
        run.steps.exclude(kernel__in=INTERNAL_KERNELS)
        .order_by("ordinal")
        .annotate(settled=Sum("chunks__n_settled", default=0))
    )
    return [_stage(step) for step in steps]


def _stage(step: Any) -> Stage:
    badge = STEP_BADGES.get(step.state, UNKNOWN)
    note = ""
    if step.started_at and step.ended_at:
        note = duration(step.ended_at - step.started_at)
    elif step.state in ("running", "closing") and step.n_blocks > 1:
        note = f"{step.settled:,} of {step.n_blocks:,}"
    elif step.n_blocks > 1:
        note = f"{step.n_blocks:,}"
    current = step.state in ("running", "closing")
    return Stage(title=step.title or step.name, badge=badge, note=note, current=current)


def _failures(run: Any) -> list[FailureGroup]:
    rows = (
        run.steps.filter(blocks__state="quarantined")
        .values(
            signature=F("blocks__error_signature"),
            error_class=F("blocks__error_class"),
        )
        .annotate(
            count=Count("blocks", filter=Q(blocks__state="quarantined")),
            message=Max("blocks__error_message"),
            ix=Max("blocks__ix"),
            iy=Max("blocks__iy"),
        )
        .order_by("-count")
    )
    return [
        FailureGroup(
            message=row["message"] or row["signature"] or "Failed without a message",
            error_class=row["error_class"],
            count=row["count"],
            example=f"for example block {row['ix']}, {row['iy']}",
        )
        for row in rows[:20]
    ]
