"""Map one block: read once, mask, indices, time features, forest, all outputs in one pass."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from workers.contracts.features import FeatureSetSpec
from workers.contracts.legend import LegendClass
from workers.contracts.memory import CLASS_BYTES, Load, rows_at_once
from workers.contracts.parameters import MaskSpec, Output
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult, OutputFile
from workers.contracts.windows import WindowError, season_parse
from workers.errors import InputError, ParameterError
from workers.kernels._block_values import boundary_mask, statistics_of
from workers.numerics.packed import PackedForest
from workers.numerics.probability import (
    OUTSIDE,
    PROBABILITY_NODATA,
    UNCLASSIFIABLE,
    class_of_bytes,
    margin_of_bytes,
)
from workers.pipeline.cube import Cube, cube_build
from workers.pipeline.evaluate import evaluate, plan_build
from workers.pipeline.geometry import target_of_rows
from workers.pipeline.inputs import dropped_inputs, stack_load, used_inputs
from workers.raster.writer import write_block
from workers.storage import inputs_of, staged_path

CHUNK = 65_536  # pixels whose features are held at once
SCORE_OUTSIDE = 65_535

SPEC = KernelSpec(
    slug="predict_block",
    title="Predict a block",
    resource_class="cpu",
    outputs=("class", "probability", "confidence", "data_score"),
    seconds_per_block=12.0,
    nominal_rate={"read": 4.5, "gather": 3.2, "features": 1.5, "forest": 13.1},
)

Progress = Callable[[str, float], None]


class Parameters(BaseModel):
    """feature_hash: of the model's feature set; another feature set is refused.

    n_min: by feature, from the dates of the whole selection; None takes those of the block.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    feature_set: FeatureSetSpec
    classes: tuple[LegendClass, ...] = ()
    outputs: tuple[Output, ...] = ("class",)
    season: str | None = None
    mask: MaskSpec = MaskSpec()
    n_min: tuple[int, ...] | None = None
    feature_hash: str


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Write the requested outputs of a block.

    class: codes, 254 without valid feature, 255 outside the boundary. probability_<code>: 0–250,
    255. confidence: 0–100, 255. data_score: clear dates, 65,535 outside. A block without any valid
    pixel is ``skipped``; the part of it inside the boundary is still written, as 254.

    Raises:
        ParameterError: another feature set or legend than the model's, or a feature that cannot
            be computed. InputError: the model, or all scenes, cannot be read.
    """
    if request.grid is None or request.block is None:
        raise ParameterError("predict_block needs the project grid and a block.")
    forest = _forest(request, parameters)
    inside = boundary_mask(request.grid, request.block, request.boundary)
    if not inside.any():
        return KernelResult(outcome="skipped")
    cube = cube_build(parameters.feature_set, request.scenes, lenient=True)
    units_check(cube, forest)
    mapping = _Mapping(request, parameters, cube, forest, inside, progress)
    if cube.scenes:
        mapping.run()
    dropped = dropped_inputs(cube, mapping.lost)
    outputs, stats = mapping.write()
    classified = "done" if mapping.valid.any() else "skipped"
    return KernelResult(
        outcome="degraded" if dropped else classified,
        outputs=outputs,
        stats=stats,
        report={"scenes": len(cube.scenes) - len(mapping.lost), "valid": int(mapping.valid.sum())},
        used_inputs=used_inputs(cube, mapping.lost),
        dropped_inputs=dropped,
        warnings=tuple(mapping.warnings),
        bytes_read=mapping.bytes_read,
    )


def units_check(cube: Cube, forest: PackedForest) -> None:
    """Refuse imagery that is kept in other units than the model was trained on.

    Raises:
        ParameterError: names the feature and both units.
    """
    if forest.units is None:
        return
    for feature, mine, known in zip(
        cube.feature_set.features, cube.units(), forest.units, strict=True
    ):
        if mine is not None and mine != known:
            raise ParameterError(
                f"Feature {feature.name!r}: source {feature.source!r} and its bands have {mine} "
                f"units per 1.0 here, {known} where the model was trained. Correct scale and "
                "offset in the catalogue, or train a model on this imagery."
            )


class _Mapping:
    """Holds the probabilities of a block as bytes (class, y, x) while strips are computed."""

    def __init__(
        self,
        request: KernelRequest,
        parameters: Parameters,
        cube: Cube,
        forest: PackedForest,
        inside: NDArray[np.bool_],
        progress: Progress,
    ) -> None:
        if request.grid is None or request.block is None:
            raise ParameterError("predict_block needs the project grid and a block.")
        self.request, self.grid, self.block = request, request.grid, request.block
        self.parameters, self.cube, self.forest = parameters, cube, forest
        self.inside, self.progress = inside, progress
        self.edge = self.grid.block_size
        self.bytes = np.full((forest.codes.size, inside.size), PROBABILITY_NODATA, np.uint8)
        self.valid = np.zeros(inside.size, dtype=bool)
        self.score = np.zeros(inside.size, dtype=np.uint16)
        self.lost: dict[int, str] = {}
        self.warnings: list[str] = []
        self.bytes_read = 0

    def run(self) -> None:
        """Compute strips of rows, as many at once as the memory plan allows."""
        load = Load(
            dates=max(1, -(-len(self.cube.planes) // max(1, self.cube.bands))),
            bands=self.cube.bands,
            features=len(self.cube.feature_sources),
            classes=self.forest.codes.size,
            grids=self.cube.grids,
            indices=sum(not source.program.is_band for source in self.cube.sources),
            model=self.forest.nodes.nbytes * 2,
        )
        rows = rows_at_once(load, self.edge, limit=self.request.memory or CLASS_BYTES["cpu"])
        firsts = [k for k in range(0, self.edge, rows) if self.inside[k : k + rows].any()]
        while not self.strips(firsts, rows):
            pass

    def strips(self, firsts: list[int], rows: int) -> bool:
        """Compute all strips; False when a scene failed in one after others had used it."""
        for first in firsts:
            known = len(self.lost)
            self.strip(first, min(first + rows, self.edge))
            if len(self.lost) > known and first != firsts[0]:
                return False
        return True

    def strip(self, first: int, last: int) -> None:
        """Compute some rows without the scenes that could not be read so far."""
        target = target_of_rows(self.grid, self.block, first, last)
        stack = stack_load(
            self.cube,
            target,
            roots=self.request.roots,
            options=self.parameters.mask,
            progress=self.progress,
            without=self.lost,
        )
        self.bytes_read += stack.bytes_read
        self.lost |= stack.dropped
        plan = plan_build(
            self.cube,
            dropped=frozenset(stack.dropped),
            season=_season(self.parameters.season),
            n_min=self.parameters.n_min,
        )
        self.warnings = list(plan.warnings)
        offset = first * self.edge
        for start in range(0, target.size, CHUNK):
            stop = min(start + CHUNK, target.size)
            self.progress("predict", (offset + start) / self.inside.size)
            self.chunk(slice(offset + start, offset + stop), evaluate(stack, plan, (start, stop)))

    def chunk(self, where: slice, result: Any) -> None:
        """Classify the pixels of a chunk that lie inside and have a valid feature."""
        inside = self.inside.reshape(-1)[where]
        good = inside & result.valid
        self.score[where] = result.data_score
        self.valid[where] = good
        if not good.any():
            return
        features = result.features if good.all() else result.features[:, good]
        self.bytes[:, where][:, good] = self.forest.predict_bytes(np.ascontiguousarray(features))

    def write(self) -> tuple[tuple[OutputFile, ...], dict[str, Any]]:
        """Write every requested layer; all are functions of the stored bytes."""
        outputs, stats = [], {}
        for role, values, nodata in self.layers():
            written = write_block(
                staged_path(self.request.staging, ".tif"),
                values.reshape(self.edge, self.edge),
                transform=self.grid.transform(self.block.ix, self.block.iy),
                crs=self.grid.crs,
                nodata=nodata,
            )
            outputs.append(written.as_output(role))
            stats[role] = statistics_of(values, nodata, histogram=role == "class")
        self.progress("write", 1.0)
        return tuple(outputs), stats

    def layers(self) -> list[tuple[str, NDArray[Any], int]]:
        found: list[tuple[str, NDArray[Any], int]] = []
        inside = self.inside.reshape(-1)
        for output in self.parameters.outputs:
            if output == "class":
                values = class_of_bytes(self.bytes, self.forest.codes)
                values[~self.valid] = UNCLASSIFIABLE
                values[~inside] = OUTSIDE
                found.append(("class", values, OUTSIDE))
            elif output == "probability":
                for code, plane in zip(self.forest.codes, self.bytes, strict=True):
                    found.append((f"probability_{code}", plane, PROBABILITY_NODATA))
            elif output == "confidence":
                margin = margin_of_bytes(self.bytes)
                margin[~self.valid] = PROBABILITY_NODATA
                found.append(("confidence", margin, PROBABILITY_NODATA))
            else:
                score = np.where(inside, self.score, SCORE_OUTSIDE).astype(np.uint16)
                found.append(("data_score", score, SCORE_OUTSIDE))
        return found


def _forest(request: KernelRequest, parameters: Parameters) -> PackedForest:
    refs = inputs_of(request.inputs, "forest")
    if len(refs) != 1:
        raise InputError(f"predict_block needs one input of role 'forest', not {len(refs)}.")
    forest = PackedForest.load(Path(refs[0].path), sha256=refs[0].sha256)
    computed = parameters.feature_set.hash
    if {computed, forest.feature_hash} != {parameters.feature_hash}:
        raise ParameterError(
            f"The model was trained with feature set {forest.feature_hash[:12]}, the request has "
            f"{computed[:12]}; predict with the model's own feature set or train a new model."
        )
    unknown = set(forest.codes.tolist()) - {item.code for item in parameters.classes}
    if parameters.classes and unknown:
        raise ParameterError(
            f"The model knows classes {sorted(unknown)} that are not in the legend; restore them "
            "or train a new model."
        )
    return forest


def _season(text: str | None) -> Any:
    try:
        return season_parse(text)
    except WindowError as error:
        raise ParameterError(f"Season: {error}") from error
