"""Where the pixels of a target lie in a source raster: exact, computed once per source grid."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from workers.contracts.assets import AssetRef
from workers.contracts.grid import BlockRef, Grid
from workers.numerics.gather import OUTSIDE, UNIT, gather_bilinear, gather_nearest

MAX_WINDOW = 2048 * 2048
METRES_PER_DEGREE = 111_320.0
COARSER = 1.5  # a source pixel so much larger than the target's is repeated, not interpolated
# What gdalwarp adds before it truncates, so that exact pixel edges fall the same way.
_EDGE = 1e-10

type Window = tuple[int, int, int, int]


@dataclass(frozen=True)
class Patch:
    """Pixels of the grid that are read together: global columns and rows, int64 (n).

    start: position of the first in the target. rectangle: (height, width) when the pixels are a
    whole rectangle in row order.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    start: int
    rectangle: tuple[int, int] | None = None

    @property
    def stop(self) -> int:
        return self.start + self.columns.size


@dataclass(frozen=True)
class Target:
    """The pixels to evaluate, as patches of neighbours, in their final order."""

    grid: Grid
    patches: tuple[Patch, ...]

    @property
    def size(self) -> int:
        return sum(patch.columns.size for patch in self.patches)


def target_of_rows(grid: Grid, block: BlockRef, first: int, last: int) -> Target:
    """Return the pixels of some rows of a block, in row order."""
    edge = grid.block_size
    rows, columns = np.mgrid[first:last, 0:edge]
    patch = Patch(
        columns=(columns + block.ix * edge).ravel().astype(np.int64),
        rows=(rows + block.iy * edge).ravel().astype(np.int64),
        start=0,
        rectangle=(last - first, edge),
    )
    return Target(grid, (patch,))


def target_of_pixels(
    grid: Grid, columns: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[Target, NDArray[np.int64]]:
    """Return scattered pixels grouped by block, and the order they are in (target ← input)."""
    ix, iy = columns // grid.block_size, rows // grid.block_size
    order = np.lexsort((ix, iy))
    breaks = np.flatnonzero(np.diff(ix[order]) | np.diff(iy[order])) + 1
    patches, start = [], 0
    for part in np.split(order, breaks):
        patches.append(Patch(columns[part], rows[part], start))
        start += part.size
    return Target(grid, tuple(patches)), order


def pixel_centres(
    grid: Grid, columns: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of pixel centres in grid CRS: one formula for blocks and points alike."""
    x = grid.origin[0] + (columns.astype(np.float64) + 0.5) * grid.resolution[0]
    y = grid.origin[1] - (rows.astype(np.float64) + 0.5) * grid.resolution[1]
    return x, y


@dataclass(frozen=True)
class Gather:
    """How a piece of a patch is filled from a window of a source.

    window: (row0, col0, row1, col1) to read, inside the image; None when nothing lies in it.
    frame: the window with its border of nodata for interpolation. index: flat int32 into the
    frame; wx, wy: weights, None for nearest. box: the index is this rectangle of the frame.
    """

    start: int
    stop: int
    window: Window | None
    frame: Window
    index: NDArray[np.int32]
    wx: NDArray[np.uint8] | None = None
    wy: NDArray[np.uint8] | None = None
    box: Window | None = None
    rectangle: tuple[int, int] | None = None

    def fill(self, values: NDArray[np.int16], out: NDArray[np.int16]) -> None:
        """Write the pixels of this piece; values: int16 of the frame, out: the piece's slice."""
        if self.box is not None and self.rectangle is not None:
            r0, c0, r1, c1 = self.box
            out.reshape(self.rectangle)[:] = values[r0:r1, c0:c1]
        elif self.wx is None or self.wy is None:
            gather_nearest(values.reshape(-1), self.index, out)
        else:
            flat = values.reshape(-1)
            gather_bilinear(flat, values.shape[1], self.index, self.wx, self.wy, out)


def gathers_build(
    patch: Patch, grid: Grid, asset: AssetRef, *, nearest: bool, halo: int
) -> list[Gather]:
    """Locate a patch in a source; it is cut in halves until a window holds ≤ 4 M pixels."""
    fx, fy = source_coordinates(grid, patch, asset)
    gather = _gather(patch, fx, fy, asset.shape, nearest=nearest, halo=halo)
    frame = gather.frame
    if (frame[2] - frame[0]) * (frame[3] - frame[1]) <= MAX_WINDOW or patch.columns.size < 2:
        return [gather]
    return [
        piece
        for half in _halves(patch)
        for piece in gathers_build(half, grid, asset, nearest=nearest, halo=halo)
    ]


def _halves(patch: Patch) -> Iterator[Patch]:
    if patch.rectangle and patch.rectangle[0] > 1:
        height, width = patch.rectangle
        upper = height // 2
        cut = upper * width
        shapes: tuple[tuple[int, int] | None, ...] = ((upper, width), (height - upper, width))
    else:
        cut, shapes = patch.columns.size // 2, (None, None)
    yield Patch(patch.columns[:cut], patch.rows[:cut], patch.start, shapes[0])
    yield Patch(patch.columns[cut:], patch.rows[cut:], patch.start + cut, shapes[1])


def source_coordinates(
    grid: Grid, patch: Patch, asset: AssetRef
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return column and row (float, pixel edges are whole numbers) of the pixels in a source."""
    x, y = pixel_centres(grid, patch.columns, patch.rows)
    if not crs_equal(grid.crs, asset.crs):
        x, y = _transformer(grid.crs, asset.crs).transform(x, y)
    a, _, c, _, e, f = asset.transform
    return (x - c) / a, (y - f) / e


def is_nearest(grid: Grid, asset: AssetRef) -> bool:
    """Tell whether a band is repeated (on the grid, coarser, or a class) or else interpolated."""
    if asset.dtype == "uint8" and asset.scale == 1:
        return True
    size, mine = pixel_metres(asset.crs, asset.transform), _grid_metres(grid)
    if min(size) > COARSER * max(mine):
        return True
    if not crs_equal(grid.crs, asset.crs):
        return False
    return _aligned(grid, asset)


def _aligned(grid: Grid, asset: AssetRef) -> bool:
    a, _, c, _, e, f = asset.transform
    shifts = ((c - grid.origin[0]) / a, (grid.origin[1] - f) / e)
    same_size = math.isclose(a, grid.resolution[0], rel_tol=1e-7) and math.isclose(
        -e, grid.resolution[1], rel_tol=1e-7
    )
    return same_size and all(abs(shift - round(shift)) < 0.01 for shift in shifts)


def _gather(
    patch: Patch,
    fx: NDArray[np.float64],
    fy: NDArray[np.float64],
    shape: tuple[int, int],
    *,
    nearest: bool,
    halo: int,
) -> Gather:
    finite = np.isfinite(fx) & np.isfinite(fy)
    fx, fy = np.where(finite, fx, -10.0), np.where(finite, fy, -10.0)
    inside = (
        (fx + _EDGE >= 0) & (fx + _EDGE < shape[1]) & (fy + _EDGE >= 0) & (fy + _EDGE < shape[0])
    )
    if not inside.any():
        index = np.full(fx.size, OUTSIDE, dtype=np.int32)
        return Gather(patch.start, patch.stop, None, (0, 0, 0, 0), index)
    if nearest:
        columns = np.floor(fx + _EDGE).astype(np.int64)
        rows = np.floor(fy + _EDGE).astype(np.int64)
        window = _window(rows[inside], columns[inside], shape, 1, halo)
        index = _index(rows, columns, inside, window)
        box = _box(rows, columns, inside, window, patch.rectangle)
        return Gather(
            patch.start, patch.stop, window, window, index, None, None, box, patch.rectangle
        )
    columns, wx = _weights(fx)
    rows, wy = _weights(fy)
    frame = _window(rows[inside], columns[inside], None, 2, 0)
    window = (max(frame[0], 0), max(frame[1], 0), min(frame[2], shape[0]), min(frame[3], shape[1]))
    index = _index(rows, columns, inside, frame)
    return Gather(patch.start, patch.stop, window, frame, index, wx, wy)


def _window(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, int] | None,
    reach: int,
    halo: int,
) -> Window:
    row0, col0 = int(rows.min()) - halo, int(columns.min()) - halo
    row1, col1 = int(rows.max()) + reach + halo, int(columns.max()) + reach + halo
    if shape is None:
        return row0, col0, row1, col1
    return max(row0, 0), max(col0, 0), min(row1, shape[0]), min(col1, shape[1])


def _index(
    rows: NDArray[np.int64], columns: NDArray[np.int64], inside: NDArray[np.bool_], frame: Window
) -> NDArray[np.int32]:
    flat = (rows - frame[0]) * (frame[3] - frame[1]) + (columns - frame[1])
    return np.where(inside, flat, OUTSIDE).astype(np.int32)


def _weights(f: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Left (upper) neighbour and the weight of the other, in 1/128; 64 and more mean nearer."""
    base = np.floor(f - 0.5)
    part = f - 0.5 - base
    weight = np.floor(part * UNIT + 0.5)
    weight = np.where((part < 0.5) & (weight == UNIT // 2), UNIT // 2 - 1, weight)
    return base.astype(np.int64), weight.astype(np.uint8)


def _box(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    inside: NDArray[np.bool_],
    window: Window,
    rectangle: tuple[int, int] | None,
) -> Window | None:
    """The rectangle of the window that is the patch, pixel by pixel, when there is one."""
    if rectangle is None or not inside.all():
        return None
    height, width = rectangle
    row0, col0 = int(rows[0]), int(columns[0])
    straight = (
        int(rows[-1]) == row0 + height - 1
        and int(columns[-1]) == col0 + width - 1
        and bool((rows.reshape(rectangle)[:, 0] == row0 + np.arange(height)).all())
        and bool((columns.reshape(rectangle)[0] == col0 + np.arange(width)).all())
    )
    if not straight:
        return None
    top, left = row0 - window[0], col0 - window[1]
    return top, left, top + height, left + width


def pixel_metres(
    crs: str, transform: tuple[float, float, float, float, float, float]
) -> tuple[float, float]:
    """Return the pixel size (x, y) in metres; of degrees as on a sphere at the image's origin."""
    width, height = abs(transform[0]), abs(transform[4])
    unit = _metres_per_unit(crs)
    if unit is not None:
        return width * unit, height * unit
    narrowing = max(0.05, math.cos(math.radians(transform[5])))
    return width * METRES_PER_DEGREE * narrowing, height * METRES_PER_DEGREE


def _grid_metres(grid: Grid) -> tuple[float, float]:
    return pixel_metres(grid.crs, grid.transform())


@lru_cache(maxsize=64)
def _metres_per_unit(crs: str) -> float | None:
    system = CRS.from_user_input(crs)
    return None if system.is_geographic else float(system.axis_info[0].unit_conversion_factor)


@lru_cache(maxsize=64)
def crs_equal(left: str, right: str) -> bool:
    """Tell whether two CRS texts (EPSG code or WKT) mean the same system."""
    return left == right or CRS.from_user_input(left).equals(
        CRS.from_user_input(right), ignore_axis_order=True
    )


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
