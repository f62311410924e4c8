"""The kernel on tables of samples: what it measures, what it writes, what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workers.contracts.requests import InputRef, KernelRequest, KernelResult
from workers.errors import InputError, ParameterError
from workers.kernels import train_model
from workers.numerics.packed import PackedForest
from workers.storage import stamp

MISSING = -32_768
Columns = dict[str, Any]
CLASSES = [{"code": code, "name": f"Class {code}", "color": "#336699"} for code in (2, 5, 9)]


def columns(n: int = 300, *, seed: int = 0, extent: float = 60_000.0) -> Columns:
    """Three separable classes scattered over an area."""
    rng = np.random.default_rng(seed)
    codes = np.array([2, 5, 9])[np.arange(n) % 3]
    return {
        "id": [f"{i:06d}" for i in range(n)],
        "class_code": codes.astype(np.int16),
        "group": [None] * n,
        "x": rng.uniform(4e6, 4e6 + extent, n),
        "y": rng.uniform(2e6, 2e6 + extent, n),
        "season": [None] * n,
        **{
            f"f_{k}": (codes * (400 - 100 * k) + rng.normal(0, 400, n)).astype(np.int16)
            for k in range(4)
        },
    }


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., KernelResult]:
    def _train(table: Columns, *, features: int = 4, **given: Any) -> KernelResult:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.parquet"
        pq.write_table(pa.table(table), path)
        file = stamp(path)
        request = KernelRequest(
            id="train",
            kernel="train_model",
            parameters={},
            staging=str(tmp_path / "staging"),
            inputs=(InputRef(role="table", path=str(path), sha256=file.sha256, size=file.size),),
        )
        parameters = train_model.Parameters.model_validate(
            {
                "feature_set": {
                    "features": [
                        {"name": f"n{k}", "source": "ndvi", "statistic": "mean"}
                        for k in range(features)
                    ]
                },
                "classes": CLASSES,
                "crs": "EPSG:3035",
                "hyperparameters": {"n_estimators": 40},
            }
            | given
        )
        return train_model.run(request, parameters, lambda stage, fraction: None)

    return _train


Train = Callable[..., KernelResult]


def output(result: KernelResult, role: str) -> Path:
    return next(Path(item.path) for item in result.outputs if item.role == role)


def test_report_has_what_model_version_and_assessment_show(train: Train) -> None:
    result = train(columns())

    spatial = result.report["metrics"]["spatial_cv"]
    assessment = result.report["assessment"]
    assert spatial["overall_accuracy"] == assessment["overall_accuracy"]["value"] > 0.8
    low, high = assessment["overall_accuracy"]["ci95"]
    assert low <= spatial["overall_accuracy"] <= high
    assert assessment["classes"] == [2, 5, 9]
    assert np.sum(assessment["matrix"]) == 300
    assert [row["code"] for row in assessment["per_class"]] == [2, 5, 9]
    assert all(row["f1_ci95"][0] <= row["f1"] for row in assessment["per_class"])
    assert result.report["folds"]["block_size_m"] == 10_000
    assert result.report["folds"]["buffer_m"] == 1_000
    names = [row["name"] for row in result.report["feature_importance"]]
    assert sorted(names) == ["n0", "n1", "n2", "n3"]
    assert sum(row["value"] for row in result.report["feature_importance"]) == pytest.approx(1)
    json.dumps(result.report, allow_nan=False)


def test_training_again_from_the_record_gives_identical_bytes(train: Train) -> None:
    table = columns()
    first = train(table, hyperparameters={"n_estimators": 25}, seed=11)
    card = json.loads(output(first, "card").read_text())

    again = train(
        table,
        hyperparameters=card["hyperparameters"],
        seed=card["seed"],
        classifier=card["classifier"],
        feature_set=card["feature_set"],
        classes=card["classes"],
    )

    assert [(o.role, o.sha256) for o in first.outputs] == [
        (o.role, o.sha256) for o in again.outputs
    ]
    assert first.report == again.report


def test_forest_on_disk_carries_codes_and_feature_hash(train: Train) -> None:
    result = train(columns())
    item = next(o for o in result.outputs if o.role == "forest")

    forest = PackedForest.load(item.path, sha256=item.sha256)

    assert forest.codes.tolist() == [2, 5, 9]
    assert forest.feature_hash == json.loads(output(result, "card").read_text())["feature_hash"]


def test_folds_see_no_neighbour_so_memorised_places_do_not_count(train: Train) -> None:
    """A feature that only names the place looks perfect at random and worthless in space."""
    rng = np.random.default_rng(2)
    table = columns(1_500, extent=100_000)
    cell = (table["x"] // 5_000).astype(int) * 1_000 + (table["y"] // 5_000).astype(int)
    _, block = np.unique(cell, return_inverse=True)
    labels = rng.integers(0, 3, block.max() + 1)[block]
    table["class_code"] = np.array([2, 5, 9])[labels].astype(np.int16)
    address = rng.permutation(block.max() + 1)[block]
    for k in range(4):
        table[f"f_{k}"] = address.astype(np.int16)

    spatial = train(table).report["metrics"]["spatial_cv"]["overall_accuracy"]
    random = train(table, folds={"method": "random"}).report["metrics"]["spatial_cv"]

    assert random["overall_accuracy"] > 0.75
    assert spatial < 0.5


def test_pixels_of_a_polygon_never_vote_on_their_own_polygon(train: Train) -> None:
    """Polygons with a private signature and a random label: nothing can be learnt."""
    rng = np.random.default_rng(3)
    polygon = np.repeat(np.arange(150), 10)
    table = columns(1_500, extent=100_000)
    centre = rng.uniform(0, 100_000, (150, 2))
    table["x"], table["y"] = (4e6 + centre[polygon, 0], 2e6 + centre[polygon, 1])
    table["x"] += rng.uniform(-300, 300, 1_500)
    table["id"] = table["group"] = [f"p{number}" for number in polygon]
    table["class_code"] = np.array([2, 5, 9])[rng.integers(0, 3, 150)[polygon]].astype(np.int16)
    for k in range(4):
        table[f"f_{k}"] = rng.permutation(3_000)[:150][polygon].astype(np.int16)

    for method in ("polygon", "group", "random", "spatial_block"):
        found = train(table, folds={"method": method}).report["metrics"]["spatial_cv"]
        assert found["overall_accuracy"] < 0.5, method


def test_samples_without_a_valid_feature_are_dropped_and_counted(train: Train) -> None:
    table = columns()
    for k in range(4):
        table[f"f_{k}"][:7] = MISSING
    table["f_0"][7:20] = MISSING

    result = train(table)

    assert result.report["samples_dropped"] == 7
    assert np.sum(result.report["assessment"]["matrix"]) == 293
    assert any(text.startswith("7 sample(s)") for text in result.warnings)


def test_nothing_valid_at_all_is_an_error_with_a_remedy(train: Train) -> None:
    table = columns()
    for k in range(4):
        table[f"f_{k}"][:] = MISSING
    with pytest.raises(ParameterError, match="Widen the period"):
        train(table)


def test_lone_class_is_trained_with_a_warning_and_null_accuracies(train: Train) -> None:
    table = columns()
    table["class_code"][table["class_code"] == 9] = 5
    table["class_code"][0] = 9

    result = train(table)

    row = result.report["assessment"]["per_class"][2]
    assert (row["code"], row["f1"], row["users_accuracy"]) == (9, None, None)
    assert any("Class 9 has 1 sample(s)" in text for text in result.warnings)
    item = next(o for o in result.outputs if o.role == "forest")
    assert 9 in PackedForest.load(item.path, sha256=item.sha256).codes


def test_single_class_is_an_error(train: Train) -> None:
    table = columns()
    table["class_code"][:] = 5
    with pytest.raises(ParameterError, match="Fewer than two classes"):
        train(table)


def test_everything_in_one_block_is_an_error_that_names_the_block_size(train: Train) -> None:
    with pytest.raises(ParameterError, match=r"folds\.block_size_m"):
        train(columns(extent=50), folds={"block_size_m": 1e7})


def test_buffer_that_swallows_the_training_samples_is_an_error(train: Train) -> None:
    with pytest.raises(ParameterError, match=r"folds\.buffer_m"):
        train(columns(), folds={"buffer_m": 500_000})


def test_unknown_classifier_hyperparameter_and_class_are_named(train: Train) -> None:
    with pytest.raises(ParameterError, match="perceptron"):
        train(columns(), classifier="perceptron")
    with pytest.raises(ParameterError, match="n_trees"):
        train(columns(), hyperparameters={"n_trees": 3})
    table = columns()
    table["class_code"][0] = 77
    with pytest.raises(ParameterError, match="77"):
        train(table)


def test_table_of_another_feature_set_is_refused(train: Train) -> None:
    with pytest.raises(InputError, match="f_4"):
        train(columns(), features=5)


def test_table_that_changed_after_extraction_is_refused(train: Train, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table(columns()), path)
    request = KernelRequest(
        id="x",
        kernel="train_model",
        parameters={},
        staging=str(tmp_path),
        inputs=(InputRef(role="table", path=str(path), sha256="0" * 64, size=1),),
    )
    parameters = train_model.Parameters.model_validate(
        {
            "feature_set": {"features": [{"name": "a", "source": "a", "statistic": "mean"}]},
            "classes": CLASSES,
            "crs": "EPSG:3035",
        }
    )
    with pytest.raises(InputError, match="not those that were recorded"):
        train_model.run(request, parameters, lambda stage, fraction: None)


def test_table_in_degrees_gets_blocks_in_metres(train: Train) -> None:
    table = columns()
    table["x"] = 14.0 + (table["x"] - 4e6) / 78_000
    table["y"] = 46.0 + (table["y"] - 2e6) / 111_000

    folds = train(table, crs="EPSG:4326").report["folds"]

    assert folds["block_size_m"] == 10_000
    assert 25 <= folds["blocks"] <= 64


def test_cells_name_the_samples_of_the_matrix(train: Train) -> None:
    result = train(columns())
    cells = json.loads(output(result, "predictions").read_text())["cells"]
    assessment = result.report["assessment"]
    for i, mapped in enumerate(assessment["classes"]):
        for j, reference in enumerate(assessment["classes"]):
            found = cells.get(f"{mapped}:{reference}", [])
            assert sum(pixels for _, pixels in found) == assessment["matrix"][i][j]
    named = [sample for found in cells.values() for sample, _ in found]
    assert sorted(named) == columns()["id"]


def test_easier_folds_stand_beside_and_warn_where_they_flatter(train: Train) -> None:
    table = columns(300)
    rng = np.random.default_rng(3)
    place = rng.integers(0, 30, 300)
    table["x"] = 4e6 + place * 6_000.0 + rng.uniform(0, 100, 300)
    table["y"] = np.full(300, 2e6)
    table["class_code"] = np.array([2, 5, 9], dtype=np.int16)[place % 3]
    for k in range(4):  # each place has a look of its own, which says nothing elsewhere
        table[f"f_{k}"] = (rng.permutation(30)[place] * 100).astype(np.int16)
    report = train(table).report
    other = report["metrics"]["other_folds"]
    assert set(other) == {"random"}
    assert other["random"]["overall_accuracy"]["value"] > 0.9
    assert report["metrics"]["spatial_cv"]["overall_accuracy"] < 0.7
    assert any("points above" in text for text in report["warnings"])


def test_groups_are_measured_where_samples_share_one(train: Train) -> None:
    table = columns()
    table["group"] = [f"g{i // 5}" for i in range(300)]
    assert set(train(table).report["metrics"]["other_folds"]) == {"random", "group"}
    quiet = train(table, folds={"beside": []})
    assert quiet.report["metrics"]["other_folds"] == {}
