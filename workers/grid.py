"""Blocks of a project grid as odc-geo boxes, windows of source rasters and areas of pixels."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from odc.geo.geobox import GeoBox
from pyproj import CRS, Transformer
from rasterio import Affine

from workers.contracts.grid import BlockRef, Grid

Bounds = tuple[float, float, float, float]
Affine6 = tuple[float, float, float, float, float, float]


def block_geobox(grid: Grid, block: BlockRef, halo: int = 0) -> GeoBox:
    """Return the pixel grid of a block, grown by ``halo`` pixels on each side."""
    a, _, left, _, e, top = grid.transform(block.ix, block.iy)
    transform = Affine(a, 0.0, left - halo * a, 0.0, e, top - halo * e)
    edge = grid.block_size + 2 * halo
    return GeoBox((edge, edge), transform, grid.crs)


def window_of_bounds(
    transform: Affine6, shape: tuple[int, int], bounds: Bounds, halo: int = 0
) -> tuple[int, int, int, int] | None:
    """Return the window (row0, col0, row1, col1) of a raster that covers bounds, or None.

    bounds: (left, bottom, right, top) in the raster's CRS. halo: pixels added on each side before
    the window is clipped to the raster.
    """
    a, _, left, _, e, top = transform
    col0 = math.floor((bounds[0] - left) / a + 1e-6) - halo
    col1 = math.ceil((bounds[2] - left) / a - 1e-6) + halo
    row0 = math.floor((top - bounds[3]) / -e + 1e-6) - halo
    row1 = math.ceil((top - bounds[1]) / -e - 1e-6) + halo
    row0, row1 = max(row0, 0), min(row1, shape[0])
    col0, col1 = max(col0, 0), min(col1, shape[1])
    return (row0, col0, row1, col1) if row0 < row1 and col0 < col1 else None


def bounds_of(transform: Affine6, shape: tuple[int, int]) -> Bounds:
    """Return (left, bottom, right, top) of a north-up raster in its CRS."""
    a, _, left, _, e, top = transform
    return (left, top + e * shape[0], left + a * shape[1], top)


@lru_cache(maxsize=64)
def transformer_between(source: str, target: str) -> Transformer:
    """Return the transformer between two systems, x before y; made once a process."""
    return Transformer.from_crs(source, target, always_xy=True)


def bounds_to(bounds: Bounds, source: str, target: str = "EPSG:4326") -> Bounds:
    """Return bounds in another CRS (x before y), edges densified by 21 points."""
    result: Bounds = transformer_between(source, target).transform_bounds(*bounds)
    return result


def footprint(
    transform: Affine6, shape: tuple[int, int], crs: str, points: int = 5
) -> dict[str, Any]:
    """Return the outline of a raster as a GeoJSON Polygon in EPSG:4326, counter-clockwise."""
    left, bottom, right, top = bounds_of(transform, shape)
    steps = np.linspace(0.0, 1.0, points)[:-1]
    xs = np.concatenate([left + steps * (right - left), np.full(points - 1, right),
                         right - steps * (right - left), np.full(points - 1, left)])  # fmt: skip
    ys = np.concatenate([np.full(points - 1, bottom), bottom + steps * (top - bottom),
                         np.full(points - 1, top), top - steps * (top - bottom)])  # fmt: skip
    lon, lat = transformer_between(crs, "EPSG:4326").transform(xs, ys)
    ring = [[round(float(x), 7), round(float(y), 7)] for x, y in zip(lon, lat, strict=True)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def row_areas(crs: str, transform: Affine6, rows: int) -> NDArray[np.float64]:
    """Return the area of one pixel of each row in m² (projected: constant; geographic: by cos)."""
    a, _, _, _, e, top = transform
    system = CRS.from_user_input(crs)
    if not system.is_geographic:
        factor = system.axis_info[0].unit_conversion_factor or 1.0
        return np.full(rows, abs(a * e) * factor * factor)
    radius = 6_371_007.181  # authalic sphere
    edges = np.radians(top + e * np.arange(rows + 1))
    bands: NDArray[np.float64] = np.abs(np.diff(np.sin(edges))) * radius**2 * math.radians(a)
    return bands
