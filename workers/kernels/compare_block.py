"""Compare two class maps on one block: which class became which, and how large that is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from workers.contracts.grid import Grid
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import InputError, ParameterError
from workers.grid import row_areas
from workers.kernels._block_values import boundary_mask, statistics_of
from workers.numerics.probability import OUTSIDE, UNCLASSIFIABLE
from workers.raster.reader import open_path
from workers.raster.writer import write_block
from workers.storage import input_path, inputs_of, staged_path

SPEC = KernelSpec(
    slug="compare_block",
    title="Compare two maps on a block",
    resource_class="io",
    outputs=("class",),
    seconds_per_block=0.05,
)

type Codes = NDArray[np.uint8]
Progress = Callable[[str, float], None]


class Parameters(BaseModel):
    """``codes[i][j]``: what a pixel of ``before[i]`` and ``after[j]`` is called."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    before: tuple[int, ...]
    after: tuple[int, ...]
    codes: tuple[tuple[int, ...], ...]


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Write transition codes (y, x) uint8 and report pixels and m² of every transition.

    254 where one of the maps could not be classified, 255 outside the boundary and where one of
    the maps has no data. report: ``pixels`` and ``area_m2`` [before][after].

    Raises:
        ParameterError: no grid. InputError: a block is missing, damaged, of another size or holds
            a class that its legend does not have.
    """
    if request.grid is None or request.block is None:
        raise ParameterError("compare_block needs the project grid and a block.")
    grid, block = request.grid, request.block
    before, after = (_read(request, role, grid) for role in ("before", "after"))
    inside = boundary_mask(grid, block, request.boundary)
    row, column = _places(before, parameters.before), _places(after, parameters.after)
    both = inside & (row >= 0) & (column >= 0)
    values = np.full(both.shape, OUTSIDE, dtype=np.uint8)
    seen = inside & (before != OUTSIDE) & (after != OUTSIDE)
    values[seen] = UNCLASSIFIABLE
    values[both] = np.asarray(parameters.codes, dtype=np.uint8)[row[both], column[both]]
    pair = (row * len(parameters.after) + column)[both]
    size = len(parameters.before) * len(parameters.after)
    transform = grid.transform(block.ix, block.iy)
    areas = np.repeat(row_areas(grid.crs, transform, grid.block_size), grid.block_size)
    shape = (len(parameters.before), len(parameters.after))
    pixels = np.bincount(pair, minlength=size).reshape(shape)
    area = np.bincount(pair, areas.reshape(both.shape)[both], minlength=size).reshape(shape)
    written = write_block(
        staged_path(request.staging, ".tif"),
        values,
        transform=transform,
        crs=grid.crs,
        nodata=OUTSIDE,
    )
    progress("write", 1.0)
    return KernelResult(
        outcome="done" if both.any() else "skipped",
        outputs=(written.as_output("class"),),
        stats={"class": statistics_of(values, OUTSIDE, histogram=True)},
        report={"pixels": pixels.tolist(), "area_m2": area.tolist()},
        bytes_read=sum(ref.size for ref in request.inputs),
    )


def _read(request: KernelRequest, role: str, grid: Grid) -> Codes:
    refs = inputs_of(request.inputs, role)
    if len(refs) != 1:
        raise InputError(f"compare_block needs one input of role {role!r}, not {len(refs)}.")
    path: Path = input_path(refs[0])
    edge = grid.block_size
    with open_path(str(path.absolute()), roots=(str(path.parent),)) as source:
        if source.shape != (edge, edge) or source.dtype != "uint8":
            raise InputError(
                f"Block {role} is {source.dtype} {source.shape}; expected uint8 ({edge}, {edge})."
            )
        values: Codes = source.read((0, 0, edge, edge))
    return values


def _places(values: Codes, codes: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the position of each pixel's class in the legend, -1 where there is none.

    Raises:
        InputError: a class that the legend does not have.
    """
    table = np.full(256, -2, dtype=np.int64)
    table[[UNCLASSIFIABLE, OUTSIDE]] = -1
    table[list(codes)] = np.arange(len(codes))
    places: NDArray[np.int64] = table[values]
    if (places == -2).any():
        strange = sorted(set(values[places == -2].tolist()))
        raise InputError(f"The map holds classes {strange} that its legend does not have.")
    return places
