"""Geometry checks: structure before GEOS sees it, validity after, then EPSG:4326."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from workers.errors import InputError
from workers.vector.limits import MAX_DEPTH, MAX_VERTICES_ALL, MAX_VERTICES_EACH, shown

WGS84 = CRS.from_epsg(4326)
DIGITS = 9  # of a degree: 0.1 mm on the ground
DEPTHS = {"Point": 0, "MultiPoint": 1, "Polygon": 2, "MultiPolygon": 3}
_PLACE = re.compile(r"^(?P<what>.*?)\[(?P<x>\S+) (?P<y>\S+)\]$")


class RowRefused(Exception):
    """One row cannot be used; the text says why."""


def crs_read(text: str) -> CRS:
    """Return a CRS named by a person; raises InputError when it is not known."""
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise InputError(f"crs {shown(text)} is not known; give for example EPSG:3035.") from error


def crs_text(crs: CRS) -> str:
    """Return a CRS as a person would name it."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def shape_of(value: Any) -> shapely.Geometry:
    """Return the geometry of a GeoJSON object, checked for structure first.

    Raises RowRefused: no geometry, wrong type, too deep, too many vertices, not finite.
    """
    if value is None:
        raise RowRefused("has no geometry")
    if not isinstance(value, dict):
        raise RowRefused("its geometry is not an object")
    kind = value.get("type")
    if kind not in DEPTHS:
        raise RowRefused(f"is a {str(kind)[:40]}; points and polygons are read")
    coordinates = value.get("coordinates")
    count = _vertices(coordinates, DEPTHS[kind])
    if count == 0:
        raise RowRefused("its geometry is empty")
    if count > MAX_VERTICES_EACH:
        raise RowRefused(f"has {count:,} vertices, more than {MAX_VERTICES_EACH:,}")
    try:
        return shapely.geometry.shape({"type": kind, "coordinates": coordinates})
    except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError) as error:
        raise RowRefused(f"its geometry cannot be built ({error})") from error


def _vertices(value: Any, depth: int, level: int = 0) -> int:
    if level > MAX_DEPTH:
        raise RowRefused(f"its coordinates are nested more than {MAX_DEPTH} deep")
    if not isinstance(value, list):
        raise RowRefused("its coordinates are not a list")
    if depth > 0:
        return sum(_vertices(child, depth - 1, level + 1) for child in value)
    if not value:
        return 0
    if len(value) not in (2, 3, 4):
        raise RowRefused("a position is not a pair of numbers")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise RowRefused("a coordinate is not a number")
        if not math.isfinite(number):
            raise RowRefused("a coordinate is not finite")
    return 1


def located(
    shapes: Sequence[shapely.Geometry | None], crs: CRS
) -> tuple[NDArray[Any], list[str | None]]:
    """Return the geometries in EPSG:4326 (2D) and, by position, why one is refused.

    A None among the shapes stays None without a reason.
    Raises InputError when all together have too many vertices.
    """
    geoms = shapely.force_2d(np.array(shapes, dtype=object))
    counts = shapely.get_num_coordinates(geoms)
    if counts.sum() > MAX_VERTICES_ALL:
        raise InputError(
            f"The file has {counts.sum():,} vertices, more than {MAX_VERTICES_ALL:,}; split it."
        )
    valid = shapely.is_valid(geoms)  # False for None
    reasons: list[str | None] = [
        _refusal(geom, count, sound=sound, crs=crs)
        for geom, count, sound in zip(geoms, counts, valid, strict=True)
    ]
    good = np.flatnonzero(
        [g is not None and r is None for g, r in zip(geoms, reasons, strict=True)]
    )
    geoms[good] = _rounded(_to_wgs84(geoms[good], crs))
    for position, reason in zip(good, _out_of_world(geoms[good]), strict=True):
        reasons[position] = reason
    return geoms, reasons


def _rounded(geoms: NDArray[Any]) -> NDArray[Any]:
    """Return coordinates rounded to 0.1 mm, where that keeps the geometry valid."""
    short = shapely.transform(geoms, lambda xy: xy.round(DIGITS))
    return np.where(shapely.is_valid(short), short, geoms)


def _refusal(geom: shapely.Geometry | None, count: int, *, sound: bool, crs: CRS) -> str | None:
    if geom is None:
        return None
    if geom.geom_type not in DEPTHS:
        return f"is a {geom.geom_type}; points and polygons are read"
    if geom.is_empty:
        return "its geometry is empty"
    if count > MAX_VERTICES_EACH:
        return f"has {int(count):,} vertices, more than {MAX_VERTICES_EACH:,}"
    if geom.geom_type == "MultiPoint" and len(geom.geoms) > 1:
        return "is a point with several positions; give one row for each"
    if not sound:
        if not np.isfinite(shapely.get_coordinates(geom)).all():
            return "a coordinate is not finite"
        return invalid_text(shapely.is_valid_reason(geom), crs)
    return None


def invalid_text(reason: str, crs: CRS = WGS84) -> str:
    """Return a sentence for a GEOS validity reason, with the place in degrees."""
    found = _PLACE.match(reason)
    if found is None:
        return f"its geometry is invalid ({reason}); repair it"
    what = found["what"].lower()
    verb = "crosses itself" if "self-intersection" in what else f"is invalid ({what})"
    return f"its geometry {verb} near {_place_text(found['x'], found['y'], crs)}; repair it"


def _place_text(x: str, y: str, crs: CRS) -> str:
    """Return where that is, so that a map can show it; in the file's numbers outside the CRS."""
    try:
        lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(float(x), float(y))
    except (ProjError, ValueError):
        return f"({x}, {y})"
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return f"({x}, {y})"
    return f"longitude {lon:.6g}, latitude {lat:.6g}"


def _to_wgs84(geoms: NDArray[Any], crs: CRS) -> NDArray[Any]:
    single = [geom.geoms[0] if _is_single(geom) else geom for geom in geoms]
    array = np.empty(len(single), dtype=object)
    array[:] = single
    if crs.equals(WGS84, ignore_axis_order=True):
        return array
    try:
        transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
        moved = shapely.transform(
            array, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
        )
    except ProjError as error:
        raise InputError(f"The coordinates cannot be brought to EPSG:4326 ({error}).") from error
    return np.asarray(moved, dtype=object)


def _is_single(geom: shapely.Geometry) -> bool:
    return geom.geom_type.startswith("Multi") and len(geom.geoms) == 1


def _out_of_world(geoms: NDArray[Any]) -> list[str | None]:
    west, south, east, north = shapely.bounds(geoms).reshape(-1, 4).T
    reasons: list[str | None] = [None] * len(geoms)
    finite = np.isfinite(west + south + east + north)
    outside = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    for position in np.flatnonzero(~finite | outside | (east - west > 180)):
        if not finite[position]:
            reasons[position] = "lies outside the area of its coordinate system"
        elif outside[position]:
            place = f"longitude {west[position]:.6g}, latitude {south[position]:.6g}"
            reasons[position] = f"lies at {place}, which is outside the Earth; check crs"
        else:
            reasons[position] = (
                "spans more than 180 degrees of longitude; split it at the antimeridian"
            )
    return reasons
