"""What the production map of a project shows: areas of interest, else units, else all imagery."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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

from apps.aois.selectors import (
    aois_visible_to,
    regions_visible_to,
    units_measured,
    units_visible_to,
)
from apps.catalog.selectors import scenes_visible_to
from apps.dashboard.domain.board import AreaFacts, covers, stage_of, state_of
from apps.jobs.selectors import AreaJob, jobs_newest_by_area, jobs_newest_by_unit
from apps.layers.selectors import layers_visible_to
from apps.modelling.enums import ModelStatus
from apps.modelling.selectors import model_versions_visible_to
from apps.quality.selectors import open_remarks_within

WHOLE = "all-imagery"
EDGES = ("xmin", "ymin", "xmax", "ymax")
COLUMNS = ("id", "name", "area_km2", "open_remarks", "model_ready", *EDGES)


@dataclass(frozen=True)
class BoardArea:
    """One area or production unit on the map; ``layer`` is the map that makes it mapped."""

    kind: str
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


def board_areas(user: Any, project: Any) -> list[BoardArea]:
    """Return areas of interest with stage and state; without any, units; else the imagery."""
    layers = _layers(user, project)
    areas = list(_area_rows(user, project))
    if areas:
        newest = jobs_newest_by_area(project.pk, [row["id"] for row in areas])
        return [_area("area", row, newest.get(str(row["id"])), layers) for row in areas]
    units = list(_unit_rows(user, project))
    if units:
        newest = jobs_newest_by_unit(project.pk)
        return [_area("unit", row, newest.get(str(row["id"])), layers) for row in units]
    return _whole_imagery(user, project, layers)


def _area_rows(user: Any, project: Any) -> Iterable[Mapping[str, Any]]:
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
    areas = aois_visible_to(user).filter(project=project).annotate(unit_statuses=Subquery(units))
    rows: Iterable[Mapping[str, Any]] = _told(areas, user, project, own=("unit_statuses",))
    return rows


def _unit_rows(user: Any, project: Any) -> Iterable[Mapping[str, Any]]:
    for row in _told(units_measured(user, project), user, project, own=("code", "status")):
        title = f"{row['code']} {row['name']}".strip()
        yield {**row, "name": title, "unit_statuses": [row["status"]]}


def _told(rows: Any, user: Any, project: Any, *, own: Sequence[str]) -> Any:
    """Add to columns of their ``own`` what areas and units share: remarks, model, extent."""
    remarks = _counted(
        open_remarks_within(project).filter(geometry__intersects=OuterRef("geometry"))
    )
    return rows.annotate(
        open_remarks=Coalesce(Subquery(remarks), 0),
        centre=Centroid("geometry"),
        model_ready=_model_ready(user, project),
        **{name: _edge(name) for name in EDGES},
    ).values(*COLUMNS, *own)


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
    """Published maps: by the area or unit of their run, and those over the whole imagery."""

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
        for place in [aoi] if aoi else units or ():
            by_area.setdefault(str(place), str(pk))
        if box and not aoi and not units:
            whole.append((str(pk), box))
    return _Layers(by_area, whole[:50])


def _area(kind: str, row: Mapping[str, Any], job: AreaJob | None, layers: _Layers) -> BoardArea:
    key, extent = str(row["id"]), [row[name] for name in EDGES]
    layer = layers.over(key, extent)
    facts = AreaFacts(
        mapped=layer is not None,
        model_ready=row["model_ready"],
        open_remarks=row["open_remarks"],
        unit_statuses=row["unit_statuses"] or (),
    )
    return BoardArea(
        kind=kind,
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
            kind="whole",
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
