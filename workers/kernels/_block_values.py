"""What the kernels that write class blocks share: the boundary in pixels, counts of values."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import geometry_mask

from workers.contracts.grid import BlockRef, Grid


def boundary_mask(
    grid: Grid, block: BlockRef, boundary: dict[str, Any] | None
) -> NDArray[np.bool_]:
    """Return bool (y, x): pixels of a block whose centre lies in the boundary (all without one)."""
    edge = grid.block_size
    if boundary is None:
        return np.ones((edge, edge), dtype=bool)
    if not boundary.get("coordinates") and not boundary.get("geometries"):
        return np.zeros((edge, edge), dtype=bool)
    transform = Affine(*grid.transform(block.ix, block.iy))
    inside: NDArray[np.bool_] = geometry_mask(
        [boundary], out_shape=(edge, edge), transform=transform, invert=True
    )
    return inside


def statistics_of(values: NDArray[Any], nodata: int, *, histogram: bool) -> dict[str, Any]:
    """Return {histogram} of codes, or {min, max, valid} of a quantity; nodata is not counted."""
    held = values[values != nodata]
    if histogram:
        codes, counts = np.unique(held, return_counts=True)
        return {"histogram": {str(c): int(n) for c, n in zip(codes, counts, strict=True)}}
    if held.size == 0:
        return {"min": None, "max": None, "valid": 0}
    return {"min": int(held.min()), "max": int(held.max()), "valid": int(held.size)}
