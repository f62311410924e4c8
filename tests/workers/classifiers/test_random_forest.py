from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from tests.builders.forests import fitted, pixels, training
from workers import registry


def test_training_twice_gives_the_same_files() -> None:
    (plugin, one), (_, two) = fitted("random_forest"), fitted("random_forest")

    packed = [plugin.pack(model, feature_hash="h").to_npz() for model in (one, two)]

    assert packed[0] == packed[1]
    assert plugin.native_bytes(one) == plugin.native_bytes(two)


def test_native_file_gives_the_same_predictions(tmp_path: Path) -> None:
    plugin, model = fitted("random_forest")
    path = tmp_path / "model.skops"
    path.write_bytes(plugin.native_bytes(model))

    again = plugin.native_load(path)

    assert (again.predict_proba(pixels(200)) == model.predict_proba(pixels(200))).all()


def test_it_learns_and_says_which_features_mattered() -> None:
    plugin, model = fitted("random_forest")
    rows, codes = training()

    right = (model.predict(rows) == codes).mean()

    assert right > 0.9
    assert np.isclose(plugin.importances(model).sum(), 1)
    assert set(model.classes_) == {1, 4, 7, 10, 13}


def test_leaf_is_smaller_for_small_sets_and_resolved_values_are_complete() -> None:
    parameters = registry.classifier("random_forest").Parameters()

    small = parameters.resolved(500)

    assert small["min_samples_leaf"] == 3
    assert parameters.resolved(50_000)["min_samples_leaf"] == 5
    assert type(parameters)(**small).resolved(50_000) == small


@pytest.mark.parametrize("name", ["n_trees", "n_jobs", "random_state"])
def test_settings_outside_the_schema_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        registry.classifier("random_forest").Parameters(**{name: 3})
