"""Blocks of a job's latest run as map features."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from apps.jobs.enums import BlockState, ChunkState, StepScope
from apps.jobs.gateways import block_lattice, block_outline
from apps.jobs.models import Block, Chunk, Job, ResultObject, Run, Step
from apps.jobs.selectors.rows import run_latest
from workers.contracts.grid import Grid

COMPACT_STATES = (
    "pending", "running", "done", "skipped", "degraded", "quarantined", "waived",
)  # fmt: skip
COMPACT_CODES = {state: code for code, state in enumerate(COMPACT_STATES)}
REUSED = 8
TOLD = (BlockState.QUARANTINED, BlockState.DEGRADED, BlockState.WAIVED)
MAX_TOLD = 500


def blocks_shown(job: Job, *, step: str | None = None, run: Run | None = None) -> QuerySet[Block]:
    """Return the blocks of a run's block steps (the latest run's), row by row."""
    blocks = Block.objects.filter(step__run=run or run_latest(job), step__scope=StepScope.BLOCKS)
    if step:
        blocks = blocks.filter(step__name=step)
    rows = blocks.select_related("step", "chunk", "result")
    return rows.order_by("step__ordinal", "iy", "ix")


def blocks_compact(run: Run, step: Step) -> QuerySet[Block, tuple[Any, ...]]:
    """Return (ix, iy, state, reused, state of the chunk, seconds) of a step's blocks by row."""
    rows = Block.objects.filter(step=step).order_by("iy", "ix")
    return rows.values_list("ix", "iy", "state", "reused", "chunk__state", "result__seconds")


def compact_rows(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Return [ix, iy, code, seconds] of each block; the code is a place in ``COMPACT_STATES``."""
    return [
        [ix, iy, _code(state, chunk) + (REUSED if reused else 0), round(seconds or 0.0, 2)]
        for ix, iy, state, reused, chunk, seconds in rows
    ]


def _code(state: str, chunk: str) -> int:
    running = state == BlockState.PENDING and chunk == ChunkState.LEASED
    return COMPACT_CODES["running" if running else state]


def step_mapped(run: Run, name: str | None = None) -> Step | None:
    """Return the step whose blocks a map shows: the one named, else the last over blocks."""
    steps = Step.objects.filter(run=run, scope=StepScope.BLOCKS).order_by("-ordinal")
    return (steps.filter(name=name) if name else steps).first()


def blocks_told(step: Step) -> dict[str, dict[str, Any]]:
    """Return what is said of the blocks that failed or lost scenes: ``{"ix,iy": {...}}``."""
    rows = Block.objects.filter(step=step, state__in=TOLD).select_related("result")
    return {
        f"{block.ix},{block.iy}": {
            "class": block.error_class,
            "signature": block.error_signature,
            "message": block.error_message,
            "tries": block.tries,
            "dropped": [
                entry.get("name") or entry.get("id")
                for entry in (block.result.dropped_inputs if block.result else ())
            ],
        }
        for block in rows.order_by("iy", "ix")[:MAX_TOLD]
    }


def lattice_of(job: Job, step: Step) -> dict[str, Any] | None:
    """Return where the blocks of a step lie; None where the job has no grid."""
    grid = grid_of(job)
    return block_lattice(grid, blocks_extent(step)) if grid and step.n_blocks else None


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
