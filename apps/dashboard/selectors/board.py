"""The control board of a project, in a number of queries that does not grow with its rows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import Centroid
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.aois.selectors import aois_visible_to, regions_visible_to, units_visible_to
from apps.catalog.selectors import scenes_visible_to
from apps.dashboard.domain.board import (
    STAGES,
    STATES,
    AreaFacts,
    FailureGroup,
    covers,
    eta_seconds,
    eta_words,
    failure_groups,
    stage_of,
    state_of,
)
from apps.dashboard.domain.figures import area_words, percent
from apps.dashboard.domain.status import PAUSE_WORDS, Badge, job_badge
from apps.jobs.selectors import (
    AreaJob,
    failures_since,
    jobs_newest_by_area,
    jobs_under_way,
    run_latest,
    run_progress,
    run_status,
)
from apps.layers.selectors import layers_visible_to
from apps.modelling.enums import ModelStatus
from apps.modelling.selectors import model_versions_visible_to
from apps.products.selectors import workflow_titles
from apps.quality.selectors import open_remarks_within

FAILURES_OF = timedelta(days=30)
JOBS_SHOWN = 6
MAX_LIVE = 60
WHOLE = "all-imagery"


@dataclass(frozen=True)
class BoardArea:
    """One area on the production map. ``layer`` is the map that makes it mapped."""

    id: str
    name: str
    area_km2: float
    stage: str
    state: str
    open_remarks: int
    job: str | None
    job_status: str
    layer: str | None
    extent: Sequence[float]


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


def board_areas(user: Any, project: Any) -> list[BoardArea]:
    """Return the areas with stage and state; without any, the imagery as a whole."""
    rows = list(_area_rows(user, project))
    layers = _layers(user, project)
    if not rows:
        return _whole_imagery(user, project, layers)
    newest = jobs_newest_by_area(project.pk, [row["id"] for row in rows])
    return [_area(row, newest.get(str(row["id"])), layers) for row in rows]


def live_jobs(user: Any, project: Any, *, names: Mapping[str, str]) -> tuple[list[LiveJob], int]:
    """Return the jobs under way, and how many more there are."""
    live = jobs_under_way(user, project)
    jobs, total = list(live.defer("estimate")[:MAX_LIVE]), live.count()
    titles = workflow_titles()
    rows = [_live(job, titles, names) for job in jobs]
    rows.sort(key=lambda row: row.status not in ("running", "paused"))
    return rows[:JOBS_SHOWN], max(0, total - JOBS_SHOWN)


def _area_rows(user: Any, project: Any) -> Iterable[Mapping[str, Any]]:
    remarks = _counted(
        open_remarks_within(project).filter(geometry__intersects=OuterRef("geometry"))
    )
    units = (
        units_visible_to(user)
        .filter(project=project, geometry__bboverlaps=OuterRef("geometry"))
        .annotate(spot=Func("geometry", function="ST_PointOnSurface"))
        .filter(spot__intersects=OuterRef("geometry"))
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(found=ArrayAgg("status", distinct=True))
        .values("found")
    )
    rows: Any = (
        aois_visible_to(user)
        .filter(project=project)
        .annotate(
            open_remarks=Coalesce(Subquery(remarks), 0),
            unit_statuses=Subquery(units),
            centre=Centroid("geometry"),
            model_ready=_model_ready(user, project),
            **{name: _edge(name) for name in ("xmin", "ymin", "xmax", "ymax")},
        )
        .values(
            "id",
            "name",
            "area_km2",
            "open_remarks",
            "unit_statuses",
            "model_ready",
            "xmin",
            "ymin",
            "xmax",
            "ymax",
        )
    )
    return rows  # type: ignore[no-any-return]


def _model_ready(user: Any, project: Any) -> Exists | Value:
    """Whether a model could map an area: not retired, made for everywhere or for its region."""
    usable = model_versions_visible_to(user).filter(project=project)
    regions = set(
        usable.exclude(status=ModelStatus.RETIRED)
        .alias(shapeless=Q(region__geometry__isnull=True))
        .annotate(where=Case(When(shapeless=False, then="region_id")))
        .values_list("where", flat=True)
    )
    if None in regions:
        return Value(value=True, output_field=BooleanField())
    here = regions_visible_to(user).filter(pk__in=list(regions))
    return Exists(here.filter(geometry__intersects=OuterRef("centre")))


def _counted(rows: QuerySet[Any]) -> Any:
    grouped: Any = rows.order_by().annotate(one=Value(1)).values("one")
    return grouped.annotate(found=Count("pk")).values("found")


def _edge(name: str) -> Func:
    return Func("geometry", function=f"ST_{name}", output_field=FloatField())


@dataclass(frozen=True)
class _Layers:
    """Published maps: by the area of their run, and those of runs over the whole imagery."""

    by_area: Mapping[str, str]
    whole: Sequence[tuple[str, Sequence[float]]]

    def over(self, area: str, extent: Sequence[float]) -> str | None:
        return self.by_area.get(area) or next(
            (layer for layer, box in self.whole if covers(box, extent)), None
        )


def _layers(user: Any, project: Any) -> _Layers:
    rows = (
        layers_visible_to(user)
        .filter(project=project, position=0)
        .order_by("-job__created_at")
        .values_list("pk", "job__spec__aoi", "job__spec__units", "current_release__bbox")
    )
    by_area: dict[str, str] = {}
    whole: list[tuple[str, Sequence[float]]] = []
    for pk, aoi, units, box in rows:
        if aoi:
            by_area.setdefault(str(aoi), str(pk))
        elif not units and box:
            whole.append((str(pk), box))
    return _Layers(by_area, whole[:50])


def _area(row: Mapping[str, Any], job: AreaJob | None, layers: _Layers) -> BoardArea:
    key, extent = str(row["id"]), [row[name] for name in ("xmin", "ymin", "xmax", "ymax")]
    layer = layers.over(key, extent)
    facts = AreaFacts(
        mapped=layer is not None,
        model_ready=row["model_ready"],
        open_remarks=row["open_remarks"],
        unit_statuses=row["unit_statuses"] or (),
    )
    return BoardArea(
        id=key,
        name=row["name"],
        area_km2=row["area_km2"],
        stage=stage_of(facts),
        state=state_of(job.status) if job else "",
        open_remarks=row["open_remarks"],
        job=job.job if job else None,
        job_status=job.status if job else "",
        layer=layer,
        extent=extent,
    )


def _whole_imagery(user: Any, project: Any, layers: _Layers) -> list[BoardArea]:
    """One row for a project without areas whose imagery is mapped as a whole."""
    scenes = scenes_visible_to(user).filter(project=project)
    box = scenes.aggregate(box=Extent("footprint"))["box"]
    if not box or not layers.whole:
        return []
    layer, extent = layers.whole[0]
    return [
        BoardArea(
            id=WHOLE,
            name="All imagery",
            area_km2=0.0,
            stage="mapped",
            state="",
            open_remarks=0,
            job=None,
            job_status="",
            layer=layer,
            extent=list(extent),
        )
    ]


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
