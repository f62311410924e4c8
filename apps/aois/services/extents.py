"""Writes on extents. Every write records an audit row in the same transaction."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.gis.geos import MultiPolygon
from django.db import IntegrityError, transaction

from apps.accounts.services import audit_record
from apps.aois.domain import MAX_VERTICES, POLYGONS, geometry_read, multi_polygon
from apps.aois.enums import UnitStatus
from apps.aois.models import AreaOfInterest, ProductionUnit, Region
from apps.aois.selectors import area_km2_of, region_of_project
from apps.core.errors import Conflict, InvalidInput, NotFound, StaleEdit

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.projects.models import Project

DEFAULT_MAX_KM2 = 10_000_000.0  # more than the land of Europe
UNIT_FIELDS = ("name", "partner")


@transaction.atomic
def aoi_create(
    *, project: "Project", name: object, geometry: object, user: "User | None"
) -> AreaOfInterest:
    """Create an area from a GeoJSON geometry (EPSG:4326); raises InvalidInput."""
    shape, area = _measured(geometry)
    aoi = AreaOfInterest.objects.create(
        project=project,
        name=_named(name),
        geometry=shape,
        area_km2=area,
        created_by=user,
    )
    audit_record(actor=user, action="aoi.create", obj=aoi, project=project)
    return aoi


@transaction.atomic
def aoi_update(
    *,
    aoi: AreaOfInterest,
    user: "User | None",
    name: object | None = None,
    geometry: object | None = None,
    if_match: int | None = None,
) -> AreaOfInterest:
    """Change name or geometry; a stale ``if_match`` revision raises StaleEdit."""
    locked = AreaOfInterest.objects.select_for_update().get(pk=aoi.pk)
    _refuse_stale(locked, if_match)
    if name is not None:
        locked.name = _named(name)
    if geometry is not None:
        locked.geometry, locked.area_km2 = _measured(geometry)
    locked.revision += 1
    locked.save()
    audit_record(actor=user, action="aoi.change", obj=locked, project=locked.project)
    return locked


@transaction.atomic
def aoi_delete(*, aoi: AreaOfInterest, user: "User | None", if_match: int | None = None) -> None:
    """Delete an area; maps made from it keep their own footprint."""
    locked = AreaOfInterest.objects.select_for_update().get(pk=aoi.pk)
    _refuse_stale(locked, if_match)
    audit_record(actor=user, action="aoi.delete", obj=locked, project=locked.project)
    locked.delete()


@transaction.atomic
def region_create(
    *,
    project: "Project",
    code: object,
    user: "User | None",
    name: str = "",
    geometry: object = None,
) -> Region:
    """Create a bio-geographic region; its geometry may come later."""
    shape = None if geometry is None else multi_polygon(geometry_read(geometry))
    try:
        with transaction.atomic():
            region = Region.objects.create(
                project=project, code=_coded(code), name=name, geometry=shape
            )
    except IntegrityError as error:
        raise Conflict(f"The project already has a region {code!r}.") from error
    audit_record(actor=user, action="region.create", obj=region, project=project)
    return region


@transaction.atomic
def region_update(*, region: Region, user: "User | None", changes: Mapping[str, Any]) -> Region:
    """Change code, name or geometry of a region."""
    if "code" in changes:
        region.code = _coded(changes["code"])
    if "name" in changes:
        region.name = str(changes["name"] or "")[:200]
    if changes.get("geometry") is not None:
        region.geometry = multi_polygon(geometry_read(changes["geometry"]))
    _saved(region, f"The project already has a region {region.code!r}.")
    audit_record(actor=user, action="region.change", obj=region, project=region.project)
    return region


@transaction.atomic
def region_delete(*, region: Region, user: "User | None") -> None:
    """Delete a region; units and samples in it lose the mark only."""
    audit_record(actor=user, action="region.delete", obj=region, project=region.project)
    region.delete()


@transaction.atomic
def unit_create(
    *,
    project: "Project",
    code: object,
    geometry: object,
    user: "User | None",
    details: Mapping[str, Any] | None = None,
) -> ProductionUnit:
    """Create a production unit; ``details``: name, region (id), partner, status."""
    unit = ProductionUnit(
        project=project, code=_coded(code), geometry=multi_polygon(geometry_read(geometry))
    )
    _unit_describe(unit, details or {})
    _saved(unit, f"The project already has a production unit {code!r}.")
    audit_record(actor=user, action="unit.create", obj=unit, project=project)
    return unit


@transaction.atomic
def unit_update(
    *, unit: ProductionUnit, user: "User | None", changes: Mapping[str, Any]
) -> ProductionUnit:
    """Change a production unit."""
    if "code" in changes:
        unit.code = _coded(changes["code"])
    if changes.get("geometry") is not None:
        unit.geometry = multi_polygon(geometry_read(changes["geometry"]))
    _unit_describe(unit, changes)
    _saved(unit, f"The project already has a production unit {unit.code!r}.")
    audit_record(actor=user, action="unit.change", obj=unit, project=unit.project)
    return unit


@transaction.atomic
def unit_delete(*, unit: ProductionUnit, user: "User | None") -> None:
    """Delete a production unit."""
    audit_record(actor=user, action="unit.delete", obj=unit, project=unit.project)
    unit.delete()


def _unit_describe(unit: ProductionUnit, details: Mapping[str, Any]) -> None:
    for field in UNIT_FIELDS:
        if field in details:
            setattr(unit, field, str(details[field] or "")[:200])
    if "status" in details:
        if details["status"] not in UnitStatus.values:
            raise InvalidInput(
                f"Unknown status {details['status']!r}; known: {', '.join(UnitStatus.values)}.",
                errors={"status": ["Unknown status."]},
            )
        unit.status = details["status"]
    if "region" in details:
        unit.region = _region_named(unit.project, details["region"])


def _region_named(project: "Project", region_id: Any) -> Region | None:
    if region_id in (None, ""):
        return None
    try:
        return region_of_project(project, region_id)
    except (NotFound, ValueError) as error:
        raise InvalidInput(
            f"The project has no region {region_id}.", errors={"region": ["Not found."]}
        ) from error


def _saved(row: Region | ProductionUnit, duplicate: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(duplicate) from error


def _measured(geometry: object) -> tuple[MultiPolygon, float]:
    limit = int(getattr(settings, "AOI_MAX_VERTICES", MAX_VERTICES))
    shape = multi_polygon(geometry_read(geometry, types=POLYGONS, max_vertices=limit))
    area = area_km2_of(shape)
    max_km2 = float(getattr(settings, "AOI_MAX_KM2", DEFAULT_MAX_KM2))
    if area > max_km2:
        text = f"The area is {area:,.0f} km², more than the limit of {max_km2:,.0f} km²."
        raise InvalidInput(
            text, advice="Draw a smaller area or split it.", errors={"geometry": [text]}
        )
    return shape, area


def _refuse_stale(aoi: AreaOfInterest, if_match: int | None) -> None:
    if if_match is not None and if_match != aoi.revision:
        raise StaleEdit(
            f"Area {aoi.name!r} is at revision {aoi.revision}, not {if_match}.",
            current={"id": str(aoi.pk), "revision": aoi.revision},
        )


def _named(name: object) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > 200:
        raise InvalidInput(
            "name is missing, empty or longer than 200 characters.",
            errors={"name": ["Give 1 to 200 characters."]},
        )
    return name.strip()


def _coded(code: object) -> str:
    if not isinstance(code, str) or not code.strip() or len(code) > 40:
        raise InvalidInput(
            "code is missing, empty or longer than 40 characters.",
            errors={"code": ["Give 1 to 40 characters."]},
        )
    return code.strip()
