"""What a mapping step is told besides its specification: n_min of its features, and its memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.catalog.selectors import selection_by_id, selection_scenes_over
from apps.core.errors import InvalidInput
from apps.orchestration.domain.sources import Imagery, imagery_of
from apps.orchestration.gateways import block_outline_4326
from apps.orchestration.services.requests import scenes_of
from apps.orchestration.services.resolving import index_specs
from workers.contracts.features import FeatureSetSpec
from workers.contracts.grid import Grid
from workers.contracts.memory import BlockPlan, Load, block_plan
from workers.contracts.windows import season_parse
from workers.errors import ParameterError

Block = tuple[int, int]
MAPPING_KERNEL = "predict_block"
MAX_LOOKED_AT = 500  # blocks of which the dates are counted; more are sampled evenly


@dataclass(frozen=True)
class MappingPlan:
    """parameters: added to those of the kernel. memory: of the block with the most imagery."""

    parameters: dict[str, Any]
    memory: BlockPlan


def mapping_plan(spec: dict[str, Any], blocks: Sequence[Block]) -> MappingPlan:
    """Look at the imagery of a specification as it is now.

    Raises:
        InvalidInput: no resource class holds a block.
    """
    resolved, grid = spec["frozen"], Grid(**spec["grid"])
    feature_set = FeatureSetSpec.model_validate({"features": resolved["feature_set"]["features"]})
    sources = [feature.source for feature in feature_set.features]
    selection = selection_by_id(resolved["scene_selection"])
    imagery = imagery_of(scenes_of(selection, spec), sources, index_specs())
    outlines = [block_outline_4326(grid, ix, iy) for ix, iy in evenly(blocks, MAX_LOOKED_AT)]
    over = set(selection_scenes_over(selection, outlines))
    classes = len(resolved["classes"])
    loads = _loads(imagery, over, features=len(sources), classes=classes)
    n_min = imagery.n_min(feature_set, season_parse(resolved["season"]))
    return MappingPlan({"n_min": list(n_min)}, _largest(loads, grid.block_size))


def mapped_params(params: dict[str, Any], mapping: MappingPlan) -> dict[str, Any]:
    """Return the params of a mapping step with what the imagery says."""
    return params | {"parameters": params["parameters"] | mapping.parameters}


def evenly(blocks: Sequence[Block], most: int) -> list[Block]:
    """Return at most so many blocks, spread evenly over all."""
    if len(blocks) <= most:
        return list(blocks)
    return [blocks[k * len(blocks) // most] for k in range(most)]


def _loads(
    imagery: Imagery, over: set[frozenset[str]], *, features: int, classes: int
) -> set[Load]:
    position = {scene.id: k for k, scene in enumerate(imagery.scenes)}
    return {
        imagery.load(
            sorted(position[name] for name in names if name in position),
            features=features,
            classes=classes,
        )
        for names in over
    }


def _largest(loads: set[Load], edge: int) -> BlockPlan:
    try:
        plans = [block_plan(load, edge) for load in loads or {Load(1, 1, 1, 1)}]
    except ParameterError as error:
        raise InvalidInput(
            f"A block needs too much memory: {error}",
            errors={"parameters.scenes": ["too much imagery over one block."]},
        ) from error
    return max(plans, key=lambda plan: (plan.resource_class == "mem", plan.bytes))
