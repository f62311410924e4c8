"""Reads on extents; every list starts from what the caller may see."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import FloatField, Func, QuerySet

from apps.aois.models import AreaOfInterest, ProductionUnit, Region
from apps.core.errors import NotFound
from apps.projects.selectors import project_ids_of

if TYPE_CHECKING:
    from apps.projects.models import Project


def aois_visible_to(user: Any) -> QuerySet[AreaOfInterest]:
    """Return the areas of the caller's projects."""
    return AreaOfInterest.objects.filter(project__in=project_ids_of(user)).select_related("project")


def regions_visible_to(user: Any) -> QuerySet[Region]:
    """Return the regions of the caller's projects."""
    return Region.objects.filter(project__in=project_ids_of(user)).select_related("project")


def units_visible_to(user: Any) -> QuerySet[ProductionUnit]:
    """Return the production units of the caller's projects."""
    return ProductionUnit.objects.filter(project__in=project_ids_of(user)).select_related(
        "project", "region"
    )


def units_measured(user: Any, project: "Project") -> QuerySet[Any]:
    """Return the units of a project with ``area_km2``, geodesic."""
    area = Func(
        "geometry", template="ST_Area(%(expressions)s::geography) / 1e6", output_field=FloatField()
    )
    return units_visible_to(user).filter(project=project).annotate(area_km2=area)


def aoi_of_project(project: "Project", aoi_id: UUID | str) -> AreaOfInterest:
    """Return an area of the project; a foreign or missing id raises the same NotFound."""
    aoi = AreaOfInterest.objects.filter(project=project, pk=aoi_id).first()
    if aoi is None:
        raise NotFound(f"The project has no area of interest {aoi_id}.")
    return aoi


def unit_of_project(project: "Project", unit_id: UUID | str) -> ProductionUnit:
    """Return a production unit of the project; foreign and missing ids raise NotFound alike."""
    unit = ProductionUnit.objects.filter(project=project, pk=unit_id).first()
    if unit is None:
        raise NotFound(f"The project has no production unit {unit_id}.")
    return unit


def region_of_project(project: "Project", region_id: UUID | str) -> Region:
    """Return a region of the project; a foreign or missing id raises the same NotFound."""
    region = Region.objects.filter(project=project, pk=region_id).first()
    if region is None:
        raise NotFound(f"The project has no region {region_id}.")
    return region


def region_by_code(project_id: UUID, code: str) -> Region | None:
    """Return the region of a project with this code, if any."""
    return Region.objects.filter(project=project_id, code=code).first()


def region_at(project: "Project", geometry: GEOSGeometry) -> Region | None:
    """Return the region that holds the centroid of a geometry, if any."""
    return (
        Region.objects.filter(project=project, geometry__intersects=geometry.centroid)
        .order_by("code")
        .first()
    )


def area_km2_of(geometry: GEOSGeometry) -> float:
    """Return the geodesic area on the WGS 84 ellipsoid in square kilometres."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(ST_SetSRID(ST_GeomFromWKB(%s), 4326)::geography) / 1e6",
            [bytes(geometry.wkb)],
        )
        row = cursor.fetchone()
    return float(row[0])
