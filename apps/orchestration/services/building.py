"""The map while it is made: finished blocks of a run go into the release that is being built."""

import logging
import math
import time
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.db import Error as DatabaseError

from apps.core.errors import DomainError
from apps.jobs.models import Run
from apps.jobs.selectors import (
    blocks_extent,
    blocks_placed,
    placed_count,
    run_by_id,
    step_find,
)
from apps.jobs.services import outbox_add
from apps.layers.domain import object_role
from apps.layers.models import Layer, LayerRelease
from apps.layers.selectors import release_building
from apps.layers.services import (
    BuildingPlan,
    building_due,
    building_open,
    building_write,
    buildings_open,
    layer_open,
)
from apps.orchestration.gateways import bounds_4326
from workers.contracts.grid import Grid
from workers.contracts.legend import LegendClass
from workers.contracts.tiles import MAX_BLOCKS_PER_TILE

log = logging.getLogger(__name__)
PREDICT = "predict"
LOOK_SECONDS = 1.0
WORLD_DEGREES = 360.0
_looked: dict[str, float] = {}


def building_show(run_id: Any) -> None:
    """Bring the map of a run up to date; called beside every progress message, so it looks rarely.

    What the map shows has no say in what counts: a failure here is logged and nothing else.
    """
    key, now = str(run_id), time.monotonic()
    if now - _looked.get(key, 0.0) < LOOK_SECONDS:
        return
    _looked.clear()  # a worker works on one run at a time
    _looked[key] = now
    _safely(run_id)


def buildings_tend() -> None:
    """Write what a throttled or lost call left out, and close the map of a run that has ended."""
    for release in buildings_open():
        _safely(release.run_id)


def _safely(run_id: Any) -> None:
    try:
        building_update(run_id)
    except (DatabaseError, DomainError, OSError, GDALException) as error:
        log.warning("The map of run %s is not up to date: %s", run_id, error)


def building_update(run_id: Any) -> bool:
    """Write the index of the run's map when blocks were added since; returns whether it did."""
    run = run_by_id(run_id)
    position, planned = _shown(run)
    step = step_find(run, PREDICT) if planned else None
    count = placed_count(step) if step else 0
    if step is None or planned is None or not count:
        return False
    known = release_building(run.job_id, position)
    known = known if known is not None and known.run_id == run.pk else None
    if known is not None and not run.is_terminal:
        held = known.progress.get("blocks") == count
        if held or not building_due(known):
            return False
    release = known or building_open(
        layer=_layer(run, position, planned), run=run, plan=_plan(run, step)
    )
    if release is None:
        return False
    blocks = blocks_placed(step, object_role(planned["role"], planned["class_code"]))
    progress = building_write(release.pk, run=run, blocks=blocks, closed=run.is_terminal)
    if progress is not None:
        _tell(run, release, progress)
    return progress is not None


def _shown(run: Run) -> tuple[int, dict[str, Any] | None]:
    """Return the layer that is shown while it is built: the classes, else the first output."""
    layers = list(enumerate(run.job.spec.get("frozen", {}).get("layers", ())))
    classes = [entry for entry in layers if entry[1]["role"] == "class"]
    return (classes or layers or [(0, None)])[0]


def _layer(run: Run, position: int, planned: dict[str, Any]) -> Layer:
    frozen = run.job.spec["frozen"]
    code = planned["class_code"]
    classes = {cls["code"]: LegendClass(**cls) for cls in frozen["classes"]}
    return layer_open(
        job=run.job,
        position=position,
        prefix=frozen["layer_prefix"],
        role=planned["role"],
        cls=classes[code] if code is not None else None,
    )


def _plan(run: Run, step: Any) -> BuildingPlan:
    grid = Grid(**run.job.spec["grid"])
    left_ix, top_iy, right_ix, bottom_iy = blocks_extent(step)
    left, _, _, top = grid.block_bounds(left_ix, top_iy)
    _, bottom, right, _ = grid.block_bounds(right_ix, bottom_iy)
    one = bounds_4326(grid, grid.block_bounds((left_ix + right_ix) // 2, (top_iy + bottom_iy) // 2))
    return BuildingPlan(
        legend=[LegendClass(**cls) for cls in run.job.spec["frozen"]["classes"]],
        grid=grid,
        bbox=bounds_4326(grid, (left, bottom, right, top)),
        total=step.n_blocks,
        min_zoom=least_zoom(one[2] - one[0]),
    )


def least_zoom(degrees: float) -> int:
    """Return the least zoom at which a tile meets no more blocks than the tiler draws.

    degrees: width of a block in longitude; a mercator tile is square, so blocks are too.
    """
    across = math.isqrt(MAX_BLOCKS_PER_TILE) - 2
    return max(0, min(22, math.ceil(math.log2(WORLD_DEGREES / (across * max(degrees, 1e-6))))))


def _tell(run: Run, release: LayerRelease, progress: dict[str, Any]) -> None:
    payload = {"run": str(run.pk), "layer": str(release.layer_id), "version": progress["version"]}
    outbox_add(f"job:{run.job_id}", "building", {**payload, "blocks": progress["blocks"]})
