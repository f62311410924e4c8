"""Compute the features of reference samples as a table: the same path as the map, at points."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from workers.contracts.features import TABLE_UNITS, FeatureSetSpec
from workers.contracts.grid import Grid
from workers.contracts.legend import LegendClass
from workers.contracts.parameters import MaskSpec
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.contracts.windows import WindowError, season_parse
from workers.errors import DataError, InputError, ParameterError
from workers.kernels._sample_pixels import SamplePixels, samples_read
from workers.pipeline.cube import Cube, cube_build
from workers.pipeline.evaluate import MISSING, Evaluated, evaluate, plan_build, windows_require
from workers.pipeline.geometry import pixel_centres, target_of_pixels
from workers.pipeline.inputs import Stack, dropped_inputs, require_scenes, stack_load, used_inputs
from workers.storage import input_path, inputs_of, write_bytes

BATCH_BYTES = 256 * 1024**2  # planes and masks held at once

SPEC = KernelSpec(
    slug="extract_samples",
    title="Features of samples",
    resource_class="mem",
    outputs=("table",),
    seconds_per_block=30.0,
)

Progress = Callable[[str, float], None]


class Parameters(BaseModel):
    """season: period that month-day windows refer to, for samples without validity of their own.

    csv: also write the table as text, with the names of the features and missing values empty.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    feature_set: FeatureSetSpec
    classes: tuple[LegendClass, ...] = ()
    season: str | None = None
    mask: MaskSpec = MaskSpec()
    csv: bool = False


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Write the ``table``: id, class_code, group, x, y (grid CRS), season, region, f_0 … int16.

    Sorted by id. A polygon gives a row for each pixel centre inside, at most 500, evenly thinned.

    Raises:
        ParameterError: a feature cannot be computed or its window holds no date. DataError: no
            scene or no sample. InputError: the samples or all scenes cannot be read.
    """
    if request.grid is None:
        raise ParameterError("extract_samples needs the project grid.")
    refs = inputs_of(request.inputs, "samples")
    if len(refs) != 1:
        raise InputError(f"extract_samples needs one input of role 'samples', not {len(refs)}.")
    codes = frozenset(item.code for item in parameters.classes)
    samples = samples_read(input_path(refs[0]), request.grid, codes, parameters.season)
    cube = cube_build(parameters.feature_set, request.scenes)
    require_scenes(cube)
    extraction = _Extraction(request, parameters.mask, cube, samples, progress)
    extraction.run()
    table = extraction.table()
    outputs = [write_bytes(request.staging, parquet_of(table), ".parquet").as_output("table")]
    if parameters.csv:
        names = [feature.name for feature in parameters.feature_set.features]
        written = write_bytes(request.staging, csv_of(table, names), ".csv")
        outputs.append(written.as_output("csv"))
    dropped = dropped_inputs(cube, extraction.lost)
    return KernelResult(
        outcome="degraded" if dropped else "done",
        outputs=tuple(outputs),
        report=extraction.report(),
        used_inputs=used_inputs(cube, extraction.lost),
        dropped_inputs=dropped,
        warnings=tuple(extraction.warnings),
        bytes_read=extraction.bytes_read,
    )


class _Extraction:
    """Fills the features batch by batch; pixels of one block stay together."""

    def __init__(
        self,
        request: KernelRequest,
        mask: MaskSpec,
        cube: Cube,
        samples: SamplePixels,
        progress: Progress,
    ) -> None:
        if request.grid is None:
            raise ParameterError("extract_samples needs the project grid.")
        self.grid: Grid = request.grid
        self.roots: Sequence[str] = request.roots
        self.mask, self.cube, self.samples, self.progress = mask, cube, samples, progress
        self.features = np.full((len(cube.feature_sources), samples.size), MISSING, dtype=np.int16)
        self.valid = np.zeros(samples.size, dtype=bool)
        self.lost: dict[int, str] = {}
        self.warnings: list[str] = []
        self.bytes_read = 0

    def run(self) -> None:
        if self.samples.size == 0:
            raise DataError(
                f"No sample can be used: {_reasons(self.samples.dropped)}. Check the class codes "
                "and the geometry of the sample set."
            )
        self.check_windows()
        while not self.all_batches():
            pass

    def all_batches(self) -> bool:
        """Compute all samples; False when a scene failed in a batch after others had used it."""
        done = 0
        for chosen in self.batches():
            known = len(self.lost)
            self.batch(chosen)
            if len(self.lost) > known and done:
                return False
            done += chosen.size
            self.progress("extract", done / self.samples.size)
        return True

    def check_windows(self) -> None:
        """A window must hold a date in at least one of the seasons; the others are warned of."""
        errors: list[ParameterError] = []
        seasons = np.unique(self.samples.season)
        for text in seasons:
            plan = plan_build(self.cube, dropped=frozenset(), season=_season(str(text)))
            try:
                windows_require(self.cube, plan)
            except ParameterError as error:
                errors.append(error)
        if len(errors) == len(seasons):
            raise errors[0]
        self.warnings += [f"{error} These features are missing there." for error in errors]

    def batches(self) -> Iterator[NDArray[np.int64]]:
        """Yield positions of samples, block by block, that fit the memory at once."""
        edge = self.grid.block_size
        order = np.lexsort(
            (self.samples.columns, self.samples.columns // edge, self.samples.rows // edge)
        )
        size = max(256, BATCH_BYTES // (2 * len(self.cube.planes) + len(self.cube.scenes) + 1))
        for first in range(0, order.size, size):
            yield order[first : first + size]

    def batch(self, chosen: NDArray[np.int64]) -> None:
        """Read the scenes at some pixels and compute each season with its own windows."""
        target, order = target_of_pixels(
            self.grid, self.samples.columns[chosen], self.samples.rows[chosen]
        )
        chosen = chosen[order]
        stack = stack_load(
            self.cube, target, roots=self.roots, options=self.mask, without=self.lost
        )
        self.bytes_read += stack.bytes_read
        self.lost |= stack.dropped
        season = self.samples.season[chosen]
        for text in np.unique(season):
            here = np.flatnonzero(season == text)
            result = self.evaluate(_part(stack, here), str(text))
            self.features[:, chosen[here]] = result.features
            self.valid[chosen[here]] = result.valid

    def evaluate(self, stack: Stack, season: str) -> Evaluated:
        plan = plan_build(self.cube, dropped=frozenset(stack.dropped), season=_season(season))
        return evaluate(stack, plan)

    def table(self) -> pa.Table:
        """Return one row a pixel, sorted by id, row and column."""
        samples, keep = self.samples, np.flatnonzero(self.valid)
        ids = samples.id[keep]
        keep = keep[np.lexsort((samples.columns[keep], samples.rows[keep], ids))]
        x, y = pixel_centres(self.grid, samples.columns[keep], samples.rows[keep])
        columns: dict[str, Any] = {
            "id": pa.array(samples.id[keep].tolist(), pa.string()),
            "class_code": pa.array(samples.class_code[keep], pa.uint8()),
            "group": pa.array(samples.group[keep].tolist(), pa.string()),
            "x": pa.array(x, pa.float64()),
            "y": pa.array(y, pa.float64()),
            "season": pa.array(samples.season[keep].tolist(), pa.string()),
            "region": pa.array(samples.region[keep].tolist(), pa.string()),
        }
        for position in range(self.features.shape[0]):
            columns[f"f_{position}"] = pa.array(self.features[position, keep], pa.int16())
        units = json.dumps(self.cube.units())
        return pa.table(columns).replace_schema_metadata({TABLE_UNITS: units})

    def report(self) -> dict[str, Any]:
        """Count what was kept and, by reason, what was not."""
        dropped = Counter(self.samples.dropped)
        whole = set(self.samples.id[self.valid].tolist())
        lost = set(self.samples.id.tolist()) - whole
        if lost:
            dropped["no valid feature"] += len(lost)
        codes = dict(zip(self.samples.id.tolist(), self.samples.class_code.tolist(), strict=True))
        counts = Counter(codes[name] for name in whole)
        return {
            "dropped": dict(sorted(dropped.items())),
            "count": int(self.valid.sum()),
            "samples": len(whole),
            "class_counts": {str(code): counts[code] for code in sorted(counts)},
            "scenes_used": len(self.cube.scenes) - len(self.lost),
        }


def parquet_of(table: pa.Table) -> bytes:
    """Return the Parquet file; equal tables give equal bytes."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def csv_of(table: pa.Table, names: Sequence[str]) -> bytes:
    """Return the table as CSV: features by name, missing values as empty fields."""
    for position, name in enumerate(names):
        where = table.schema.get_field_index(f"f_{position}")
        values = table.column(where).to_numpy()
        column = pa.array(values, pa.int16(), mask=values == MISSING)
        table = table.set_column(where, name, column)
    buffer = io.BytesIO()
    pa_csv.write_csv(table, buffer)
    return buffer.getvalue()


def _part(stack: Stack, pixels: NDArray[np.int64]) -> Stack:
    if pixels.size == stack.planes.shape[1]:
        return stack
    return Stack(
        np.ascontiguousarray(stack.planes[:, pixels]),
        np.ascontiguousarray(stack.mask[:, pixels]),
        stack.dropped,
    )


def _season(text: str) -> Any:
    try:
        return season_parse(text)
    except WindowError as error:
        raise ParameterError(f"Season {text!r}: {error}") from error


def _reasons(dropped: dict[str, int]) -> str:
    return ", ".join(f"{count} × {reason}" for reason, count in dropped.items()) or "there is none"
