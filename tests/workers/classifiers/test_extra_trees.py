from pathlib import Path

import numpy as np

from tests.builders.forests import fitted, pixels, training


def test_training_twice_gives_the_same_files() -> None:
    (plugin, one), (_, two) = fitted("extra_trees"), fitted("extra_trees")

    packed = [plugin.pack(model, feature_hash="h").to_npz() for model in (one, two)]

    assert packed[0] == packed[1]
    assert plugin.native_bytes(one) == plugin.native_bytes(two)


def test_native_file_gives_the_same_predictions(tmp_path: Path) -> None:
    plugin, model = fitted("extra_trees")
    path = tmp_path / "model.skops"
    path.write_bytes(plugin.native_bytes(model))

    again = plugin.native_load(path)

    assert (again.predict_proba(pixels(200)) == model.predict_proba(pixels(200))).all()


def test_it_learns_and_says_which_features_mattered() -> None:
    plugin, model = fitted("extra_trees")
    rows, codes = training()

    right = (model.predict(rows) == codes).mean()

    assert right > 0.9
    assert np.isclose(plugin.importances(model).sum(), 1)
    assert set(model.classes_) == {1, 4, 7, 10, 13}


def test_extra_trees_differ_from_a_random_forest_of_the_same_seed() -> None:
    trees, forest = fitted("extra_trees")[1], fitted("random_forest")[1]
    assert (trees.predict_proba(pixels(200)) != forest.predict_proba(pixels(200))).any()
