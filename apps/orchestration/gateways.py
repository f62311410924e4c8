"""Geometry between EPSG:4326 and a project grid: GDAL for the transform, PostGIS for the test."""

import json
from functools import lru_cache
from typing import Any

from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import GEOSGeometry, MultiPoint, Point, Polygon
from django.db import connection

from workers.contracts.grid import Grid

# A block that shares only an edge with the area, within rounding of 4326 outlines, is not in it.
SHRINK_PIXELS = 0.25
SEGMENTS = 64
EDGE_POINTS = 16


@lru_cache(maxsize=32)
def _transform(source: str, target: str) -> CoordTransform:
    return CoordTransform(SpatialReference(source), SpatialReference(target))


def geometry_segmented(geometry: GEOSGeometry) -> GEOSGeometry:
    """Return the geometry with vertices dense enough that edges stay true when projected."""
    west, south, east, north = geometry.extent
    step = max(east - west, north - south) / SEGMENTS or 1e-6
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsEWKB(ST_Segmentize(%s::geometry, %s))", [geometry.hexewkb.decode(), step]
        )
        return GEOSGeometry(memoryview(cursor.fetchone()[0]))


def geometry_to_grid(geometry: GEOSGeometry, grid: Grid) -> GEOSGeometry:
    """Return an EPSG:4326 geometry in the grid's CRS (without srid: the CRS may be a WKT)."""
    dense = geometry_segmented(geometry)
    ogr = dense.ogr
    ogr.transform(_transform("EPSG:4326", grid.crs))
    projected = GEOSGeometry(ogr.wkb)
    return projected if projected.valid else projected.buffer(0)


def geometry_4326(geometry: GEOSGeometry, grid: Grid) -> GEOSGeometry:
    """Return a geometry in the grid's CRS in EPSG:4326."""
    ogr = geometry.ogr
    ogr.transform(_transform(grid.crs, "EPSG:4326"))
    return GEOSGeometry(ogr.wkb, srid=4326)


def block_outline_4326(grid: Grid, ix: int, iy: int) -> GEOSGeometry:
    """Return a block's outline in EPSG:4326."""
    return geometry_4326(Polygon.from_bbox(grid.block_bounds(ix, iy)), grid)


def bounds_4326(
    grid: Grid, bounds: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of bounds (left, bottom, right, top) in grid CRS."""
    left, bottom, right, top = bounds
    shares = [step / EDGE_POINTS for step in range(EDGE_POINTS + 1)]
    xs = [left + (right - left) * share for share in shares]
    ys = [bottom + (top - bottom) * share for share in shares]
    edge = [(x, y) for x in xs for y in (bottom, top)] + [(x, y) for y in ys for x in (left, right)]
    shape = MultiPoint(*(Point(x, y) for x, y in edge)).ogr
    shape.transform(_transform(grid.crs, "EPSG:4326"))
    west, south, east, north = shape.extent
    return (west, south, east, north)


def blocks_touching(geometry: GEOSGeometry, grid: Grid) -> list[tuple[int, int]]:
    """Return (ix, iy) of the blocks that a geometry in grid CRS meets, row by row."""
    candidates = list(grid.blocks_of_bounds(geometry.extent))
    if not candidates:
        return []
    columns = [ix for ix, _ in candidates]
    rows = [iy for _, iy in candidates]
    shrink_x = grid.resolution[0] * SHRINK_PIXELS
    shrink_y = grid.resolution[1] * SHRINK_PIXELS
    width = grid.resolution[0] * grid.block_size
    height = grid.resolution[1] * grid.block_size
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ix, iy
            FROM (SELECT ST_GeomFromWKB(%s) AS area) AS a,
                 generate_series(%s::int, %s::int) AS iy,
                 generate_series(%s::int, %s::int) AS ix
            WHERE ST_Intersects(a.area, ST_MakeEnvelope(
                %s + ix * %s + %s, %s - (iy + 1) * %s + %s,
                %s + (ix + 1) * %s - %s, %s - iy * %s - %s))
            ORDER BY iy, ix
            """,
            [
                bytes(geometry.wkb), min(rows), max(rows), min(columns), max(columns),
                grid.origin[0], width, shrink_x, grid.origin[1], height, shrink_y,
                grid.origin[0], width, shrink_x, grid.origin[1], height, shrink_y,
            ],
        )  # fmt: skip
        return [(ix, iy) for ix, iy in cursor.fetchall()]


def geometry_clipped(geometry: GEOSGeometry, grid: Grid, ix: int, iy: int) -> dict[str, Any] | None:
    """Return the part of a geometry (grid CRS) near a block as GeoJSON; None: all of the block."""
    left, bottom, right, top = grid.block_bounds(ix, iy)
    frame = Polygon.from_bbox((left, bottom, right, top))
    if geometry.contains(frame):
        return None
    margin_x, margin_y = grid.resolution
    near = Polygon.from_bbox((left - margin_x, bottom - margin_y, right + margin_x, top + margin_y))
    part = geometry.intersection(near)
    return dict(json.loads(part.json))
