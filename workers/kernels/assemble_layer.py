"""Join the block objects of one output into a layer: archive COG, display COG and statistics.

Blocks that were never made (quarantined) stay nodata. Memory holds one block at a time.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from workers.contracts.grid import Grid
from workers.contracts.legend import LegendClass
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import InputRef, KernelRequest, KernelResult
from workers.errors import InputError, ParameterError
from workers.grid import bounds_of, bounds_to, row_areas
from workers.raster.cog import Overviews, RasterShape, write_cog, write_display
from workers.raster.reader import open_path
from workers.raster.writer import Piece
from workers.storage import input_path, inputs_of, staged_path, write_json

UNCLASSIFIABLE = 254
BINS = 50

SPEC = KernelSpec(
    slug="assemble_layer",
    title="Join blocks into a layer",
    resource_class="mem",
    outputs=("archive", "display", "statistics"),
    seconds_per_block=5.0,
)

Progress = Callable[[str, float], None]
Window = tuple[int, int, int, int]


class Parameters(BaseModel):
    """What the layer holds. rescale: stored values drawn from the ramp's first to last colour."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    legend: tuple[LegendClass, ...] = ()
    name: str = ""
    ramp: tuple[str, ...] = ()
    rescale: tuple[float, float] | None = None


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Join the blocks of ``parameters.role``.

    Raises:
        ParameterError: no grid. InputError: a block is damaged or not of the grid's size.
    """
    if request.grid is None:
        raise ParameterError("assemble_layer needs the project grid.")
    blocks = inputs_of(request.inputs, parameters.role)
    if not blocks:
        return KernelResult(outcome="skipped", warnings=("No block holds a valid pixel.",))
    layout = _Layout(request.grid, blocks, request.boundary)
    tally = _Tally(layout.shape)
    overviews: Overviews = "mode" if parameters.role == "class" else "average"
    progress("archive", 0.0)
    archive = write_cog(
        staged_path(request.staging, ".tif"),
        tally.watch(layout.pieces(progress)),
        layout.shape,
        overviews=overviews,
    )
    progress("display", 0.6)
    display = write_display(staged_path(request.staging, ".tif"), archive.path, overviews=overviews)
    statistics = tally.statistics(parameters)
    written = write_json(request.staging, statistics)
    progress("statistics", 1.0)
    return KernelResult(
        outcome="done",
        outputs=(
            archive.as_output("archive"),
            display.as_output("display"),
            written.as_output("statistics"),
        ),
        stats={"valid": statistics["valid"], "pixels": statistics["pixels"]},
        report={
            "statistics": statistics,
            "bbox": list(layout.bbox),
            "raster": {
                "crs": layout.shape.crs,
                "transform": list(layout.shape.transform),
                "shape": [layout.shape.height, layout.shape.width],
                "dtype": layout.shape.dtype,
                "nodata": layout.shape.nodata,
            },
        },
        bytes_read=sum(ref.size for ref in blocks),
    )


class _Layout:
    """Where each block lies in the layer. The layer is cropped to the boundary's bounds."""

    def __init__(
        self, grid: Grid, blocks: tuple[InputRef, ...], boundary: dict[str, Any] | None
    ) -> None:
        self._grid = grid
        self._blocks = blocks
        size = grid.block_size
        columns = [ref.ix or 0 for ref in blocks]
        rows = [ref.iy or 0 for ref in blocks]
        window = (min(rows) * size, min(columns) * size,
                  (max(rows) + 1) * size, (max(columns) + 1) * size)  # fmt: skip
        self._window = _crop(grid, window, boundary)
        dtype, nodata = self._form_of_first()
        row0, col0, row1, col1 = self._window
        left, top = grid.origin
        x, y = grid.resolution
        self.shape = RasterShape(
            width=col1 - col0,
            height=row1 - row0,
            dtype=dtype,
            transform=(x, 0.0, left + col0 * x, 0.0, -y, top - row0 * y),
            crs=grid.crs,
            nodata=nodata,
        )

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north in EPSG:4326."""
        size = (self.shape.height, self.shape.width)
        return bounds_to(bounds_of(self.shape.transform, size), self.shape.crs)

    def pieces(self, progress: Progress) -> Iterator[Piece]:
        """Yield what lies inside the layer of each block, in rows then columns."""
        size = self._grid.block_size
        row0, col0, row1, col1 = self._window
        for number, ref in enumerate(self._blocks):
            progress("archive", 0.5 * number / len(self._blocks))
            top, left = (ref.iy or 0) * size, (ref.ix or 0) * size
            inside = (
                max(row0, top),
                max(col0, left),
                min(row1, top + size),
                min(col1, left + size),
            )
            if inside[0] >= inside[2] or inside[1] >= inside[3]:
                continue
            window = (inside[0] - top, inside[1] - left, inside[2] - top, inside[3] - left)
            yield inside[0] - row0, inside[1] - col0, self._read(ref, window)

    def _read(self, ref: InputRef, window: Window) -> Any:
        path = input_path(ref)
        with open_path(str(path.absolute()), roots=(str(path.parent),)) as source:
            size = self._grid.block_size
            if source.shape != (size, size) or source.dtype != self.shape.dtype:
                raise InputError(
                    f"Block ({ref.ix}, {ref.iy}) is {source.dtype} {source.shape}; expected "
                    f"{self.shape.dtype} ({size}, {size})."
                )
            return source.read(window)

    def _form_of_first(self) -> tuple[str, int]:
        path = input_path(self._blocks[0])
        with open_path(str(path.absolute()), roots=(str(path.parent),)) as source:
            if source.nodata is None:
                raise InputError(f"{path}: the block declares no nodata value.")
            return source.dtype, int(source.nodata)


class _Tally:
    """Counts values while they pass by; areas weigh rows for geographic grids."""

    def __init__(self, shape: RasterShape) -> None:
        self._shape = shape
        self._rows = row_areas(shape.crs, shape.transform, shape.height)
        self._pixels: Counter[int] = Counter()
        self._area_m2: Counter[int] = Counter()

    def watch(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """Count each piece and hand it on."""
        for row, column, array in pieces:
            areas = self._rows[row : row + array.shape[0]]
            offset = int(array.min())
            flat = array.astype(np.int64) - offset
            counts = np.bincount(flat.ravel())
            weights = np.bincount(flat.ravel(), np.repeat(areas, array.shape[1]))
            for value in np.flatnonzero(counts):
                self._pixels[int(value) + offset] += int(counts[value])
                self._area_m2[int(value) + offset] += float(weights[value])  # type: ignore[assignment]
            yield row, column, array

    def statistics(self, parameters: Parameters) -> dict[str, Any]:
        """Return areas by class (km²), or range, mean and histogram of a continuous layer."""
        self._pixels.pop(self._shape.nodata, None)
        total = self._shape.width * self._shape.height
        common = {"role": parameters.role, "pixels": total, "valid": sum(self._pixels.values())}
        if parameters.role == "class":
            return common | self._by_class(parameters.legend)
        return common | self._by_value()

    def _by_class(self, legend: tuple[LegendClass, ...]) -> dict[str, Any]:
        known = {entry.code: entry for entry in legend}
        codes = sorted((known.keys() | self._pixels.keys()) - {UNCLASSIFIABLE})
        mapped = sum(self._pixels[code] for code in codes)
        return {
            "classes": [
                {
                    "code": code,
                    "name": known[code].name if code in known else str(code),
                    "color": known[code].color if code in known else None,
                    "pixels": self._pixels[code],
                    "area_km2": round(self._area_m2[code] / 1e6, 6),
                    "share": round(self._pixels[code] / mapped, 6) if mapped else 0.0,
                }
                for code in codes
            ],
            "unclassifiable": {
                "pixels": self._pixels[UNCLASSIFIABLE],
                "area_km2": round(self._area_m2[UNCLASSIFIABLE] / 1e6, 6),
            },
        }

    def _by_value(self) -> dict[str, Any]:
        values = sorted(self._pixels)
        if not values:
            return {"min": None, "max": None, "mean": None, "area_km2": 0.0, "histogram": None}
        low, high = values[0], values[-1]
        mean = sum(value * self._pixels[value] for value in values) / self._pixels.total()
        width = max(1, math.ceil((high - low + 1) / BINS))
        counts = [0] * (math.ceil((high - low + 1) / width))
        for value in values:
            counts[(value - low) // width] += self._pixels[value]
        self._area_m2.pop(self._shape.nodata, None)
        return {
            "min": low,
            "max": high,
            "mean": round(mean, 6),
            "area_km2": round(sum(self._area_m2.values()) / 1e6, 6),
            "histogram": {"start": low, "width": width, "counts": counts},
        }


def _crop(grid: Grid, window: Window, boundary: dict[str, Any] | None) -> Window:
    """Return the window cut to the boundary's bounds, snapped outwards to whole pixels."""
    if not boundary:
        return window
    points = list(_positions(boundary["coordinates"]))
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, top = grid.origin
    x, y = grid.resolution
    cut = (
        max(window[0], math.floor((top - max(ys)) / y + 1e-3)),
        max(window[1], math.floor((min(xs) - left) / x + 1e-3)),
        min(window[2], math.ceil((top - min(ys)) / y - 1e-3)),
        min(window[3], math.ceil((max(xs) - left) / x - 1e-3)),
    )
    return cut if cut[0] < cut[2] and cut[1] < cut[3] else window


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _positions(part)
