"""Planning a run: its steps, and which blocks of the grid the area touches."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from apps.core.errors import InvalidInput
from apps.jobs.domain import PlannedStep
from apps.jobs.models import Run
from apps.jobs.services import run_planned
from apps.orchestration.domain.planning import steps_planned
from apps.orchestration.gateways import blocks_touching, geometry_to_grid
from apps.orchestration.services.comparing import comparison_blocks
from apps.orchestration.services.imagery import imagery_noted
from apps.orchestration.services.mapping import MAPPING_KERNEL, mapped_params, mapping_plan
from apps.products.selectors import workflow_get
from workers.contracts.grid import Grid
from workers.contracts.plugins import StepSpec

MAX_BLOCKS = 5_000_000


def run_plan(run: Run) -> None:
    """Insert the steps of a run in state ``planning``.

    Raises:
        InvalidInput: the area touches no block, or too many.
    """
    spec = run.job.spec
    workflow = workflow_get(spec["workflow"])
    blocks = run_blocks(spec) if any(s.scope == "blocks" for s in workflow.steps) else []
    layers = spec.get("frozen", {}).get("layers", [])
    imagery = imagery_noted(run)
    planned = steps_planned(workflow, spec, blocks, len(layers))
    run_planned(run, [_step(spec, *step, imagery=imagery) for step in planned])


def _step(
    spec: dict[str, Any],
    step: StepSpec,
    params: dict[str, Any],
    blocks: Sequence[tuple[int, int]],
    before: tuple[str, ...],
    *,
    imagery: dict[str, Any],
) -> PlannedStep:
    """Return a step as it is written; one that maps gets its memory plan and its class from it."""
    resource_class = step.resource_class
    if step.kernel == MAPPING_KERNEL:
        mapping = mapping_plan(spec, blocks)
        params = mapped_params(params, mapping) | {"memory": asdict(mapping.memory)}
        resource_class = mapping.memory.resource_class
    block_px = spec["grid"]["block_size"] if spec.get("grid") and step.scope == "blocks" else 0
    return PlannedStep(
        name=step.name,
        title=step.title,
        kernel=step.kernel,
        executor=step.executor,
        scope=step.scope,
        params=params | imagery,
        resource_class=resource_class,
        block_px=block_px,
        depends_on=before,
        blocks=list(blocks),
    )


def run_blocks(spec: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the blocks a specification maps: those its boundary meets, or a plain raster."""
    if spec["workflow"] == "self_check":
        columns, rows = spec["parameters"]["columns"], spec["parameters"]["rows"]
        return [(ix, iy) for iy in range(rows) for ix in range(columns)]
    if spec["frozen"].get("compared"):
        return comparison_blocks(spec)
    grid = Grid(**spec["grid"])
    area = geometry_to_grid(GEOSGeometry(spec["boundary"], srid=4326), grid)
    blocks = blocks_touching(area, grid)
    if not blocks:
        raise InvalidInput("The area touches no block of the project grid.")
    if len(blocks) > MAX_BLOCKS:
        raise InvalidInput(
            f"The area touches {len(blocks)} blocks; the limit of one job is {MAX_BLOCKS}.",
            advice="Split the area, or use a coarser grid.",
        )
    return blocks
