"""Thousands of scenes at a glance: distinct footprints, ticks of a strip, a calendar."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import Extent, GeometryField, Union
from django.contrib.gis.db.models.functions import Area, AsGeoJSON, Intersection, Transform
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db.models import (
    Avg,
    CharField,
    Count,
    F,
    FloatField,
    Func,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Floor

from apps.catalog.domain import Observation, TenDays, calendar_of
from apps.catalog.models import Scene

MAX_TICKS = 20_000
MAX_SHAPES = 3_000
CELLS_ACROSS = 48
EQUAL_AREA = 6933
DIGITS = 4  # about ten metres


@dataclass(frozen=True)
class Calendar:
    """``km2`` and ``of`` (``area``, ``footprints``) say what the shares are shares of."""

    periods: list[TenDays]
    of: str
    km2: float
    truncated: bool


def scene_totals(scenes: QuerySet[Scene]) -> dict[str, Any]:
    """Return how many scenes match, how many a selection of them would hold, and the period."""
    totals = scenes.order_by().aggregate(
        count=Count("pk"),
        selectable=Count("pk", filter=Q(included=True, datetime__isnull=False)),
        excluded=Count("pk", filter=Q(included=False)),
        flagged=Count("pk", filter=~Q(flagged_reason="")),
        first=Min("datetime"),
        last=Max("datetime"),
    )
    return dict(totals)


def scene_ticks(scenes: QuerySet[Scene]) -> dict[str, Any]:
    """Return the scenes as columns in order of time, at most 20,000; ``shape`` is that of a
    footprint.

    Days are ISO dates; the cloud cover is rounded to percent; ``state`` is one letter of
    included, excluded (e), flagged (f).
    """
    rows = (
        scenes.filter(datetime__isnull=False)
        .annotate(shape=_shape())
        .order_by("datetime", "item_id", "pk")
        .values_list("pk", "datetime", "cloud_cover", "included", "flagged_reason", "shape")
    )
    kept = list(rows[:MAX_TICKS])
    shapes = {key: number for number, key in enumerate(dict.fromkeys(row[5] for row in kept))}
    return {
        "id": [str(row[0]) for row in kept],
        "day": [_day(row[1]) for row in kept],
        "cloud": [None if row[2] is None else round(row[2]) for row in kept],
        "state": "".join(_letter(row[3], row[4]) for row in kept),
        "shape": [shapes[row[5]] for row in kept],
        "shapes": list(shapes),
    }


def scene_footprints(scenes: QuerySet[Scene]) -> dict[str, Any]:
    """Return distinct footprints with how many scenes have each, as light GeoJSON features.

    More than 3,000 distinct ones become cells of a coarse lattice: ``aggregated`` is true then.
    """
    shaped = scenes.order_by().annotate(shape=_shape())
    grouped = shaped.values("shape").annotate(**_figures(), one=Min(Cast("pk", CharField())))
    rows: list[Any] = list(grouped[: MAX_SHAPES + 1])
    if len(rows) > MAX_SHAPES:
        features = _cells(scenes)
        return {"count": len(features), "features": features, "aggregated": True}
    outlines = {
        str(pk): text
        for pk, text in Scene.objects.filter(pk__in=[row["one"] for row in rows])
        .annotate(text=AsGeoJSON("footprint", precision=DIGITS))
        .values_list("pk", "text")
    }
    features = [
        _feature(row["shape"], json.loads(outlines[row["one"]]), row)
        for row in rows
        if row["one"] in outlines
    ]
    return {"count": len(features), "features": features, "aggregated": False}


def scene_calendar(scenes: QuerySet[Scene], area: GEOSGeometry | None) -> Calendar:
    """Return valid observations by ten days over an area (EPSG:4326), else over all footprints.

    Scenes left out by hand do not count. A scene's share is that of its footprint in the area
    times what is clear of it: measured from its mask where that was done at import, else
    estimated from the cloud cover it states.
    """
    counted = scenes.filter(included=True, datetime__isnull=False).order_by()
    whole = area or counted.aggregate(joined=Union("footprint"))["joined"]
    if whole is None:
        return Calendar([], "footprints", 0.0, truncated=False)
    km2 = _km2(whole)
    overlaps = _overlaps(counted, whole, km2)
    rows = counted.annotate(shape=_shape()).values_list(
        "datetime", "shape", "cloud_cover", "valid_percent"
    )
    kept = list(rows[: MAX_TICKS + 1])
    seen = (
        Observation(at.date(), overlaps.get(shape, 0.0), cloud, valid)
        for at, shape, cloud, valid in kept[:MAX_TICKS]
        if at is not None
    )
    of = "footprints" if area is None else "area"
    return Calendar(calendar_of(seen), of, km2, truncated=len(kept) > MAX_TICKS)


def _overlaps(scenes: QuerySet[Scene], whole: GEOSGeometry, km2: float) -> dict[str, float]:
    """Return the share of the area that each distinct footprint covers."""
    if km2 <= 0:
        return {}
    samples = (
        scenes.annotate(shape=_shape())
        .values("shape")
        .annotate(one=Min(Cast("pk", CharField())))
        .values_list("shape", "one")
    )
    shape_of = {one: shape for shape, one in samples}
    inside = Intersection("footprint", Value(whole, output_field=GeometryField(srid=4326)))
    rows = (
        Scene.objects.filter(pk__in=list(shape_of))
        .annotate(inside=Area(Transform(inside, EQUAL_AREA)))
        .values_list("pk", "inside")
    )
    return {shape_of[str(pk)]: min(1.0, _square_metres(size) / 1e6 / km2) for pk, size in rows}


def _km2(geometry: GEOSGeometry) -> float:
    flat = geometry.transform(EQUAL_AREA, clone=True)
    return float(flat.area) / 1e6


def _square_metres(size: Any) -> float:
    return float(getattr(size, "sq_m", size) or 0.0)


def _figures() -> dict[str, Any]:
    return {
        "scenes": Count("pk"),
        "excluded": Count("pk", filter=Q(included=False)),
        "flagged": Count("pk", filter=~Q(flagged_reason="")),
        "first": Min("datetime"),
        "last": Max("datetime"),
        "cloud": Avg("cloud_cover"),
    }


def _cells(scenes: QuerySet[Scene]) -> list[dict[str, Any]]:
    box = scenes.order_by().aggregate(box=Extent("footprint"))["box"]
    west, south, east, north = box
    size = max(east - west, north - south, 1e-6) / CELLS_ACROSS
    middle = Func(F("footprint"), function="ST_Centroid", output_field=GeometryField(srid=4326))
    rows: Any = (
        scenes.order_by()
        .annotate(
            column=Floor((_coordinate(middle, "ST_X") - west) / size),
            row=Floor((_coordinate(middle, "ST_Y") - south) / size),
        )
        .values("column", "row")
        .annotate(**_figures())
    )
    return [
        _feature(f"{row['column']:.0f}:{row['row']:.0f}", _cell_json(row, west, south, size), row)
        for row in rows
    ]


def _cell_json(row: dict[str, Any], west: float, south: float, size: float) -> dict[str, Any]:
    x, y = west + row["column"] * size, south + row["row"] * size
    box = Polygon.from_bbox((x, y, x + size, y + size))
    return dict(json.loads(box.json))


def _feature(key: str, geometry: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": key,
        "geometry": geometry,
        "properties": {
            "scenes": row["scenes"],
            "excluded": row["excluded"],
            "flagged": row["flagged"],
            "first": _day(row["first"]),
            "last": _day(row["last"]),
            "cloud": None if row["cloud"] is None else round(row["cloud"], 1),
        },
    }


def _coordinate(point: Any, function: str) -> Func:
    return Func(point, function=function, output_field=FloatField())


def _day(at: datetime | None) -> str | None:
    return at.date().isoformat() if at else None


def _shape() -> Func:
    """A short key that equal footprints share."""
    raw = Func(F("footprint"), function="ST_AsBinary")
    whole = Func(raw, function="MD5", output_field=CharField())
    return Func(whole, Value(12), function="LEFT", output_field=CharField())


def _letter(included: bool, flagged: str) -> str:  # noqa: FBT001  columns of a row
    if not included:
        return "e"
    return "f" if flagged else "i"
