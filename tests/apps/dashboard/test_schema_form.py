"""Forms are drawn from the schemas the workflows really declare."""

import json
from typing import Any

from apps.dashboard.domain.schema_form import Field, Option, form_fields
from workers.classifiers._trees import TreeParameters
from workers.workflows import predict_map, train_and_map

CHOICES = {
    "sample_set": [Option("s-1", "Interpreted")],
    "feature_set": [Option("f-1", "Percentiles")],
    "collections": [Option("romania-s2", "Sentinel-2")],
    "classifier": [Option("random_forest", "Random forest")],
    "model_version": [],
}


def fields_of(schema: dict[str, Any], **initial: Any) -> dict[str, Field]:
    return {row.name: row for row in form_fields(schema, choices=CHOICES, initial=initial)}


def train_fields(**initial: Any) -> dict[str, Field]:
    return fields_of(train_and_map.SPEC.parameters_schema, **initial)


def test_ids_become_selects_of_rows_and_required_ones_come_first() -> None:
    fields = train_fields()
    assert list(fields)[:2] == ["sample_set", "feature_set"]
    assert fields["sample_set"].kind == "select"
    assert fields["sample_set"].options[0].value == "s-1"
    assert fields["sample_set"].required


def test_nullable_objects_become_groups_with_dotted_paths() -> None:
    folds = train_fields()["folds"]
    assert folds.kind == "group"
    inner = {row.name: row for row in folds.fields}
    assert inner["k"].path == "parameters.folds.k"
    assert inner["k"].type == "integer"
    assert inner["k"].attributes == {"step": 1, "min": 2, "max": 20}
    assert inner["method"].kind == "select"
    assert inner["method"].options[0].value == "spatial_block"


def test_enumerated_lists_become_boxes_with_the_default_checked() -> None:
    outputs = train_fields()["outputs"]
    assert outputs.kind == "checks"
    assert {o.value for o in outputs.options if o.selected} == {"class", "confidence"}


def test_collections_of_the_project_become_boxes() -> None:
    scenes = {row.name: row for row in train_fields()["scenes"].fields}
    assert scenes["collections"].kind == "checks"
    assert scenes["collections"].path == "parameters.scenes.collections"
    assert scenes["cloud_cover_max"].type == "number"


def test_values_of_an_earlier_job_fill_the_form() -> None:
    fields = train_fields(
        sample_set="s-1",
        seed=7,
        outputs=["class"],
        hyperparameters={"n_estimators": 50},
        scenes={"datetime": "2017-01-01/2019-12-31", "collections": ["romania-s2"]},
    )
    assert fields["sample_set"].options[0].selected
    assert fields["seed"].value == "7"
    assert {o.value for o in fields["outputs"].options if o.selected} == {"class"}
    assert fields["hyperparameters"].value == '{"n_estimators": 50}', "without a schema: as JSON"
    scenes = {row.name: row for row in fields["scenes"].fields}
    assert scenes["datetime"].value == "2017-01-01/2019-12-31"
    assert scenes["collections"].options[0].selected


def test_seed_zero_is_shown_not_dropped() -> None:
    assert train_fields()["seed"].value == "0"


def test_select_without_rows_is_empty_and_stays_a_select() -> None:
    model = fields_of(predict_map.SPEC.parameters_schema)["model_version"]
    assert (model.kind, model.options) == ("select", ())


def with_classifiers(**initial: Any) -> dict[str, Field]:
    schemas = {"classifier": {"random_forest": TreeParameters.model_json_schema()}}
    rows = form_fields(
        train_and_map.SPEC.parameters_schema,
        choices=CHOICES,
        picks=frozenset({"sample_set"}),
        schemas=schemas,
        initial=initial,
    )
    return {row.name: row for row in rows}


def test_maps_are_drawn_from_the_schema_of_what_they_hang_on() -> None:
    field = with_classifiers(hyperparameters={"n_estimators": 50})["hyperparameters"]
    assert (field.kind, field.when) == ("variants", "parameters.classifier")
    (variant,) = field.variants
    assert (variant.value, variant.title, variant.chosen) == (
        "random_forest", "Random forest", True,
    )  # fmt: skip
    inner = {row.name: row for row in variant.fields}
    assert inner["n_estimators"].path == "parameters.hyperparameters.n_estimators"
    assert inner["n_estimators"].id.endswith("-random_forest")
    assert (inner["n_estimators"].value, inner["n_estimators"].default) == ("50", "300")
    assert inner["n_estimators"].bounds == "1 to 2,000"
    assert inner["n_estimators"].label == "Trees"
    assert inner["max_features"].kind == "mixed"
    assert inner["max_features"].bounds == "sqrt, log2, all, or over 0, at most 1"
    assert inner["class_weight"].kind == "select"


def test_rows_are_picked_and_an_only_one_is_chosen() -> None:
    fields = with_classifiers()
    assert fields["sample_set"].kind == "pick"
    assert fields["sample_set"].options[0].selected
    assert fields["feature_set"].kind == "select"


def test_fields_stand_in_the_order_they_are_declared_whatever_json_did_to_it() -> None:
    schema = json.loads(json.dumps(train_and_map.SPEC.parameters_schema, sort_keys=True))
    folds = {row.name: row for row in form_fields(schema, choices=CHOICES)}["folds"]
    names = [row.name for row in folds.fields]
    assert names[:4] == ["method", "k", "block_size_m", "buffer_m"]
    scenes = {row.name: row for row in form_fields(schema, choices=CHOICES)}["scenes"]
    assert scenes.unless == "parameters.scene_selection"
