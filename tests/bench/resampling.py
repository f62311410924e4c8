"""Gather with its coordinates against GDAL's default warp, many dates of one source grid."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio import Affine
from rasterio.warp import Resampling, reproject

from tests.bench.timing import Runner, compare, ratios
from workers.contracts.assets import AssetRef
from workers.contracts.grid import BlockRef, Grid
from workers.pipeline.geometry import gathers_build, target_of_rows
from workers.pipeline.inputs import frame_values

GRID = Grid(crs="EPSG:3035", resolution=(10, 10), origin=(4_600_000, 2_600_000))
SOURCE_EDGE = 800


def source() -> AssetRef:
    """A source in UTM that covers the block."""
    x, y = Transformer.from_crs(3035, 32633, always_xy=True).transform(4_602_560, 2_597_440)
    half = SOURCE_EDGE * 5
    return AssetRef(
        key="b", path="/b.tif", dtype="int16", crs="EPSG:32633", shape=(SOURCE_EDGE, SOURCE_EDGE),
        transform=(10, 0, x - half + 3, 0, -10, y + half - 4),
    )  # fmt: skip


def gathered(values: NDArray[np.int16], asset: AssetRef, *, nearest: bool) -> NDArray[np.int16]:
    """All dates (date, y, x) on the block; the coordinates are computed once."""
    target = target_of_rows(GRID, BlockRef(ix=0, iy=0), 0, 512)
    out = np.full((values.shape[0], target.size), -32768, dtype=np.int16)
    for gather in gathers_build(target.patches[0], GRID, asset, nearest=nearest, halo=0):
        r0, c0, r1, c1 = gather.window or (0, 0, 0, 0)
        for t in range(values.shape[0]):
            frame = frame_values(values[t, r0:r1, c0:c1], gather)
            gather.fill(frame, out[t, gather.start : gather.stop])
    return out


def warped(values: NDArray[np.int16], asset: AssetRef, method: Resampling) -> NDArray[np.int16]:
    out = np.full((values.shape[0], 512, 512), -32768, dtype=np.int16)
    for t in range(values.shape[0]):
        reproject(
            values[t], out[t], src_transform=Affine(*asset.transform), src_crs=asset.crs,
            dst_transform=Affine(*GRID.transform()), dst_crs=GRID.crs, src_nodata=-32768,
            dst_nodata=-32768, resampling=method,
        )  # fmt: skip
    return out


def run(*, dates: int = 12, rounds: int = 3) -> dict[str, Any]:
    """Return times and ratios for nearest and bilinear."""
    rng = np.random.default_rng(2)
    values = rng.integers(0, 9000, (dates, SOURCE_EDGE, SOURCE_EDGE)).astype(np.int16)
    asset, report = source(), {}
    for name, nearest, method in (
        ("nearest", True, Resampling.nearest), ("bilinear", False, Resampling.bilinear),
    ):  # fmt: skip
        times = compare(
            [
                Runner("ours", lambda n=nearest: gathered(values, asset, nearest=n)),  # type: ignore[misc]
                Runner("gdal warp", lambda m=method: warped(values, asset, m)),  # type: ignore[misc]
            ],
            rounds=rounds,
        )
        report[name] = {"times": times, "ratios": ratios(times, "ours")}
    return {"dates": dates, **report}
