"""dominant_leaf_type: codes of the specification, each with its colour."""

from workers import registry
from workers.contracts.legend import LegendClass


def test_legend_is_that_of_the_specification() -> None:
    spec = registry.product("dominant_leaf_type").SPEC
    legend = [LegendClass.model_validate(entry) for entry in spec.legend]
    assert spec.code == "DLT"
    assert spec.resolution_m == 10
    assert [(entry.code, entry.color) for entry in legend] == [
        (0, "#f0f0f0"),
        (1, "#469e4a"),
        (2, "#1c5c24"),
    ]
