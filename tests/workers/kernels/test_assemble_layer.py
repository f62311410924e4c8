"""assemble_layer: blocks become a layer; what was never made stays nodata."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from tests.builders.rasters import GRID, assemble, block_inputs, patches
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import InputError
from workers.kernels import assemble_layer


def raster_of(result: KernelResult, role: str) -> Any:
    path = next(output.path for output in result.outputs if output.role == role)
    with rasterio.open(path) as dataset:
        return dataset.read(1), dataset.transform


def test_missing_block_stays_nodata(tmp_path: Path) -> None:
    blocks = {(0, 0): patches(1), (1, 1): patches(2)}
    result = assemble(tmp_path, blocks, role="class", nodata=255)
    values, transform = raster_of(result, "archive")
    assert values.shape == (256, 256)
    assert np.array_equal(values[:128, :128], blocks[0, 0])
    assert np.array_equal(values[128:, 128:], blocks[1, 1])
    assert (values[:128, 128:] == 255).all()
    assert (transform.c, transform.f) == GRID.origin
    assert [output.role for output in result.outputs] == ["archive", "display", "statistics"]


def test_areas_are_counted_by_class(tmp_path: Path) -> None:
    block = np.full((128, 128), 255, np.uint8)
    block[:10, :10], block[10:30, :10], block[50, 50] = 1, 2, 254
    statistics = assemble(tmp_path, {(-1, 2): block}, role="class", nodata=255).report["statistics"]
    by_code = {entry["code"]: entry for entry in statistics["classes"]}
    assert by_code[1]["pixels"] == 100
    assert by_code[1]["area_km2"] == pytest.approx(0.01)
    assert by_code[2]["share"] == pytest.approx(2 / 3, abs=1e-6)
    assert by_code[2]["name"] == "grassland"
    assert statistics["unclassifiable"]["pixels"] == 1
    assert statistics["valid"] == 301
    assert statistics["pixels"] == 128 * 128


def test_continuous_layer_has_range_mean_and_histogram(tmp_path: Path) -> None:
    block = np.full((128, 128), 65535, np.uint16)
    block[0, :4] = (3, 5, 7, 300)
    result = assemble(tmp_path, {(0, 0): block}, role="data_score", nodata=65535)
    statistics = result.report["statistics"]
    assert (statistics["min"], statistics["max"], statistics["valid"]) == (3, 300, 4)
    assert statistics["mean"] == pytest.approx(315 / 4)
    assert sum(statistics["histogram"]["counts"]) == 4
    assert statistics["area_km2"] == pytest.approx(4e-4)


def test_layer_is_cut_to_the_bounds_of_the_boundary(tmp_path: Path) -> None:
    left, top = GRID.origin
    ring = [[left + 55, top - 1000], [left + 1500, top - 1000], [left + 1500, top - 200],
            [left + 55, top - 200], [left + 55, top - 1000]]  # fmt: skip
    blocks = {(ix, iy): patches(ix + 2 * iy) for ix in range(2) for iy in range(2)}
    result = assemble(
        tmp_path, blocks, role="class", nodata=255,
        boundary={"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
    values, transform = raster_of(result, "archive")
    assert values.shape == (80, 145)
    assert (transform.c, transform.f) == (left + 50, top - 200)
    assert np.array_equal(values[:, :123], blocks[0, 0][20:100, 5:])
    west, south, east, north = result.report["bbox"]
    assert east - west == pytest.approx(0.021, abs=0.001)
    assert 51.9 < south < north < 52.0


def test_same_blocks_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    blocks = {(ix, iy): patches(ix + 2 * iy) for ix in range(2) for iy in range(2)}
    first = assemble(tmp_path / "a", blocks, role="class", nodata=255)
    second = assemble(tmp_path / "b", dict(reversed(blocks.items())), role="class", nodata=255)
    assert [o.sha256 for o in first.outputs] == [o.sha256 for o in second.outputs]


def test_changed_block_is_refused(tmp_path: Path) -> None:
    refs = block_inputs(tmp_path, {(0, 0): patches(1)}, role="class", nodata=255)
    Path(refs[0].path).write_bytes(b"x" * refs[0].size)
    request = KernelRequest(
        id="x", kernel="assemble_layer", parameters={}, grid=GRID, inputs=refs,
        staging=str(tmp_path / "staging"),
    )  # fmt: skip
    with pytest.raises(InputError, match="not those that were recorded"):
        assemble_layer.run(
            request, assemble_layer.Parameters(role="class"), lambda stage, fraction: None
        )


def test_nothing_valid_is_skipped_with_a_reason(tmp_path: Path) -> None:
    result = assemble(tmp_path, {}, role="class", nodata=255)
    assert result.outcome == "skipped"
    assert result.outputs == ()
    assert result.warnings
