"""Blocks of a job's latest run as map features."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from apps.jobs.enums import BlockState, ChunkState, StepScope
from apps.jobs.gateways import block_outline
from apps.jobs.models import Block, Chunk, Job, ResultObject, Run, Step
from apps.jobs.selectors.rows import run_latest
from workers.contracts.grid import Grid


def blocks_shown(job: Job, *, step: str | None = None) -> QuerySet[Block]:
    """Return the blocks of the block steps of the latest run, row by row; ``step`` narrows."""
    blocks = Block.objects.filter(step__run=run_latest(job), step__scope=StepScope.BLOCKS)
    if step:
        blocks = blocks.filter(step__name=step)
    rows = blocks.select_related("step", "chunk", "result")
    return rows.order_by("step__ordinal", "iy", "ix")


def block_features(job: Job, blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return GeoJSON features; without a grid (self-check) the geometry is null."""
    grid = grid_of(job)
    return [
        {
            "type": "Feature",
            "id": f"{block.step.name}:{block.ix}:{block.iy}",
            "geometry": block_outline(grid, block.ix, block.iy) if grid else None,
            "properties": _properties(block),
        }
        for block in blocks
    ]


def grid_of(job: Job) -> Grid | None:
    """Return the grid a job was frozen with, else the project's."""
    frozen = job.spec.get("grid")
    if frozen:
        return Grid.model_validate(frozen)
    return None if job.workflow == "self_check" else job.project.grid_contract


PLACED = (BlockState.DONE, BlockState.DEGRADED)


def step_find(run: Run, name: str) -> Step | None:
    """Return a step of a run by name once the run is planned."""
    return Step.objects.filter(run=run, name=name).first()


def placed_count(step: Step) -> int:
    """Return how many blocks of a step have a result, from its chunks."""
    sums = Chunk.objects.filter(step=step).aggregate(
        n=Sum("n_done", default=0) + Sum("n_degraded", default=0)
    )
    return int(sums["n"])


def blocks_placed(step: Step, role: str) -> list[tuple[int, int, str]]:
    """Return (ix, iy, SHA-256) of a step's finished blocks that have an object of a role."""
    objects = ResultObject.objects.filter(
        role=role, result__blocks__step=step, result__blocks__state__in=PLACED
    )
    place = ("result__blocks__iy", "result__blocks__ix")
    rows = objects.order_by(*place).values_list(*place, "sha256")
    return [(ix, iy, sha256) for iy, ix, sha256 in rows]


def blocks_extent(step: Step) -> tuple[int, int, int, int]:
    """Return the first and last column and row of a step's blocks: (ix, iy, ix, iy)."""
    found = Block.objects.filter(step=step).aggregate(
        left=Min("ix"), top=Min("iy"), right=Max("ix"), bottom=Max("iy")
    )
    return (found["left"], found["top"], found["right"], found["bottom"])


def _properties(block: Block) -> dict[str, Any]:
    leased = block.chunk.state == ChunkState.LEASED and block.state == BlockState.PENDING
    dropped = block.result.dropped_inputs if block.result and _is_degraded(block) else []
    return {
        "step": block.step.name,
        "ix": block.ix,
        "iy": block.iy,
        "state": "running" if leased else block.state,
        "reused": block.reused,
        "error_class": block.error_class,
        "message": block.error_message,
        "dropped": dropped,
    }


def _is_degraded(block: Block) -> bool:
    return block.state == BlockState.DEGRADED
