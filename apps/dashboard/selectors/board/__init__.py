"""The control board of a project, in a number of queries that does not grow with its rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.dashboard.domain.board import (
    STAGES,
    STATES,
    FailureGroup,
    eta_seconds,
    eta_words,
    failure_groups,
)
from apps.dashboard.domain.figures import area_words, percent
from apps.dashboard.domain.status import PAUSE_WORDS, Badge, job_badge
from apps.dashboard.selectors.board.places import BoardArea, board_areas
from apps.jobs.selectors import (
    failures_since,
    jobs_under_way,
    run_latest,
    run_progress,
    run_status,
)
from apps.products.selectors import workflow_titles

__all__ = ["Board", "BoardArea", "LiveJob", "board_of"]

FAILURES_OF = timedelta(days=30)
JOBS_SHOWN = 6
MAX_LIVE = 60


@dataclass(frozen=True)
class LiveJob:
    """A job under way, with what the page needs to go on counting."""

    id: str
    workflow: str
    title: str
    place: str
    status: str
    badge: Badge
    note: str
    progress: dict[str, Any]
    percent: str
    width: float
    lost: float
    eta: str
    seconds_left: tuple[float, float] | None
    started_at: datetime | None


@dataclass(frozen=True)
class Board:
    """Everything the board tells, but the outlines of its areas."""

    areas: list[BoardArea]
    stages: list[dict[str, Any]]
    states: list[dict[str, Any]]
    jobs: list[LiveJob]
    jobs_more: int
    failures: list[FailureGroup]
    eta: str

    @property
    def noun(self) -> str:
        return "Unit" if self.areas and self.areas[0].kind == "unit" else "Area"

    @property
    def mapped(self) -> list[BoardArea]:
        return [area for area in self.areas if area.stage not in ("not_started", "model_ready")]

    @property
    def mapped_count(self) -> int:
        return len(self.mapped)

    @property
    def mapped_words(self) -> str:
        return area_words(sum(area.area_km2 for area in self.mapped))

    @property
    def total_km2(self) -> float:
        return sum(area.area_km2 for area in self.areas)

    @property
    def total_words(self) -> str:
        return area_words(self.total_km2)

    @property
    def jobs_count(self) -> int:
        return len(self.jobs) + self.jobs_more

    @property
    def retryable(self) -> list[str]:
        """Jobs that one press may retry, each once."""
        return list(dict.fromkeys(job for group in self.failures for job in group.retry))

    @property
    def failed_blocks(self) -> int:
        return sum(group.blocks for group in self.failures)

    @property
    def failed_jobs(self) -> int:
        return len({job for group in self.failures for job in group.jobs})


def board_of(user: Any, project: Any) -> Board:
    """Return the board of a project as it is now."""
    areas = board_areas(user, project)
    rows, more = live_jobs(user, project, names={area.id: area.name for area in areas})
    bands = [row.seconds_left for row in rows if row.seconds_left]
    longest = max(bands, key=lambda band: band[1]) if bands else None
    failures = failure_groups(failures_since(project, timezone.now() - FAILURES_OF))
    return Board(
        areas=areas,
        stages=_stage_counts(areas),
        states=_state_counts(areas),
        jobs=rows,
        jobs_more=more,
        failures=failures,
        eta=eta_words(longest),
    )


def live_jobs(user: Any, project: Any, *, names: Mapping[str, str]) -> tuple[list[LiveJob], int]:
    """Return the jobs under way, and how many more there are."""
    live = jobs_under_way(user, project)
    jobs, total = list(live.defer("estimate")[:MAX_LIVE]), live.count()
    titles = workflow_titles()
    rows = [_live(job, titles, names) for job in jobs]
    rows.sort(key=lambda row: row.status not in ("running", "paused"))
    return rows[:JOBS_SHOWN], max(0, total - JOBS_SHOWN)


def _live(job: Any, titles: Mapping[str, str], names: Mapping[str, str]) -> LiveJob:
    run = run_latest(job)
    status, progress = run_status(run), run_progress(run)
    total = max(1, int(progress["total"]))
    settled = int(progress["done"]) + int(progress["failed"])
    band = eta_seconds(settled, int(progress["total"]), run.started_at, timezone.now())
    left = band if status == "running" else None
    return LiveJob(
        id=str(job.pk),
        workflow=job.workflow,
        title=titles.get(job.workflow, job.workflow.replace("_", " ").capitalize()),
        place=_place(job.spec, names),
        status=status,
        badge=job_badge(status),
        note=PAUSE_WORDS.get(run.pause_reason, "") if status == "paused" else "",
        progress=progress,
        percent=percent(float(progress["fraction"]), 0),
        width=round(100 * int(progress["done"]) / total, 1),
        lost=round(100 * int(progress["failed"]) / total, 1),
        eta=eta_words(left),
        seconds_left=left,
        started_at=run.started_at,
    )


def _place(spec: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if spec.get("aoi"):
        return names.get(str(spec["aoi"]), "a deleted area")
    units = spec.get("units") or ()
    return f"{len(units)} unit{'' if len(units) == 1 else 's'}" if units else ""


def _stage_counts(areas: Sequence[BoardArea]) -> list[dict[str, Any]]:
    """Return the stages, furthest first, each with where its part of a bar begins."""
    counts = Counter(area.stage for area in areas)
    rows: list[dict[str, Any]] = []
    left = 0
    for level, (key, word) in reversed(list(enumerate(STAGES.items()))):
        km2 = sum(area.area_km2 for area in areas if area.stage == key)
        row = {"key": key, "word": word, "level": level, "left": left}
        rows.append({**row, "count": counts[key], "km2": km2})
        left += counts[key]
    return rows


def _state_counts(areas: Sequence[BoardArea]) -> list[dict[str, Any]]:
    counts = Counter(area.state for area in areas)
    return [
        {"key": key, "tone": tone, "word": word, "count": counts[key]}
        for key, (tone, word) in STATES.items()
    ]
