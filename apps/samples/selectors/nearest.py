"""The reference samples nearest to a place, with labels as far as the reader may know them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.db.models import F, FloatField, Func, Value

from apps.projects.selectors import role_of
from apps.samples.domain import labels_open
from apps.samples.models import ReferenceSample

# Degrees are not square: the nearest in metres are among this many nearest in degrees, but for
# samples so far away that nobody would take them for reference of the place.
CANDIDATES = 60


@dataclass(frozen=True)
class NearSample:
    """``distance_m``: from the place to the sample's nearest point, 0 inside a polygon.

    ``readable``: whether the reader may know the label.
    """

    sample: ReferenceSample
    distance_m: float
    readable: bool


def samples_nearest(
    user: Any, project: Any, lon: float, lat: float, *, limit: int
) -> list[NearSample]:
    """Return the live samples of a project by distance from a place (EPSG:4326)."""
    place = Value(Point(lon, lat, srid=4326), output_field=PointField(srid=4326))
    role = role_of(user, project)
    rows: Any = (
        ReferenceSample.objects.filter(project=project, deleted_at=None)
        .select_related("sample_set", "nomenclature_class")
        .annotate(metres=_Metres(F("geometry"), place))
        .order_by(_Degrees(F("geometry"), place))[:CANDIDATES]
    )
    found = [
        NearSample(
            row,
            row.metres,
            labels_open(row.sample_set.purpose, role) or row.updated_by_id == user.pk,
        )
        for row in rows
    ]
    return sorted(found, key=lambda near: (near.distance_m, str(near.sample.pk)))[:limit]


class _Metres(Func):
    """Distance on the spheroid, metres."""

    template = "ST_Distance((%(expressions)s)::geography)"
    arg_joiner = ")::geography, ("
    output_field = FloatField()


class _Degrees(Func):
    """Distance in degrees, by which the spatial index gives rows in order."""

    template = "(%(expressions)s)"
    arg_joiner = " <-> "
    output_field = FloatField()
