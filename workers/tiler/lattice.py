"""The web mercator tile lattice (XYZ, 256 px)."""

import math
from typing import NamedTuple

from workers.raster.cog import TILE, WORLD

MAX_ZOOM = 22


class Tile(NamedTuple):
    """Column ``x`` counts east from 180° W, row ``y`` south from 85.05° N."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the lattice has it."""
        edge = 1 << self.z if 0 <= self.z <= MAX_ZOOM else 0
        return 0 <= self.x < edge and 0 <= self.y < edge

    @property
    def resolution(self) -> float:
        """Metres a pixel at the equator."""
        return float(2 * WORLD / TILE / 2**self.z)

    @property
    def origin(self) -> tuple[float, float]:
        """Upper left corner in EPSG:3857."""
        span = self.resolution * TILE
        return self.x * span - WORLD, WORLD - self.y * span

    @property
    def geographic(self) -> tuple[float, float, float, float]:
        """West, south, east, north in EPSG:4326."""
        count = 2**self.z
        west, east = (column / count * 360.0 - 180.0 for column in (self.x, self.x + 1))
        north, south = (
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count))))
            for row in (self.y, self.y + 1)
        )
        return west, south, east, north

    def meets(self, bbox: tuple[float, float, float, float]) -> bool:
        """Whether it touches a box (w, s, e, n) in EPSG:4326."""
        west, south, east, north = self.geographic
        return west < bbox[2] and bbox[0] < east and south < bbox[3] and bbox[1] < north
