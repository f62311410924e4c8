"""From a workflow and a resolved specification to the steps of a run. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

from workers.contracts.plugins import StepSpec, WorkflowSpec

Block = tuple[int, int]
ONCE: tuple[Block, ...] = ((0, 0),)


def step_parameters(step: StepSpec, spec: dict[str, Any]) -> dict[str, Any]:
    """Return what is fixed of a step's kernel parameters when the run is planned."""
    build = PARAMETERS.get(step.kernel)
    return build(spec) if build else {}


def step_blocks(step: StepSpec, blocks: Sequence[Block], n_layers: int) -> Sequence[Block]:
    """Return the (ix, iy) a step works on."""
    if step.scope == "blocks":
        return blocks
    if step.scope == "layers":
        return [(number, 0) for number in range(n_layers)]
    return ONCE


def steps_planned(
    workflow: WorkflowSpec, spec: dict[str, Any], blocks: Sequence[Block], n_layers: int
) -> list[tuple[StepSpec, dict[str, Any], Sequence[Block], tuple[str, ...]]]:
    """Return (step, params, blocks, names it waits for); steps of a workflow run in order."""
    planned = []
    before: tuple[str, ...] = ()
    for step in workflow.steps:
        params = {"parameters": step_parameters(step, spec), "inputs": list(step.inputs)}
        planned.append((step, params, step_blocks(step, blocks, n_layers), before))
        before = (step.name,)
    return planned


def _extract(spec: dict[str, Any]) -> dict[str, Any]:
    resolved = spec["frozen"]
    return {
        "feature_set": {"features": resolved["feature_set"]["features"]},
        "classes": resolved["classes"],
        "season": resolved["season"],
        "mask": resolved["mask"],
        "csv": spec["workflow"] == "extract_samples",  # where the table itself is the product
    }


def _train(spec: dict[str, Any]) -> dict[str, Any]:
    resolved, given = spec["frozen"], spec["parameters"]
    return {
        "feature_set": {"features": resolved["feature_set"]["features"]},
        "classes": resolved["classes"],
        "classifier": given["classifier"],
        "hyperparameters": given.get("hyperparameters") or {},
        "folds": given["folds"],
        "seed": given["seed"],
        "crs": spec["grid"]["crs"],
    }


def _predict(spec: dict[str, Any]) -> dict[str, Any]:
    resolved = spec["frozen"]
    return {
        "feature_set": {"features": resolved["feature_set"]["features"]},
        "feature_hash": resolved["feature_set"]["hash"],
        "classes": resolved["classes"],
        "outputs": list(spec["parameters"]["outputs"]),
        "season": resolved["season"],
        "mask": resolved["mask"],
    }


def _assemble(spec: dict[str, Any]) -> dict[str, Any]:
    return {"layers": spec["frozen"]["layers"]}


def _compare(spec: dict[str, Any]) -> dict[str, Any]:
    return dict(spec["frozen"]["transitions"])


PARAMETERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "extract_samples": _extract,
    "train_model": _train,
    "predict_block": _predict,
    "assemble_layer": _assemble,
    "compare_block": _compare,
    "check_block": lambda spec: {
        "work_ms": spec["parameters"]["work_ms"],
        "seed": spec["parameters"].get("seed", 0),
    },
}
