"""The grid of a project: the default, and what a person may ask for."""

from typing import Any

from django.contrib.gis.gdal import GDALException, SpatialReference
from pydantic import ValidationError

from apps.core.errors import InvalidInput
from workers.contracts.grid import Grid

NATIVE = "native"
DEFAULT_GRID = Grid(crs="EPSG:3035", resolution=(10.0, 10.0), origin=(0.0, 0.0), block_size=512)
SNAP_M = 1000.0
ADVICE = (
    'Give {"crs": "EPSG:3035", "resolution": [10, 10], "origin": [0, 0], "block_size": 512}, '
    'give "native", or leave it out.'
)


def grid_parse(value: Any) -> Grid | None:
    """Return the grid that a request asks for; None for ``"native"``.

    Absent (None) is EPSG:3035, 10 m, snapped to 1,000 m. An object may leave out everything but
    ``crs`` and ``resolution``; one number as resolution means square pixels.

    Raises:
        InvalidInput: ``errors`` names the field under ``grid``.
    """
    if value is None:
        return DEFAULT_GRID
    if value == NATIVE:
        return None
    if isinstance(value, Grid):
        return grid_check(value)
    if not isinstance(value, dict):
        raise _wrong("grid", "Expected an object, or the word native.")
    given = {"origin": [0.0, 0.0], **value}
    if isinstance(given.get("resolution"), int | float):
        given["resolution"] = [given["resolution"], given["resolution"]]
    if isinstance(given.get("crs"), int) and not isinstance(given["crs"], bool):
        given["crs"] = f"EPSG:{given['crs']}"
    try:
        return grid_check(Grid.model_validate(given))
    except ValidationError as exc:
        fields: dict[str, list[str]] = {}
        for item in exc.errors(include_url=False, include_context=False, include_input=False):
            name = ".".join(["grid", *(str(part) for part in item["loc"])])
            fields.setdefault(name, []).append(item["msg"])
        raise InvalidInput("The grid is not valid.", advice=ADVICE, errors=fields) from exc


def grid_check(grid: Grid) -> Grid:
    """Return the grid when its CRS is known and projected and its numbers are finite."""
    numbers = [*grid.resolution, *grid.origin]
    if any(number != number or abs(number) > 1e9 for number in numbers):
        raise _wrong("grid", "Resolution and origin must be finite and below 1e9 units.")
    crs_check(grid.crs)
    return grid


def crs_check(crs: str) -> None:
    """Refuse a CRS that GDAL does not know, or one in degrees."""
    text = crs.strip()
    head = text.upper()
    named = head.startswith("EPSG:") and head[5:].isdigit()
    wkt = head.startswith(
        ("PROJCRS[", "PROJCS[", "BOUNDCRS[", "COMPOUNDCRS[", "GEOGCRS[", "GEOGCS[")
    )
    if len(text) > 20_000 or not (named or wkt):
        raise _wrong("grid.crs", "Expected an EPSG code such as EPSG:3035, or WKT2.")
    try:
        reference = SpatialReference(int(text[5:]) if named else text)
        projected = bool(reference.projected)
    except (GDALException, ValueError, OverflowError, TypeError) as exc:
        raise _wrong("grid.crs", f"The coordinate system {text[:80]!r} is not known.") from exc
    if not projected:
        raise _wrong(
            "grid.crs", f"{text[:80]!r} is in degrees; a grid needs a projected coordinate system."
        )


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(f"The grid is not valid: {text}", advice=ADVICE, errors={field: [text]})
