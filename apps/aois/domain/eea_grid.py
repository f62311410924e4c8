"""The European reference grid: squares of EPSG:3035 (ETRS89-LAEA) named by their lower left corner.

A code is the size, then easting and northing without as many zeros as the size in metres ends
with: ``100kmE42N26`` begins at 4,200,000 east, 2,600,000 north, ``50kmE420N260`` too. The
projection is the ellipsoidal Lambert azimuthal equal-area one (EPSG method 9820) on GRS 80.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.gis.geos import Polygon

from apps.core.errors import InvalidInput

CELL_SIZES_KM = (10, 20, 50, 100)
MAX_CELLS = 1_000
AREA_OF_USE = (-35.58, 24.60, 44.83, 84.73)
SEMI_MAJOR, FLATTENING = 6_378_137.0, 1 / 298.257222101
CENTRE = (math.radians(10), math.radians(52))
FALSE = (4_321_000.0, 3_210_000.0)
EDGE_PARTS = {10: 2, 20: 2, 50: 2, 100: 4}
_CODE = re.compile(r"^(\d{2,3})kmE(\d{1,4})N(\d{1,4})$")
_E = math.sqrt(FLATTENING * (2 - FLATTENING))

Position = tuple[float, float]


@dataclass(frozen=True, order=True)
class Cell:
    """One square; ``column`` and ``row`` count cells of its size from the projection's origin."""

    size_km: int
    column: int
    row: int

    @property
    def corner(self) -> tuple[int, int]:
        """Easting and northing of the lower left corner in metres."""
        size = self.size_km * 1000
        return self.column * size, self.row * size

    @property
    def code(self) -> str:
        east, north = self.corner
        unit = _unit(self.size_km)
        return f"{self.size_km}kmE{east // unit:02d}N{north // unit:02d}"


def cell_of_code(code: str) -> Cell:
    """Return the cell of a code such as ``100kmE42N26``; raises InvalidInput."""
    match = _CODE.match(code.strip())
    if match is None:
        raise _wrong("code", f"{code[:40]!r} is no cell code; write it like 100kmE42N26.")
    size, east, north = (int(part) for part in match.groups())
    if size not in CELL_SIZES_KM:
        raise _wrong("code", f"Cells of {size} km are not offered; sizes are {_sizes()} km.")
    metres, unit = size * 1000, _unit(size)
    if east * unit % metres or north * unit % metres:
        raise _wrong("code", f"No cell of {size} km begins at {code[:40]}.")
    cell = Cell(size, east * unit // metres, north * unit // metres)
    lon, lat = to_degrees(*cell.corner)
    west, south, right, top = AREA_OF_USE
    if not (west - 2 <= lon <= right + 2 and south - 2 <= lat <= top + 2):
        raise _wrong("code", f"Cell {code[:40]} lies outside the European grid.")
    return cell


def cells_in(box: Polygon, size_km: int, *, limit: int = MAX_CELLS) -> list[Cell]:
    """Return the cells that touch a box in degrees, by code; raises InvalidInput over the limit."""
    if size_km not in CELL_SIZES_KM:
        raise _wrong("size", f"Cells of {size_km} km are not offered; sizes are {_sizes()} km.")
    window = Polygon(list(_projected(_clipped(box))))
    metres = size_km * 1000
    left, bottom, right, top = window.extent
    columns = range(max(0, math.floor(left / metres)), math.floor(right / metres) + 1)
    rows = range(max(0, math.floor(bottom / metres)), math.floor(top / metres) + 1)
    if len(columns) * len(rows) > 4 * limit:
        raise _too_many(len(columns) * len(rows), size_km, limit)
    shape = window.prepared
    cells = [
        Cell(size_km, column, row)
        for row in rows
        for column in columns
        if shape.intersects(_square(column, row, metres))
    ]
    if len(cells) > limit:
        raise _too_many(len(cells), size_km, limit)
    return cells


def cell_outline(cell: Cell) -> list[Position]:
    """Return the closed ring of a cell in degrees, with points between its corners."""
    east, north = cell.corner
    size, parts = cell.size_km * 1000, EDGE_PARTS[cell.size_km]
    step = size / parts
    ring = [(east + n * step, float(north)) for n in range(parts)]
    ring += [(float(east + size), north + n * step) for n in range(parts)]
    ring += [(east + size - n * step, float(north + size)) for n in range(parts)]
    ring += [(float(east), north + size - n * step) for n in range(parts)]
    return [_rounded(to_degrees(*place)) for place in [*ring, ring[0]]]


def to_metres(lon: float, lat: float) -> Position:
    """Return easting and northing (EPSG:3035) of a longitude and latitude."""
    lon0, lat0 = CENTRE
    beta, beta0, radius, stretch = _authalic(math.radians(lat)), _authalic(lat0), _radius(), _d()
    turn = math.radians(lon) - lon0
    along = math.cos(beta) * math.cos(turn)
    scale = radius * math.sqrt(2 / (1 + math.sin(beta0) * math.sin(beta) + math.cos(beta0) * along))
    east = scale * stretch * math.cos(beta) * math.sin(turn)
    north = scale / stretch * (math.cos(beta0) * math.sin(beta) - math.sin(beta0) * along)
    return FALSE[0] + east, FALSE[1] + north


def to_degrees(east: float, north: float) -> Position:
    """Return longitude and latitude of an easting and northing (EPSG:3035)."""
    lon0, lat0 = CENTRE
    beta0, radius, stretch = _authalic(lat0), _radius(), _d()
    x, y = (east - FALSE[0]) / stretch, (north - FALSE[1]) * stretch
    rho = math.hypot(x, y)
    if rho == 0:
        return math.degrees(lon0), math.degrees(lat0)
    angle = 2 * math.asin(min(1.0, rho / (2 * radius)))
    sine = math.cos(angle) * math.sin(beta0) + y * math.sin(angle) * math.cos(beta0) / rho
    below = rho * math.cos(beta0) * math.cos(angle) - y * math.sin(beta0) * math.sin(angle)
    lon = lon0 + math.atan2(x * math.sin(angle), below)
    return math.degrees(lon), math.degrees(_latitude(math.asin(sine)))


def _q(lat: float) -> float:
    sine = math.sin(lat)
    return (1 - _E**2) * (
        sine / (1 - (_E * sine) ** 2) - math.log((1 - _E * sine) / (1 + _E * sine)) / (2 * _E)
    )


def _authalic(lat: float) -> float:
    return math.asin(max(-1.0, min(1.0, _q(lat) / _q(math.pi / 2))))


def _latitude(beta: float) -> float:
    """Return the latitude of an authalic one: Newton's steps from the same angle."""
    lat, wanted = beta, math.sin(beta) * _q(math.pi / 2)
    for _ in range(6):
        slope = 2 * (1 - _E**2) * math.cos(lat) / (1 - (_E * math.sin(lat)) ** 2) ** 2
        if slope == 0:
            break
        lat += (wanted - _q(lat)) / slope
    return lat


@lru_cache(maxsize=1)
def _radius() -> float:
    return SEMI_MAJOR * math.sqrt(_q(math.pi / 2) / 2)


@lru_cache(maxsize=1)
def _d() -> float:
    lat0 = CENTRE[1]
    below = _radius() * math.sqrt(1 - (_E * math.sin(lat0)) ** 2) * math.cos(_authalic(lat0))
    return SEMI_MAJOR * math.cos(lat0) / below


def _unit(size_km: int) -> int:
    """Return the power of ten that a code leaves out: the zeros of the size in metres."""
    metres, unit = size_km * 1000, 1
    while metres % (unit * 10) == 0:
        unit *= 10
    return unit


def _clipped(box: Polygon) -> tuple[float, float, float, float]:
    west, south, east, north = box.extent
    left, bottom, right, top = AREA_OF_USE
    cut = max(west, left), max(south, bottom), min(east, right), min(north, top)
    if cut[0] > cut[2] or cut[1] > cut[3]:
        raise _wrong("bbox", "The window lies outside Europe, where the grid is defined.")
    return cut


def _projected(box: tuple[float, float, float, float], parts: int = 24) -> Iterator[Position]:
    west, south, east, north = box
    wide, high = (east - west) / parts, (north - south) / parts
    ring = [(west + n * wide, south) for n in range(parts)]
    ring += [(east, south + n * high) for n in range(parts)]
    ring += [(east - n * wide, north) for n in range(parts)]
    ring += [(west, north - n * high) for n in range(parts)]
    yield from (to_metres(*place) for place in [*ring, ring[0]])


def _square(column: int, row: int, metres: int) -> Polygon:
    left, bottom = column * metres, row * metres
    square: Polygon = Polygon.from_bbox((left, bottom, left + metres, bottom + metres))
    return square


def _rounded(place: Position) -> Position:
    return round(place[0], 7), round(place[1], 7)


def _sizes() -> str:
    return ", ".join(str(size) for size in CELL_SIZES_KM)


def _too_many(count: int, size_km: int, limit: int) -> InvalidInput:
    return _wrong(
        "bbox",
        f"The window holds about {count:,} cells of {size_km} km, more than the limit of "
        f"{limit:,}; zoom in or choose larger cells.",
    )


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, errors={field: [text]})
