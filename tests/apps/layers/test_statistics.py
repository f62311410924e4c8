import csv
import io

from apps.layers.domain.statistics import statistics_csv

LEGEND = [{"code": 1, "name": "forest"}, {"code": 2, "name": "=cmd()"}]


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_classes_become_rows_with_area_and_share() -> None:
    classes = [{"code": 1, "pixels": 30, "area_km2": 0.003, "share": 0.75}]
    assert rows_of(statistics_csv({"classes": classes}, LEGEND)) == [
        ["code", "name", "pixels", "area_km2", "share"],
        ["1", "forest", "30", "0.003", "0.75"],
    ]


def test_a_name_is_never_a_formula() -> None:
    classes = [{"code": 2, "pixels": 1, "area_km2": 1, "share": 1}]
    assert rows_of(statistics_csv({"classes": classes}, LEGEND))[1][1] == "'=cmd()"


def test_values_become_marginals_and_a_histogram() -> None:
    figures = {"min": 9, "max": 11, "histogram": {"start": 9, "width": 1, "counts": [4, 2]}}
    assert rows_of(statistics_csv(figures, [])) == [
        ["statistic", "value"],
        ["min", "9"],
        ["max", "11"],
        [],
        ["from", "below", "pixels"],
        ["9", "10", "4"],
        ["10", "11", "2"],
    ]
