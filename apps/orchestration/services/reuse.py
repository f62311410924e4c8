"""Which blocks of a job that is not launched yet have a known result."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from apps.catalog.selectors import selection_by_id, selection_scenes_over
from apps.jobs.selectors import results_exist, results_known
from apps.jobs.services import step_foreseen
from apps.orchestration.domain.planning import steps_planned
from apps.orchestration.gateways import block_outline_4326
from apps.orchestration.services.mapping import (
    MAPPING_KERNEL,
    Block,
    MappingPlan,
    evenly,
    mapped_params,
)
from apps.orchestration.services.requests import (
    block_identity,
    boundary_of,
    kernel_request_build,
    scene_identity,
    scenes_of,
    step_identity,
)
from apps.products.selectors import kernel_get, workflow_get
from apps.projects.models import Project
from workers.contracts.assets import SceneRef
from workers.contracts.base import sha256_of
from workers.contracts.grid import BlockRef, Grid
from workers.contracts.requests import KernelRequest

MAX_IDENTIFIED = 400


@dataclass(frozen=True)
class Known:
    """blocks: with a known result. looked_at: how many were looked at; the rest is projected."""

    blocks: int = 0
    looked_at: int = 0


def blocks_known(
    spec: dict[str, Any], project: Project, blocks: Sequence[Block], mapping: MappingPlan
) -> Known:
    """Return how many blocks of a mapping need no computing, by the fingerprints they would have.

    A model that is yet to be trained has no results.
    """
    if "model_version" not in spec["frozen"] or not results_exist(project.pk, MAPPING_KERNEL):
        return Known()
    if kernel_get(MAPPING_KERNEL)[0].stochastic:
        return Known()
    chosen = evenly(blocks, MAX_IDENTIFIED)
    known = results_known(project.pk, _fingerprints(spec, project, chosen, mapping))
    return Known(known * len(blocks) // len(chosen), len(chosen))


def _fingerprints(
    spec: dict[str, Any], project: Project, blocks: Sequence[Block], mapping: MappingPlan
) -> list[str]:
    step = _step_foreseen(spec, project, mapping)
    request = kernel_request_build(step=step, ix=0, iy=0, staging="", scenes=())
    common = step_identity(request, step)
    identity = cache(lambda name: scene_identity(scenes[name]))
    grid = Grid(**spec["grid"])
    selection = selection_by_id(spec["frozen"]["scene_selection"])
    scenes: dict[str, SceneRef] = {scene.id: scene for scene in scenes_of(selection, spec)}
    over = selection_scenes_over(selection, [block_outline_4326(grid, *block) for block in blocks])
    found = []
    for (ix, iy), names in zip(blocks, over, strict=True):
        mine: KernelRequest = request.model_copy(
            update={
                "block": BlockRef(ix=ix, iy=iy),
                "boundary": boundary_of(spec, grid, step.scope, ix, iy),
            }
        )
        told = [identity(name) for name in scenes if name in names]
        found.append(sha256_of(common | block_identity(mine, told)))
    return found


def _step_foreseen(spec: dict[str, Any], project: Project, mapping: MappingPlan) -> Any:
    """Return the mapping step as the planner would write it, unsaved."""
    workflow = workflow_get(spec["workflow"])
    planned = steps_planned(workflow, spec, [], 0)
    step, params, *_ = next(one for one in planned if one[0].kernel == MAPPING_KERNEL)
    return step_foreseen(project, spec, step, mapped_params(params, mapping))
