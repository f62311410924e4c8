"""Block outlines in EPSG:4326. GDAL transforms coordinates here; no file is opened."""

import json
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.contrib.gis.gdal import CoordTransform, OGRGeometry, SpatialReference

from workers.contracts.grid import Grid

POINTS_PER_EDGE = 4
DECIMALS = 7


@lru_cache(maxsize=32)
def _to_4326(crs: str) -> CoordTransform:
    return CoordTransform(SpatialReference(crs), SpatialReference("EPSG:4326"))


def block_lattice(
    grid: Grid, extent: tuple[int, int, int, int], *, most: int = 64
) -> dict[str, Any]:
    """Return corners of blocks (ix, iy, ix, iy of the first and last) in EPSG:4326.

    ``ix`` and ``iy`` are the columns and rows of corners given, at most ``most`` + 2 each way,
    ``lon`` and ``lat`` their places row by row; what lies between is interpolated.
    """
    left, top, right, bottom = extent
    stride = max(1, -(-max(right - left + 1, bottom - top + 1) // most))
    columns = [*range(left, right + 1, stride), right + 1]
    rows = [*range(top, bottom + 1, stride), bottom + 1]
    width = grid.resolution[0] * grid.block_size
    height = grid.resolution[1] * grid.block_size
    places = (
        f"{grid.origin[0] + ix * width!r} {grid.origin[1] - iy * height!r}"
        for iy in rows
        for ix in columns
    )
    line = OGRGeometry(f"LINESTRING ({', '.join(places)})")
    line.transform(_to_4326(grid.crs))
    points = json.loads(str(line.json))["coordinates"]
    return {
        "ix": columns,
        "iy": rows,
        "lon": [round(point[0], DECIMALS) for point in points],
        "lat": [round(point[1], DECIMALS) for point in points],
    }


def block_outline(grid: Grid, ix: int, iy: int) -> dict[str, Any]:
    """Return a block's outline as GeoJSON Polygon; edges carry points, since they bend."""
    left, bottom, right, top = grid.block_bounds(ix, iy)
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    ring: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        for step in range(POINTS_PER_EDGE):
            share = step / POINTS_PER_EDGE
            ring.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
    ring.append(ring[0])
    text = ", ".join(f"{x!r} {y!r}" for x, y in ring)
    geometry = OGRGeometry(f"POLYGON (({text}))")
    geometry.transform(_to_4326(grid.crs))
    points = json.loads(str(geometry.json))["coordinates"][0]
    rounded = [[round(point[0], DECIMALS), round(point[1], DECIMALS)] for point in points]
    return {"type": "Polygon", "coordinates": [rounded]}
