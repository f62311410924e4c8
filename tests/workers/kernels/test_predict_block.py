"""The map of a block, through the runner."""

from pathlib import Path

import numpy as np
import pytest

from tests.builders.kernel_world import (
    CLASSES,
    FEATURES,
    extract,
    fail_below,
    forest_input,
    point,
    predict,
)
from workers import runner
from workers.contracts.features import FeatureSetSpec
from workers.contracts.requests import InputRef, KernelRequest
from workers.errors import ParameterError


def test_table_equals_the_map_at_the_same_pixels(world):
    model, forest = forest_input(world)
    samples = [point(f"s{k:03d}", (11 * k) % 64 + 0.5, (7 * k) % 64 + 0.5) for k in range(64)]
    _, rows = extract(world, samples)
    _, layers = predict(world, forest)
    for row in rows:
        features = np.array([[row[f"f_{k}"] for k in range(3)]], dtype=np.int16)
        shares = np.floor(250 * model.predict_proba(features)[0] + 0.5)
        column, line = int((row["x"] - 500_000) // 10), int((5_000_000 - row["y"]) // 10)
        assert [layers[f"probability_{code}"][line, column] for code in (3, 7)] == list(shares)


def test_layers_are_functions_of_the_stored_bytes(world):
    _, forest = forest_input(world)
    result, layers = predict(world, forest)
    assert result.outcome == "done"
    a, b = layers["probability_3"].astype(int), layers["probability_7"].astype(int)
    known = a != 255
    assert np.array_equal(layers["class"], np.where(known, np.where(a >= b, 3, 7), 254))
    margin = np.floor(100 * np.abs(a - b) / 250 + 0.5)
    assert np.array_equal(layers["confidence"], np.where(known, margin, 255))
    assert result.stats["class"]["histogram"]["3"] == int((layers["class"] == 3).sum())
    assert layers["data_score"].dtype == np.uint16
    assert layers["data_score"].max() <= 12


def test_outside_the_boundary_is_255_and_nothing_else(world):
    _, forest = forest_input(world)
    left, top = world.grid.origin
    ring = [(left, top), (left + 203, top), (left + 203, top - 640), (left, top - 640), (left, top)]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    _, layers = predict(world, forest, boundary=boundary)
    inside = np.zeros((64, 64), dtype=bool)
    inside[:, :20] = True
    assert np.array_equal(layers["class"] != 255, inside)
    assert np.array_equal(layers["data_score"] != 65535, inside)
    assert (layers["confidence"][~inside] == 255).all()


def test_a_block_outside_boundary_or_imagery_is_skipped(world):
    _, forest = forest_input(world)
    ring = [(0, 0), (1, 0), (1, 1), (0, 0)]
    away = {"type": "Polygon", "coordinates": [ring]}
    assert predict(world, forest, boundary=away)[0].outcome == "skipped"
    assert predict(world, forest, block=(9, 9))[0].outcome == "skipped"
    assert predict(world, forest, scenes=())[0].outcome == "skipped"


def test_a_damaged_scene_degrades_the_block_and_is_named(world):
    _, forest = forest_input(world)
    Path(world.scenes[4].assets["B08"].path).write_bytes(b"II*\0")
    result, layers = predict(world, forest)
    assert result.outcome == "degraded"
    assert [item.id for item in result.dropped_inputs] == ["s004"]
    assert "s004" not in {item.id for item in result.used_inputs}
    assert (layers["class"] < 254).any()


def test_strips_of_rows_give_the_same_block(world, monkeypatch):
    _, forest = forest_input(world)
    _, whole = predict(world, forest)
    monkeypatch.setattr("workers.kernels.predict_block.rows_at_once", lambda load, edge, **_: 17)
    monkeypatch.setattr("workers.kernels.predict_block.CHUNK", 500)
    _, strips = predict(world, forest)
    for role, values in whole.items():
        assert np.array_equal(strips[role], values)


def test_an_empty_window_in_a_block_is_a_warning_not_an_error(world):
    _, forest = forest_input(world)
    result, _ = predict(world, forest, scenes=world.scenes[10:])
    assert any("'r'" in text and "03-01/05-31" in text for text in result.warnings)


def test_another_feature_set_than_the_models_is_refused(world):
    _, forest = forest_input(world)
    other = FeatureSetSpec(features=FEATURES.features[::-1])
    with pytest.raises(ParameterError, match="feature set"):
        predict(world, forest, feature_set=other.model_dump())


def test_a_class_outside_the_legend_is_refused(world):
    _, forest = forest_input(world)
    with pytest.raises(ParameterError, match="classes"):
        predict(world, forest, classes=CLASSES[:1])


def trained(world):
    """A model trained by the kernels themselves on what they extracted."""
    samples = [
        point(f"s{k:03d}", (11 * k) % 64 + 0.5, (7 * k) % 64 + 0.5, code=(3, 7)[k % 2])
        for k in range(64)
    ]
    table = extract(world, samples)[0].outputs[0]
    request = KernelRequest(
        id="t", kernel="train_model", staging=str(world.folder / "out"),
        inputs=(InputRef(role="table", path=table.path, sha256=table.sha256, size=table.size),),
        parameters={"feature_set": FEATURES.model_dump(), "classes": CLASSES, "crs": "EPSG:32633",
                    "hyperparameters": {"n_estimators": 5},
                    "folds": {"k": 2, "block_size_m": 100, "buffer_m": 0}},
    )  # fmt: skip
    forest = runner.run(request, lambda stage, fraction: None).outputs[0]
    return InputRef(role="forest", path=forest.path, sha256=forest.sha256, size=forest.size)


def test_imagery_in_other_units_than_the_models_is_refused(world):
    forest = trained(world)
    assert predict(world, forest)[0].outcome == "done"
    stored = tuple(
        scene.model_copy(
            update={
                "assets": {
                    key: asset.model_copy(update={"scale": 1.0, "offset": 0.0})
                    for key, asset in scene.assets.items()
                }
            }
        )
        for scene in world.scenes
    )
    with pytest.raises(ParameterError, match=r"Feature 'n'.*units per 1.0"):
        predict(world, forest, scenes=stored)


def test_the_same_request_gives_the_same_bytes(world):
    _, forest = forest_input(world)
    first, _ = predict(world, forest)
    second, _ = predict(world, forest)
    assert [o.sha256 for o in first.outputs] == [o.sha256 for o in second.outputs]


def test_inside_the_boundary_without_imagery_is_254_and_not_outside(world):
    _, forest = forest_input(world)
    left, top = world.grid.origin
    ring = [(left, top), (left + 203, top), (left + 203, top - 640), (left, top - 640), (left, top)]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    result, layers = predict(world, forest, boundary=boundary, scenes=())
    assert result.outcome == "skipped"
    assert (layers["class"][:, :20] == 254).all()
    assert (layers["class"][:, 20:] == 255).all()
    assert (layers["data_score"][:, :20] == 0).all()
    assert (layers["probability_3"] == 255).all()
    assert (layers["confidence"] == 255).all()


def test_a_scene_that_fails_in_a_later_strip_is_left_out_of_all_of_them(world, monkeypatch):
    _, forest = forest_input(world)
    monkeypatch.setattr("workers.kernels.predict_block.rows_at_once", lambda load, edge, **_: 16)
    without = tuple(scene for scene in world.scenes if scene.id != "s004")
    _, expected = predict(world, forest, scenes=without)
    fail_below(monkeypatch, world.scenes[4].assets["B08"].path, row=32)
    result, layers = predict(world, forest)
    assert [item.id for item in result.dropped_inputs] == ["s004"]
    for role, values in expected.items():
        assert np.array_equal(layers[role], values)
