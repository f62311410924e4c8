"""Jobs as lists show them: rows, filters, pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from apps.core.errors import InvalidInput, NotFound
from apps.dashboard.domain.figures import duration, percent
from apps.dashboard.domain.status import ENDED, Badge, job_badge
from apps.jobs.models import Job
from apps.jobs.selectors import (
    job_visible_to,
    jobs_filtered,
    run_counters,
    run_latest,
    run_progress,
    run_state_latest,
    run_status,
    runs_of,
    states_of,
)
from apps.products.selectors import workflow_get

PAGE_SIZE = 25
FILTERS = ("status", "workflow", "person", "after", "before", "q")
STATUSES = (
    ("", "Any status"),
    ("open", "Open"),
    ("failed", "With failures"),
    ("queued", "Queued"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("finished", "Finished"),
    ("finished_with_errors", "Finished with errors"),
    ("error", "Error"),
    ("canceled", "Canceled"),
)
ORDERS = (
    ("", "Newest first"),
    ("created_at", "Oldest first"),
    ("-duration", "Longest first"),
    ("workflow", "By workflow"),
    ("person", "By person"),
)


@dataclass(frozen=True)
class JobRow:
    """A job in a list. shares: percent of the bar that was reused, done and failed."""

    id: str
    title: str
    workflow: str
    status: str
    badge: Badge
    progress: dict[str, Any]
    percent: str
    width: float
    shares: dict[str, float]
    created_at: datetime
    created_by: str
    took: str
    ended: bool
    cause: str


@dataclass(frozen=True)
class JobsList:
    """A page of the list with what can be chosen in its filters."""

    rows: list[JobRow]
    page: Page[Any]
    given: dict[str, str]
    errors: dict[str, str]
    people: list[tuple[str, str]]
    workflows: list[tuple[str, str]]
    query: str
    counts: dict[str, int]

    @property
    def filtered(self) -> bool:
        return any(self.given[name] for name in FILTERS)


def job_rows(user: Any, project: Any, *, limit: int = 50) -> list[JobRow]:
    """Return the newest jobs of a project."""
    jobs = job_visible_to(user).filter(project=project).select_related("created_by")
    titles = Titles()
    return [row_of(job, titles) for job in jobs[:limit]]


def jobs_list(user: Any, project: Any, query: Mapping[str, str]) -> JobsList:
    """Return one page of a project's jobs; a filter that cannot be read is told, not applied."""
    everything = job_visible_to(user).filter(project=project).select_related("created_by")
    given = {name: query.get(name, "").strip()[:100] for name in (*FILTERS, "order")}
    errors: dict[str, str] = {}
    jobs = everything
    for name in FILTERS:
        try:
            jobs = jobs_filtered(jobs, {name: given[name]})
        except InvalidInput as error:
            errors[name] = error.message
    page = Paginator(_ordered(jobs, given["order"]), PAGE_SIZE).get_page(query.get("page"))
    titles = Titles()
    names = ("created_by__username", "created_by__first_name", "created_by__last_name")
    used = list(everything.order_by().values_list("workflow", *names).distinct())
    people = {name: f"{one} {two}".strip() or name for _, name, one, two in used}
    return JobsList(
        rows=[row_of(job, titles) for job in page],
        page=page,
        given=given,
        errors=errors,
        people=sorted(people.items()),
        workflows=[(slug, titles.of(slug)) for slug in sorted({row[0] for row in used})],
        query=urlencode({name: value for name, value in given.items() if value}),
        counts=_counts(everything),
    )


def _counts(jobs: QuerySet[Job]) -> dict[str, int]:
    states = jobs.order_by().annotate(state=run_state_latest()).values_list("state")
    sums: dict[str, int] = dict(states.annotate(n=Count("pk")))
    return {
        name: sum(sums.get(state, 0) for state in states_of(name)) for name in ("open", "failed")
    }


def _ordered(jobs: QuerySet[Job], order: str) -> QuerySet[Job]:
    if order == "-duration":
        runs = (
            runs_of(OuterRef("pk"))
            .order_by("-number")
            .annotate(span=F("ended_at") - F("started_at"))
        )
        longest = F("span").desc(nulls_last=True)
        return jobs.annotate(span=Subquery(runs.values("span")[:1])).order_by(
            longest, "-created_at"
        )
    known = {
        "created_at": ("created_at",),
        "workflow": ("workflow", "-created_at"),
        "person": ("created_by__last_name", "created_by__username", "-created_at"),
    }
    return jobs.order_by(*known.get(order, ("-created_at",)), "pk")


class Titles:
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


def row_of(job: Any, titles: Titles, run: Any | None = None) -> JobRow:
    """Return a job as a row; ``run``: another attempt than the latest."""
    run = run or run_latest(job)
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
        shares=shares_of(run_counters(run)),
        created_at=run.created_at if run.number > 1 else job.created_at,
        created_by=job.created_by.get_full_name() or job.created_by.username,
        took=duration(span) if run.started_at else "",
        ended=status in ENDED,
        cause=(run.error or {}).get("message", "") if status in ENDED else "",
    )


def shares_of(counters: Mapping[str, Any]) -> dict[str, float]:
    """Return the parts of a progress bar in percent: reused, then done, then failed."""
    total = max(1, int(counters["planned"]))
    good = sum(int(counters[name]) for name in ("done", "skipped", "degraded", "waived"))
    parts = {"reused": counters["reused"], "done": good - counters["reused"],
             "lost": counters["quarantined"]}  # fmt: skip
    shares: dict[str, float] = {}
    left = 0.0
    for name, count in parts.items():
        share = round(100 * max(0, count) / total, 2)
        shares |= {name: share, f"{name}_x": left}
        left = round(left + share, 2)
    return shares
