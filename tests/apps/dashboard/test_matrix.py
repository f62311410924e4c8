from apps.dashboard.domain.figures import interval, percent
from apps.dashboard.domain.matrix import importance_rows, matrix_rows, rate_of

LEGEND = {1: {"name": "Forest", "color": "#1f5e46"}, 2: {"name": "Other", "color": "#e9c46a"}}


def rows() -> list:  # type: ignore[type-arg]
    return matrix_rows(
        classes=[1, 2],
        matrix=[[90, 10], [0, 100]],
        per_class=[
            {"code": 1, "users_accuracy": 0.9, "users_accuracy_ci95": [0.83, 0.95], "f1": 0.947}
        ],
        legend=LEGEND,
    )


def test_rows_are_the_map_and_totals_add_up() -> None:
    first, second = rows()
    assert (first.total, second.total) == ("100", "100")
    assert (first.column_total, second.column_total) == ("90", "110")


def test_diagonal_is_blue_and_errors_are_shaded_by_their_share_of_the_row() -> None:
    first, second = rows()
    assert first.cells[0].hit
    assert first.cells[0].shade == "hit-5"
    assert first.cells[1].shade == "miss-4"
    assert second.cells[0].shade == "", "an empty cell has no shade"


def test_missing_accuracies_are_dashes_not_zeros() -> None:
    second = rows()[1]
    assert second.users_accuracy.value == "–"
    assert second.f1.value == "–"
    assert rate_of(None).interval == ""


def test_accuracies_of_a_class_carry_their_interval() -> None:
    first = rows()[0]
    assert (first.users_accuracy.value, first.users_accuracy.interval) == ("90.0", "83.0 – 95.0")
    assert first.producers_accuracy.interval == "", "none was measured"


def test_class_without_legend_still_has_a_row() -> None:
    [row] = matrix_rows(classes=[9], matrix=[[3]], per_class=[], legend={})
    assert row.name == "Class 9"


def test_intervals_use_an_en_dash_and_percent() -> None:
    assert interval([0.895, 0.915]) == "89.5 – 91.5"
    assert percent(None) == "–"


def test_importances_are_sorted_and_scaled_to_the_largest() -> None:
    found = importance_rows([{"name": "a", "importance": 0.1}, {"name": "b", "importance": 0.4}])
    assert [row["name"] for row in found] == ["b", "a"]
    assert [row["width"] for row in found] == [100.0, 25.0]
