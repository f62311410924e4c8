"""Windows, footprints and areas of pixels."""

import numpy as np
import pytest
from rasterio import Affine
from rasterio.windows import from_bounds

from tests.builders.rasters import GRID
from workers.contracts.grid import BlockRef
from workers.grid import (
    block_geobox,
    bounds_of,
    bounds_to,
    footprint,
    row_areas,
    window_of_bounds,
)

TRANSFORM = (10.0, 0.0, 500_000.0, 0.0, -10.0, 5_000_000.0)


def test_block_box_with_halo_grows_on_each_side() -> None:
    box = block_geobox(GRID, BlockRef(ix=1, iy=2), halo=3)
    plain = block_geobox(GRID, BlockRef(ix=1, iy=2))
    assert box.shape == (134, 134)
    assert tuple(plain.boundingbox) == pytest.approx(GRID.block_bounds(1, 2))
    assert box.boundingbox.left == plain.boundingbox.left - 30


def test_window_is_snapped_outwards_and_clipped() -> None:
    bounds = (500_015.0, 4_999_900.0, 500_205.0, 4_999_990.0)
    assert window_of_bounds(TRANSFORM, (100, 100), bounds) == (1, 1, 10, 21)
    assert window_of_bounds(TRANSFORM, (100, 100), bounds, halo=5) == (0, 0, 15, 26)
    exact = from_bounds(*bounds, transform=Affine(*TRANSFORM))
    assert exact.col_off == pytest.approx(1.5)
    assert window_of_bounds(TRANSFORM, (100, 100), (0, 0, 10, 10)) is None


def test_footprint_is_closed_and_counter_clockwise() -> None:
    ring = np.array(footprint(TRANSFORM, (100, 100), "EPSG:32633")["coordinates"][0])
    assert tuple(ring[0]) == tuple(ring[-1])
    x, y = ring[:, 0], ring[:, 1]
    assert np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) > 0
    bounds = bounds_to(bounds_of(TRANSFORM, (100, 100)), "EPSG:32633")
    assert (x.min(), y.min()) == pytest.approx(bounds[:2], abs=1e-6)


def test_pixel_areas_of_projected_and_geographic_grids() -> None:
    assert row_areas("EPSG:3035", TRANSFORM, 3).tolist() == [100.0, 100.0, 100.0]
    degree = row_areas("EPSG:4326", (1.0, 0.0, 0.0, 0.0, -1.0, 90.0), 180)
    assert degree.sum() * 360 == pytest.approx(510_065_622e6, rel=1e-3)  # the Earth
    assert degree[89] > 50 * degree[0]
