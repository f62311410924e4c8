from typing import Any

import pytest

from apps.core.errors import InvalidInput
from apps.orchestration.domain.schema import parameters_complete
from workers.workflows.train_and_map import SPEC

SCHEMA = SPEC.parameters_schema
ID = "6f1b2c1e-0000-4000-8000-000000000000"
GOOD: dict[str, Any] = {"sample_set": ID, "feature_set": ID}


def test_defaults_of_the_schema_are_filled_in_also_inside_objects() -> None:
    full = parameters_complete(SCHEMA, GOOD | {"folds": {"k": 4}, "scenes": {"datetime": "2018"}})
    assert full["classifier"] == "random_forest"
    assert full["folds"] == {
        "method": "spatial_block", "k": 4, "block_size_m": None, "buffer_m": None,
        "beside": ["random", "group"],
    }  # fmt: skip
    assert full["scenes"] == {"collections": None, "datetime": "2018", "cloud_cover_max": None}
    assert full["outputs"] == ["class", "confidence"]


@pytest.mark.parametrize(
    ("extra", "field", "text"),
    [
        ({"foo": 1}, "parameters.foo", "unknown; known here"),
        ({"folds": {"z": 1}}, "parameters.folds.z", "unknown; known here"),
        ({"folds": {"k": 1}}, "parameters.folds.k", "less than the minimum of 2"),
        ({"scenes": {"cloud_cover_max": 200}}, "parameters.scenes.cloud_cover_max", "maximum"),
        ({"sample_set": "x"}, "parameters.sample_set", "not a 'uuid'"),
        ({"outputs": ["class", "bad"]}, "parameters.outputs.1", "not one of"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_remedy(
    extra: dict[str, Any], field: str, text: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        parameters_complete(SCHEMA, GOOD | extra)
    assert text in caught.value.errors[field][0]


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        parameters_complete(SCHEMA, {"sample_set": ID})
    assert caught.value.errors["parameters.feature_set"] == ["is required."]
