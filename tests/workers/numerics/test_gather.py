"""Gather against its numpy twin and against GDAL's exact warp."""

import numpy as np
import pytest
from rasterio import Affine
from rasterio.warp import Resampling, reproject

from tests.builders.scene_refs import write_asset
from workers.contracts.grid import BlockRef, Grid
from workers.numerics.gather import MISSING, dilate_mask, gather_bilinear
from workers.pipeline.geometry import gathers_build, target_of_rows

GRID = Grid(crs="EPSG:3035", resolution=(10, 10), origin=(4_600_000, 2_600_000), block_size=128)
UTM = "EPSG:32633"


@pytest.fixture
def source(tmp_path):
    """An image in UTM under the block (0, 0) of the grid, with holes, smaller than the block."""
    rng = np.random.default_rng(3)
    values = rng.integers(-9000, 9000, (140, 120)).astype(np.int16)
    values[rng.random(values.shape) < 0.1] = MISSING
    x, y = _corner()
    asset = write_asset(
        tmp_path / "b.tif", values, crs=UTM, origin=(x + 33.3, y - 17.7), nodata=-32768
    )
    return asset, values


def _corner():
    from pyproj import Transformer

    return Transformer.from_crs(3035, 32633, always_xy=True).transform(4_600_100, 2_599_900)


def gathered(asset, values, *, nearest):
    target = target_of_rows(GRID, BlockRef(ix=0, iy=0), 0, GRID.block_size)
    out = np.full(target.size, MISSING, dtype=np.int16)
    for gather in gathers_build(target.patches[0], GRID, asset, nearest=nearest, halo=0):
        r0, c0, r1, c1 = gather.frame
        frame = np.full((r1 - r0, c1 - c0), MISSING, dtype=np.int16)
        a, b, c, d = gather.window
        frame[a - r0 : c - r0, b - c0 : d - c0] = values[a:c, b:d]
        gather.fill(frame, out[gather.start : gather.stop])
    return out.reshape(GRID.block_size, GRID.block_size)


def test_nearest_equals_the_exact_warp_of_gdal(source):
    asset, values = source
    expected = np.full((GRID.block_size, GRID.block_size), MISSING, dtype=np.int16)
    reproject(
        values, expected, src_transform=Affine(*asset.transform), src_crs=UTM,
        dst_transform=Affine(*GRID.transform()), dst_crs=GRID.crs, src_nodata=-32768,
        dst_nodata=-32768, resampling=Resampling.nearest, tolerance=0.0,
    )  # fmt: skip
    assert (expected != MISSING).sum() > 8000
    assert np.array_equal(gathered(asset, values, nearest=True), expected)


def weights(f):
    """Share of the further neighbour in 1/128; what is nearer on paper stays below one half."""
    part = f - 0.5 - np.floor(f - 0.5)
    return np.where((part < 0.5) & (part * 128 >= 63.5), 63, np.floor(part * 128 + 0.5))


def test_bilinear_equals_its_twin_and_falls_back_to_nearest(source):
    asset, values = source
    from workers.pipeline.geometry import source_coordinates

    target = target_of_rows(GRID, BlockRef(ix=0, iy=0), 0, GRID.block_size)
    fx, fy = source_coordinates(GRID, target.patches[0], asset)
    padded = np.pad(values.astype(np.int64), 1, constant_values=int(MISSING))
    inside = (fx >= 0) & (fx < 120) & (fy >= 0) & (fy < 140)
    c, r = np.floor(fx - 0.5).astype(int) + 1, np.floor(fy - 0.5).astype(int) + 1
    c, r = np.where(inside, c, 0), np.where(inside, r, 0)
    wx, wy = weights(fx), weights(fy)
    four = [padded[r, c], padded[r, c + 1], padded[r + 1, c], padded[r + 1, c + 1]]
    smooth = (four[0] * (128 - wx) + four[1] * wx) * (128 - wy)
    smooth += (four[2] * (128 - wx) + four[3] * wx) * wy
    smooth = np.floor(smooth / 128**2 + 0.5)
    nearest = padded[np.where(inside, np.floor(fy), 0).astype(int) + 1,
                     np.where(inside, np.floor(fx), 0).astype(int) + 1]  # fmt: skip
    expected = np.where(np.min(four, axis=0) == MISSING, nearest, smooth)
    expected = np.where(inside, expected, MISSING)
    assert np.array_equal(gathered(asset, values, nearest=False).ravel(), expected)
    assert ((np.min(four, axis=0) == MISSING) & (nearest != MISSING) & inside).any()


def test_bilinear_reproduces_a_plane_within_rounding():
    frame = np.add.outer(np.arange(10) * 100, np.arange(10) * 10).astype(np.int16)
    out = np.empty(1, dtype=np.int16)
    gather_bilinear(
        frame.ravel(), 10, np.array([33], np.int32), np.array([64], np.uint8),
        np.array([32], np.uint8), out,
    )  # fmt: skip
    assert out[0] == 300 + 30 + 5 + 25


def test_dilation_equals_a_search_of_all_neighbours():
    rng = np.random.default_rng(5)
    valid = (rng.random((40, 50)) > 0.03).astype(np.uint8)
    ys, xs = np.nonzero(valid == 0)
    for distance, pixel in ((40.0, (20.0, 20.0)), (25.0, (10.0, 12.0)), (9.0, (10.0, 10.0))):
        expected = valid.copy()
        for y, x in np.ndindex(*valid.shape):
            near = ((ys - y) * pixel[1]) ** 2 + ((xs - x) * pixel[0]) ** 2 <= distance**2
            expected[y, x] = 0 if near.any() else 1
        assert np.array_equal(dilate_mask(valid, distance, pixel), expected)
