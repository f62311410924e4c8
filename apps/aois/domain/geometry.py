"""Rules for geometry that arrives as GeoJSON: checked as JSON first, only then built.

Nested collections and endless rings can crash a geometry library, so nothing reaches it before
its type, depth, size and coordinates are known to be sound.
"""

import math
import re
from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Point, Polygon

from apps.core.errors import InvalidInput, TooLarge

MAX_VERTICES = 100_000
POLYGONS = frozenset({"Polygon", "MultiPolygon"})
SAMPLES = frozenset({"Point", "Polygon", "MultiPolygon"})
WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")
_PLACE = re.compile(r"^(?P<what>.*?)\[(?P<x>\S+) (?P<y>\S+)\]$")

Position = tuple[float, float]


def geometry_read(
    value: object,
    *,
    types: Collection[str] = POLYGONS,
    max_vertices: int = MAX_VERTICES,
    field: str = "geometry",
) -> GEOSGeometry:
    """Return a valid GEOS geometry (EPSG:4326, 2D) of a GeoJSON geometry.

    Raises InvalidInput naming what is wrong and where: type, empty, not closed, out of range,
    self-crossing; TooLarge above ``max_vertices``.
    """
    try:
        geometry = _built(_checked(value, types, max_vertices))
        _refuse_invalid(geometry)
    except TooLarge as error:
        raise TooLarge(error.message, advice=error.advice) from error
    except InvalidInput as error:
        raise InvalidInput(
            error.message, advice=error.advice, errors={field: [error.message]}
        ) from error
    return geometry


def geometry_json(geometry: GEOSGeometry | None) -> dict[str, Any] | None:
    """Return the GeoJSON geometry with the coordinates exactly as stored."""
    if geometry is None:
        return None
    shape: Any = geometry  # the stubs give coords to the subclasses only
    return {"type": geometry.geom_type, "coordinates": _listed(shape.coords)}


def _listed(value: Any) -> Any:
    return [_listed(child) for child in value] if isinstance(value, tuple) else value


def multi_polygon(geometry: GEOSGeometry) -> MultiPolygon:
    """Return a polygon as a multipolygon of one."""
    if isinstance(geometry, MultiPolygon):
        return geometry
    return MultiPolygon(geometry, srid=4326)


def feature_parts(value: object, *, whole: bool = True) -> tuple[object, dict[str, Any]]:
    """Return (geometry, properties) of a GeoJSON Feature; raise InvalidInput if it is none.

    With ``whole`` false (an edit) the type and either part may be left out.
    """
    if not isinstance(value, dict):
        raise InvalidInput("The body is not a JSON object; send a GeoJSON Feature.")
    if value.get("type") != "Feature" and (whole or "type" in value):
        raise InvalidInput(
            f"The body's type is {value.get('type')!r}; send a GeoJSON Feature.",
            errors={"type": ["Must be 'Feature'."]},
        )
    refuse_foreign_crs(value)
    properties = value.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise InvalidInput(
            "properties is not an object.", errors={"properties": ["Must be an object."]}
        )
    return value.get("geometry"), properties


def bbox_read(text: str) -> Polygon:
    """Return the box of ``west,south,east,north`` (EPSG:4326); raises InvalidInput."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_box(text, "it is not four numbers west,south,east,north") from error
    if not all(math.isfinite(number) for number in (west, south, east, north)):
        raise _bad_box(text, "a number is not finite")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _bad_box(text, "west and south must not exceed east and north, in degrees")
    box: Polygon = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box


def _bad_box(text: str, reason: str) -> InvalidInput:
    message = f"bbox {text[:80]!r} cannot be used: {reason}."
    return InvalidInput(message, errors={"bbox": [message]})


def refuse_foreign_crs(value: dict[str, Any]) -> None:
    """Raise InvalidInput when an old-style ``crs`` member says anything but WGS 84."""
    crs = value.get("crs")
    if crs is None:
        return
    name = str((crs.get("properties") or {}).get("name", "")) if isinstance(crs, dict) else ""
    if not name.endswith(WGS84_NAMES):
        raise InvalidInput(
            f"GeoJSON is in EPSG:4326 here, but its crs member says {name[:80]!r}; reproject it.",
            errors={"crs": ["Only EPSG:4326."]},
        )


def _checked(value: object, types: Collection[str], max_vertices: int) -> dict[str, Any]:
    if value is None:
        raise InvalidInput("geometry is missing.")
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise InvalidInput("geometry is not a GeoJSON geometry object.")
    kind = value["type"]
    if kind not in types:
        raise InvalidInput(
            f"Geometry type {kind[:40]!r} is not accepted here; give {' or '.join(sorted(types))}."
        )
    refuse_foreign_crs(value)
    coordinates = value.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise InvalidInput("The geometry is empty: it has no coordinates.")
    polygons: list[Any] = (
        [] if kind == "Point" else [coordinates] if kind == "Polygon" else coordinates
    )
    if kind == "Point":
        return {"type": kind, "coordinates": _position(coordinates, "coordinates")}
    count = _vertex_count(polygons)
    if count > max_vertices:
        raise TooLarge(
            f"The geometry has {count:,} vertices, more than the limit of {max_vertices:,}.",
            advice="Simplify or split it.",
        )
    return {"type": kind, "coordinates": [list(_rings(p, i)) for i, p in enumerate(polygons)]}


def _vertex_count(polygons: list[Any]) -> int:
    return sum(
        len(ring)
        for polygon in polygons
        if isinstance(polygon, list)
        for ring in polygon
        if isinstance(ring, list)
    )


def _rings(polygon: object, number: int) -> Iterator[list[Position]]:
    if not isinstance(polygon, list) or not polygon:
        raise InvalidInput(f"Polygon {number} is empty.")
    for index, ring in enumerate(polygon):
        where = f"ring {index} of polygon {number}"
        if not isinstance(ring, list) or len(ring) < 4:
            raise InvalidInput(f"{where} has fewer than four positions.")
        positions = [_position(p, f"position {n} of {where}") for n, p in enumerate(ring)]
        if positions[0] != positions[-1]:
            raise InvalidInput(f"{where} is not closed: its last position must equal its first.")
        yield positions


def _position(value: object, where: str) -> Position:
    if not isinstance(value, list) or len(value) not in (2, 3):
        raise InvalidInput(f"{where} is not a [longitude, latitude] pair.")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise InvalidInput(f"{where} holds something that is not a number.")
        if isinstance(number, float) and not math.isfinite(number):
            raise InvalidInput(f"{where} holds a number that is not finite.")
    lon, lat = value[0], value[1]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(
            f"{where} ({_short(lon)}, {_short(lat)}) is out of range: longitude is -180 to 180, "
            "latitude -90 to 90, in degrees (EPSG:4326)."
        )
    return float(lon), float(lat)


def _short(number: float) -> str:
    return f"{number:.6g}" if abs(number) < 1e15 else "very large"


def _built(value: dict[str, Any]) -> GEOSGeometry:
    try:
        if value["type"] == "Point":
            x, y = value["coordinates"]
            return Point(x, y, srid=4326)
        parts = [Polygon(*rings, srid=4326) for rings in value["coordinates"]]
    except (GEOSException, ValueError, TypeError) as error:
        raise InvalidInput("The geometry cannot be built from its coordinates.") from error
    return parts[0] if value["type"] == "Polygon" else MultiPolygon(*parts, srid=4326)


def _refuse_invalid(geometry: GEOSGeometry) -> None:
    if isinstance(geometry, Point):
        return
    west, _, east, _ = geometry.extent
    if east - west > 180:
        raise InvalidInput(
            "The geometry spans more than 180 degrees of longitude.",
            advice="Split it at the antimeridian.",
        )
    if not geometry.valid:
        if geometry.convex_hull.area == 0:
            raise InvalidInput("The geometry is empty: its area is zero.")
        raise InvalidInput(invalid_text(geometry.valid_reason))


def invalid_text(reason: str) -> str:
    """Return a sentence for a GEOS validity reason such as ``Self-intersection[14.5 45.8]``."""
    found = _PLACE.match(reason)
    if found is None:
        return f"The geometry is invalid ({reason}); repair it."
    place = f"near longitude {float(found['x']):.6g}, latitude {float(found['y']):.6g}"
    if "elf-intersection" in found["what"]:
        return f"The polygon crosses itself {place}; move that corner or give two polygons."
    return f"The geometry is invalid ({found['what'].lower()}) {place}; repair it."
