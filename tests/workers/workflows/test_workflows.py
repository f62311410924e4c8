"""Each workflow is a chain of known kernels and control actions whose inputs exist."""

import pytest

from workers import registry
from workers.contracts.plugins import WorkflowSpec

CONTROLS = {
    "register_model", "publish_layers", "read_catalog", "apply_catalog", "apply_samples",
    "apply_aois", "offer_table",
}  # fmt: skip
FILLED = {"scenes", "samples", "upload", "model", "boundary", "assets"}
STEPS = {
    "train_model": ["extract", "train", "register"],
    "predict_map": ["predict", "assemble", "publish"],
    "train_and_map": ["extract", "train", "register", "predict", "assemble", "publish"],
    "extract_samples": ["extract", "offer"],
    "import_catalog": ["read", "probe", "apply"],
    "import_samples": ["read", "apply"],
    "import_aois": ["read", "apply"],
    "inspect_samples": ["inspect"],
}
NOT_OFFERED = {"inspect_samples", "import_catalog", "import_samples", "import_aois"}


def workflow(slug: str) -> WorkflowSpec:
    return registry.workflow(slug).SPEC


@pytest.mark.parametrize("slug", sorted(STEPS))
def test_a_workflow_has_its_steps_in_order(slug: str) -> None:
    assert [step.name for step in workflow(slug).steps] == STEPS[slug]


@pytest.mark.parametrize("slug", sorted(STEPS))
def test_each_step_runs_a_kernel_or_an_action_and_is_fed_by_earlier_steps(slug: str) -> None:
    kernels = {plugin.SPEC.slug for plugin in registry.all_of("kernels")}
    before: set[str] = set()
    for step in workflow(slug).steps:
        assert step.kernel in (CONTROLS if step.executor == "control" else kernels)
        for name in step.inputs:
            assert name in FILLED or name.removeprefix("step:") in before
        before.add(step.name)


@pytest.mark.parametrize("slug", sorted(STEPS))
def test_the_declared_schema_is_that_of_the_parameters_and_refuses_unknown_ones(slug: str) -> None:
    plugin = registry.workflow(slug)
    assert plugin.SPEC.parameters_schema == plugin.Parameters.model_json_schema()
    assert plugin.SPEC.parameters_schema["additionalProperties"] is False


def test_imports_have_routes_of_their_own_and_are_not_offered() -> None:
    assert {slug for slug in STEPS if not workflow(slug).public} == NOT_OFFERED
