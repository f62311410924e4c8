"""compare_block: every pixel of two maps lands in one cell of the transition table."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders.rasters import GRID, block_inputs
from workers.contracts.grid import BlockRef
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import InputError
from workers.kernels import compare_block
from workers.raster.reader import open_path

PARAMETERS = compare_block.Parameters(before=(1, 2), after=(1, 2), codes=((1, 2), (3, 1)))


def compare(
    folder: Path, before: Any, after: Any, boundary: dict[str, Any] | None = None
) -> tuple[KernelResult, Any]:
    request = KernelRequest(
        id="compare",
        kernel="compare_block",
        parameters={},
        grid=GRID,
        block=BlockRef(ix=0, iy=0),
        boundary=boundary,
        inputs=(
            *block_inputs(folder, {(0, 0): before}, role="before", nodata=255),
            *block_inputs(folder, {(0, 0): after}, role="after", nodata=255),
        ),
        staging=str(folder / "staging"),
    )
    result = compare_block.run(request, PARAMETERS, lambda stage, fraction: None)
    with open_path(result.outputs[0].path, roots=(str(folder),)) as source:
        return result, source.read((0, 0, GRID.block_size, GRID.block_size))


def block(value: int = 1) -> Any:
    return np.full((GRID.block_size, GRID.block_size), value, np.uint8)


def test_each_pair_has_its_code_and_its_area(tmp_path: Path) -> None:
    before, after = block(), block()
    after[:10] = 2
    before[10:15], after[10:15] = 2, 1
    before[15], after[15] = 2, 2
    result, values = compare(tmp_path, before, after)
    assert (values[:10] == 2).all()
    assert (values[10:15] == 3).all()
    assert (values[15:] == 1).all()
    edge = GRID.block_size
    assert result.report["pixels"] == [[(edge - 16) * edge, 10 * edge], [5 * edge, edge]]
    assert result.report["area_m2"][0][1] == pytest.approx(10 * edge * 100)


def test_nodata_and_unclassifiable_of_either_map_are_no_transition(tmp_path: Path) -> None:
    before, after = block(), block(2)
    before[0], after[1], before[2] = 255, 255, 254
    result, values = compare(tmp_path, before, after)
    assert (values[:2] == 255).all()
    assert (values[2] == 254).all()
    assert np.sum(result.report["pixels"]) == (GRID.block_size - 3) * GRID.block_size


def test_pixels_outside_the_boundary_are_not_counted(tmp_path: Path) -> None:
    left, top = GRID.origin
    ring = [[left, top], [left + 500, top], [left + 500, top - 500], [left, top - 500], [left, top]]
    result, values = compare(
        tmp_path, block(), block(2), boundary={"type": "Polygon", "coordinates": [ring]}
    )
    assert (values[:50, :50] == 2).all()
    assert (values[50:] == 255).all()
    assert result.report["pixels"][0][1] == 2500


def test_nothing_in_common_is_skipped(tmp_path: Path) -> None:
    result, _ = compare(tmp_path, block(255), block())
    assert result.outcome == "skipped"


def test_class_without_a_legend_entry_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\[7\]"):
        compare(tmp_path, block(7), block())
