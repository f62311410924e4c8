import numpy as np
import pytest

from workers.accuracy.crossval import OutOfFold, assessment_report
from workers.accuracy.estimates import wilson
from workers.accuracy.matrix import confusion_matrix, rates
from workers.errors import ParameterError


def test_rows_are_the_map_and_columns_the_reference() -> None:
    matrix = confusion_matrix(np.array([1, 1, 5]), np.array([1, 5, 5]), [1, 5])

    assert matrix.tolist() == [[1, 1], [0, 1]]
    found = rates(matrix)
    assert found.users.tolist() == [0.5, 1.0]
    assert found.producers.tolist() == [1.0, 0.5]


def test_unknown_code_is_named() -> None:
    with pytest.raises(ParameterError, match=r"reference holds class codes \[9\]"):
        confusion_matrix(np.array([1]), np.array([9]), [1, 5])


def test_wilson_interval_has_a_width_at_the_ends() -> None:
    all_right = wilson(20, 20)

    assert all_right is not None
    assert all_right.high == 1.0
    assert all_right.low == pytest.approx(0.8389, abs=1e-3)
    assert wilson(0, 0) is None


def out_of_fold(n_blocks: int, *, seed: int = 0, per_block: int = 20) -> OutOfFold:
    """Samples that are right or wrong together: whole blocks differ in difficulty."""
    rng = np.random.default_rng(seed)
    blocks = np.repeat(np.arange(n_blocks), per_block)
    reference = rng.integers(0, 2, blocks.size)
    skill = rng.uniform(0.5, 1.0, n_blocks)[blocks]
    wrong = rng.random(blocks.size) > skill
    return OutOfFold(np.where(wrong, 1 - reference, reference), reference, blocks)


def test_report_sums_every_sample_and_brackets_its_figures() -> None:
    result = out_of_fold(30)

    report = assessment_report(result, [3, 8], np.array([True, True]), seed=1)

    assert report["classes"] == [3, 8]
    assert np.sum(report["matrix"]) == result.reference.size
    low, high = report["overall_accuracy"]["ci95"]
    assert low < report["overall_accuracy"]["value"] < high
    for row in report["per_class"]:
        assert row["f1_ci95"][0] < row["f1"] < row["f1_ci95"][1]
        assert row["area"] is None


def test_interval_of_clustered_errors_is_wider_than_that_of_counts() -> None:
    result = out_of_fold(30, per_block=100)

    low, high = assessment_report(result, [0, 1], np.ones(2, bool), seed=1)["overall_accuracy"][
        "ci95"
    ]
    counted = wilson(float((result.predicted == result.reference).sum()), result.blocks.size)

    assert counted is not None
    assert high - low > 1.5 * (counted.high - counted.low)


def test_same_seed_gives_the_same_intervals() -> None:
    result = out_of_fold(10)
    one, two = (assessment_report(result, [0, 1], np.ones(2, bool), seed=4) for _ in range(2))
    assert one == two


def test_class_that_cannot_be_assessed_has_null_accuracies_and_stays_in_the_matrix() -> None:
    reference = np.array([0, 0, 1, 1, 2])
    result = OutOfFold(np.array([0, 0, 1, 0, 1]), reference, np.array([0, 1, 0, 1, 1]))

    report = assessment_report(result, [1, 2, 3], np.array([True, True, False]), seed=0)

    rare = report["per_class"][2]
    assert rare["users_accuracy"] is rare["producers_accuracy"] is rare["f1"] is None
    assert np.sum(report["matrix"]) == 5
    assert report["macro_f1"]["value"] == pytest.approx(
        np.mean([row["f1"] for row in report["per_class"][:2]])
    )
