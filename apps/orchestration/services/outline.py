"""Where jobs would work, as a map shows it: the area and the outlines of its blocks."""

import json
from collections.abc import Sequence
from functools import reduce
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon

from apps.orchestration.gateways import blocks_touching, geometry_4326, geometry_to_grid
from workers.contracts.grid import Grid

MAX_DRAWN = 4_000
TOLERANCE = 1 / 1000  # of the longer side of the area


def outline_of(specs: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the box, boundary and block outlines of jobs in EPSG:4326; None without a place."""
    placed = [spec for spec in specs if spec.get("boundary")]
    if not placed:
        return None
    shapes = [GEOSGeometry(spec["boundary"]) for spec in placed]
    area = reduce(lambda left, right: left.union(right), shapes)
    west, south, east, north = area.extent
    drawn = area.simplify(max(east - west, north - south) * TOLERANCE, preserve_topology=True)
    return {
        "bbox": [west, south, east, north],
        "boundary": json.loads(drawn.json),
        "blocks": _blocks_drawn(placed, shapes),
    }


def _blocks_drawn(
    specs: Sequence[dict[str, Any]], shapes: Sequence[GEOSGeometry]
) -> dict[str, Any] | None:
    """Return the outlines of the blocks of jobs that map; None when they are too many."""
    if not specs[0].get("grid") or not specs[0]["frozen"].get("layers"):
        return None
    grid = Grid(**specs[0]["grid"])
    blocks: dict[tuple[int, int], None] = {}
    for shape in shapes:
        blocks |= dict.fromkeys(blocks_touching(geometry_to_grid(shape, grid), grid))
        if len(blocks) > MAX_DRAWN:
            return None
    outlines = MultiPolygon([Polygon.from_bbox(grid.block_bounds(ix, iy)) for ix, iy in blocks])
    return dict(json.loads(geometry_4326(outlines, grid).json))
