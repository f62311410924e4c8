"""GeoJSON from outside: checked as plain data first, only then given to GEOS.

A nested collection can crash GEOS, and a bomb can exhaust it, so that type, depth, size and range
are settled before it sees anything. Coordinates are EPSG:4326, longitude first; heights are cut.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon

from apps.core.errors import InvalidInput, TooLarge

MAX_VERTICES = 100_000
# Lists around one position; anything nested deeper is refused on the way down.
LEVELS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
AREAS = frozenset({"Polygon", "MultiPolygon"})
POINTS_AND_AREAS = frozenset({"Point", "MultiPoint", "Polygon", "MultiPolygon"})
DEFAULT_FIELD = "geometry"


def geometry_parse(
    value: Any, *, kinds: Collection[str] = frozenset(LEVELS), field: str = DEFAULT_FIELD
) -> GEOSGeometry:
    """Return a valid, non-empty geometry in EPSG:4326 of a GeoJSON geometry.

    Args:
        value: The decoded JSON of a geometry (not of a Feature).
        kinds: Names of the types that are taken.
        field: The field that errors are filed under.

    Raises:
        InvalidInput: What is wrong and where; a self-crossing names its place.
        TooLarge: Over 100,000 vertices.
    """
    checked = geometry_check(value, kinds=kinds, field=field)
    try:
        geometry = GEOSGeometry(json.dumps(checked), srid=4326)
        valid = bool(geometry.valid)
        reason = "" if valid else str(geometry.valid_reason)
    except (GEOSException, ValueError) as exc:
        raise _wrong(field, f"The geometry cannot be built: {exc}") from exc
    if geometry.empty:
        raise _wrong(field, "The geometry is empty.")
    if not valid:
        raise _invalid_geometry(field, reason)
    return geometry


def multipolygon_parse(value: Any, *, field: str = DEFAULT_FIELD) -> MultiPolygon:
    """Return an area as a MultiPolygon in EPSG:4326; raises as ``geometry_parse`` does."""
    geometry = geometry_parse(value, kinds=AREAS, field=field)
    if isinstance(geometry, Polygon):
        return MultiPolygon(geometry, srid=4326)
    assert isinstance(geometry, MultiPolygon)  # noqa: S101 - settled by ``kinds``
    return geometry


def geometry_check(
    value: Any, *, kinds: Collection[str] = frozenset(LEVELS), field: str = DEFAULT_FIELD
) -> dict[str, Any]:
    """Return type and 2D coordinates of a GeoJSON geometry after checking it as plain data."""
    if not isinstance(value, Mapping):
        raise _wrong(field, "Expected a GeoJSON geometry with type and coordinates.")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in LEVELS:
        raise _wrong(field, f"Type {str(kind)[:40]!r} is not a geometry that can be used here.")
    if kind not in kinds:
        raise _wrong(field, f"Expected {' or '.join(sorted(kinds))}, not {kind}.")
    count = [0]
    clean = _level(value.get("coordinates"), LEVELS[kind], kind, field, count)
    if count[0] == 0:
        raise _wrong(field, "The geometry is empty.")
    _check_parts(clean, kind, field)
    return {"type": kind, "coordinates": clean}


def feature_parts(value: Any, *, field: str = DEFAULT_FIELD) -> tuple[Any, dict[str, Any]]:
    """Return (geometry, properties) of a GeoJSON Feature; the geometry is not yet checked."""
    if not isinstance(value, Mapping) or value.get("type") != "Feature":
        raise _wrong(field, "Expected a GeoJSON Feature with geometry and properties.")
    properties = value.get("properties")
    if properties is not None and not isinstance(properties, Mapping):
        raise _wrong("properties", "Expected an object.")
    return value.get("geometry"), dict(properties or {})


def _level(value: Any, levels: int, kind: str, field: str, count: list[int]) -> Any:
    if levels == 0:
        return _position(value, kind, field, count)
    if not isinstance(value, list | tuple):
        raise _wrong(field, f"The coordinates of a {kind} are not nested as they must be.")
    return [_level(item, levels - 1, kind, field, count) for item in value]


def _position(value: Any, kind: str, field: str, count: list[int]) -> list[float]:
    count[0] += 1
    if count[0] > MAX_VERTICES:
        text = f"The geometry has over {MAX_VERTICES:,} vertices."
        raise TooLarge(text, advice="Simplify it or split it.", errors={field: [text]})
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 3:
        raise _wrong(field, f"Position {count[0]} of the {kind} is not [longitude, latitude].")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise _wrong(field, f"Position {count[0]} holds something that is not a number.")
        if isinstance(number, float) and not math.isfinite(number):
            raise _wrong(field, f"Position {count[0]} is not finite.")
    lon, lat = value[0], value[1]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(
            f"Position {count[0]} ({_short(lon)}, {_short(lat)}) is outside longitude ±180 and "
            "latitude ±90.",
            advice="Give coordinates in EPSG:4326 (degrees), longitude first.",
            errors={field: ["Outside longitude ±180, latitude ±90."]},
        )
    return [float(lon), float(lat)]


def _short(number: float) -> str:
    return str(number)[:24]


def _check_parts(clean: Any, kind: str, field: str) -> None:
    """Refuse rings that are not closed and lines of one point, which GEOS reports less well."""
    if kind in {"LineString", "MultiLineString"}:
        lines = [clean] if kind == "LineString" else clean
        if any(len(line) < 2 for line in lines):
            raise _wrong(field, "A line needs at least two positions.")
    if kind not in AREAS:
        return
    for number, polygon in enumerate([clean] if kind == "Polygon" else clean, start=1):
        if not polygon:
            raise _wrong(field, f"Polygon {number} is empty.")
        for ring in polygon:
            _check_ring(ring, number, field)


def _check_ring(ring: Sequence[list[float]], number: int, field: str) -> None:
    if len(ring) < 4:
        raise _wrong(field, f"A ring of polygon {number} has fewer than four positions.")
    if ring[0] != ring[-1]:
        text = f"A ring of polygon {number} is not closed: first and last position differ."
        raise _wrong(field, text)


def _invalid_geometry(field: str, reason: str) -> InvalidInput:
    """Word GEOS's finding, as in ``Self-intersection[26.5 45.5]``, so that it names the place."""
    what, _, place = reason.partition("[")
    where = place.rstrip("]").split()
    at = f" at longitude {where[0]}, latitude {where[1]}" if len(where) >= 2 else ""
    crossing = "self-intersection" in what.lower()
    text = (
        f"The boundary crosses itself{at}." if crossing else f"The geometry is invalid: {what}{at}."
    )
    return InvalidInput(
        text, advice="Draw the boundary again without that fault.", errors={field: [text]}
    )


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, errors={field: [text]})
