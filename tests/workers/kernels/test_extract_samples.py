"""The table of samples, through the runner."""

import pytest

from tests.builders.kernel_world import extract, fail_below, point, polygon
from workers.errors import DataError, InputError, ParameterError


def test_table_has_a_row_for_each_point_and_each_pixel_of_a_polygon(world):
    samples = [
        point("b", 5.5, 6.5, group="g1"),
        point("a", 70.2, 90.9),
        polygon("p", 10, 20, 13, 22),
    ]
    result, rows = extract(world, samples)
    assert [row["id"] for row in rows] == ["a", "b", *["p"] * 6]
    assert [row["group"] for row in rows[:3]] == ["", "g1", "p"]
    assert (rows[1]["x"], rows[1]["y"]) == (500_055, 4_999_935)
    assert {(row["x"], row["y"]) for row in rows[2:]} == {
        (500_105 + 10 * c, 4_999_795 - 10 * r) for c in range(3) for r in range(2)
    }
    assert result.report["class_counts"] == {"3": 2, "7": 1}
    assert (result.report["count"], result.report["samples"]) == (8, 3)


def test_a_polygon_gives_at_most_500_pixels_evenly(world):
    result, rows = extract(world, [polygon("p", 0, 0, 100, 100)])
    assert result.report["count"] == len(rows) <= 500
    assert len(rows) >= 390
    assert max(row["x"] for row in rows) > 500_900
    assert min(row["y"] for row in rows) < 4_999_100


def test_a_polygon_smaller_than_a_pixel_gives_one(world):
    _, rows = extract(world, [polygon("p", 10.6, 10.6, 10.8, 10.8)])
    assert [(row["x"], row["y"]) for row in rows] == [(500_105, 4_999_895)]


def test_samples_that_cannot_be_used_are_counted_by_reason(world):
    broken = {"type": "Feature", "id": "x", "geometry": {"type": "Point", "coordinates": ["a"]},
              "properties": {"class_code": 3}}  # fmt: skip
    samples = [point("far", 900, 900), point("other", 5, 5, code=9), point("ok", 5, 5), broken]
    result, rows = extract(world, samples)
    assert [row["id"] for row in rows] == ["ok"]
    assert result.report["dropped"] == {
        "class not in the nomenclature": 1, "geometry not usable": 1, "no valid feature": 1,
    }  # fmt: skip


def test_no_usable_sample_is_a_lack_of_data(world):
    with pytest.raises(DataError, match="class not in the nomenclature"):
        extract(world, [point("other", 5, 5, code=9)])


def test_a_sample_takes_its_features_from_its_own_season(world):
    early, late = "2018-03-01", "2018-03-25"
    samples = [
        point("all", 30.5, 30.5),
        point("own", 30.5, 30.5, valid_from=early, valid_to=late),
        point("own2", 30.5, 30.5, valid_from="2018-04-01"),
    ]
    _, rows = extract(world, samples)
    assert [row["season"] for row in rows] == ["", f"{early}/{late}", "2018-04-01/.."]
    counts = [row["f_2"] for row in rows]
    assert counts[0] == counts[1] + counts[2]
    assert counts[1] <= 3


def test_the_season_of_the_job_is_for_samples_without_their_own(world):
    samples = [point("own", 30.5, 30.5, valid_from="2018-03-01", valid_to="2018-03-25"),
               point("job", 30.5, 30.5)]  # fmt: skip
    _, rows = extract(world, samples, season="2018-03-01/2018-03-25")
    assert rows[0]["season"] == rows[1]["season"]
    assert rows[0]["f_2"] == rows[1]["f_2"]


def test_a_window_that_no_season_fills_names_feature_and_window(world):
    with pytest.raises(ParameterError, match=r"'r'.*03-01/05-31"):
        extract(world, [point("a", 5, 5)], scenes=world.scenes[10:])


def test_small_batches_change_nothing(world, monkeypatch):
    samples = [point(f"s{k:03d}", k % 128 + 0.5, (7 * k) % 128 + 0.5) for k in range(600)]
    _, once = extract(world, samples)
    monkeypatch.setattr("workers.kernels.extract_samples.BATCH_BYTES", 1)
    _, often = extract(world, samples)
    assert once == often


def test_samples_that_are_no_geojson_name_the_line(world):
    with pytest.raises(InputError, match="line 1"):
        extract(world, [{"id": 1}])


def test_a_scene_that_fails_for_later_samples_is_left_out_of_all(world, monkeypatch):
    monkeypatch.setattr("workers.kernels.extract_samples.BATCH_BYTES", 0)
    samples = [point(f"s{k:04d}", k % 64 + 0.5, k // 64 + 0.5) for k in range(64 * 40)]
    without = tuple(scene for scene in world.scenes if scene.id != "s004")
    _, expected = extract(world, samples, scenes=without)
    fail_below(monkeypatch, world.scenes[4].assets["B08"].path, row=32)
    result, rows = extract(world, samples)
    assert [item.id for item in result.dropped_inputs] == ["s004"]
    assert rows == expected
