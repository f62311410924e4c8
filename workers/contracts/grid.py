"""The fixed raster grid of a project and its processing cells (blocks). Pure arithmetic."""

import math
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from workers.contracts.base import Contract

BlockSize = Annotated[int, Field(ge=64, le=2048)]


class BlockRef(Contract):
    """A cell of the grid: column ``ix`` counts east, row ``iy`` counts south, from the origin."""

    ix: int
    iy: int


class Grid(Contract):
    """North-up raster grid.

    crs: ``EPSG:<code>`` or WKT2. resolution: pixel size (x, y) > 0 in CRS units.
    origin: upper left corner (x, y) of block (0, 0); block indices may be negative.
    """

    crs: str
    resolution: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
    origin: tuple[float, float]
    block_size: BlockSize = 512

    def transform(
        self, ix: int = 0, iy: int = 0
    ) -> tuple[float, float, float, float, float, float]:
        """Return the affine (a, b, c, d, e, f) of a block's upper left corner, rasterio order."""
        left, _, _, top = self.block_bounds(ix, iy)
        return (self.resolution[0], 0.0, left, 0.0, -self.resolution[1], top)

    def block_bounds(self, ix: int, iy: int) -> tuple[float, float, float, float]:
        """Return (left, bottom, right, top) of a block in grid CRS units."""
        width = self.resolution[0] * self.block_size
        height = self.resolution[1] * self.block_size
        left = self.origin[0] + ix * width
        top = self.origin[1] - iy * height
        return (left, top - height, left + width, top)

    def block_at(self, x: float, y: float) -> BlockRef:
        """Return the block that holds a point; edges belong to the block east and south of them."""
        ix = math.floor((x - self.origin[0]) / (self.resolution[0] * self.block_size))
        iy = math.floor((self.origin[1] - y) / (self.resolution[1] * self.block_size))
        return BlockRef(ix=ix, iy=iy)

    def blocks_of_bounds(
        self, bounds: tuple[float, float, float, float]
    ) -> Iterator[tuple[int, int]]:
        """Yield (ix, iy) of every block whose interior meets bounds (left, bottom, right, top)."""
        left, bottom, right, top = bounds
        width = self.resolution[0] * self.block_size
        height = self.resolution[1] * self.block_size
        # A thousandth of a pixel absorbs float noise, so that an exact edge adds no empty block.
        eps_x, eps_y = self.resolution[0] * 1e-3, self.resolution[1] * 1e-3
        first_x = math.floor((left - self.origin[0] + eps_x) / width)
        last_x = math.ceil((right - self.origin[0] - eps_x) / width)
        first_y = math.floor((self.origin[1] - top + eps_y) / height)
        last_y = math.ceil((self.origin[1] - bottom - eps_y) / height)
        for iy in range(first_y, last_y):
            for ix in range(first_x, last_x):
                yield ix, iy
