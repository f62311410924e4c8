"""The two ends of the cube: the table of samples and the map of a block, through the runner."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
import rasterio
from pyproj import Transformer
from sklearn.ensemble import RandomForestClassifier

from tests.builders.scene_refs import SceneWriter, roots_of
from workers import runner
from workers.classifiers.random_forest import pack
from workers.contracts.features import FeatureSetSpec
from workers.contracts.grid import BlockRef
from workers.contracts.requests import InputRef, KernelRequest
from workers.errors import DataError, InputError, ParameterError
from workers.storage import write_bytes

FEATURES = FeatureSetSpec.model_validate(
    {
        "features": [
            {"name": "n", "source": "ndvi", "statistic": "p050"},
            {"name": "r", "source": "B04", "statistic": "mean", "window": "03-01/05-31"},
            {"name": "c", "source": "B04", "statistic": "count_valid"},
        ]
    }
)
CLASSES = [
    {"code": 3, "name": "a", "color": "#ff0000"},
    {"code": 7, "name": "b", "color": "#00ff00"},
]
WGS = Transformer.from_crs(32633, 4326, always_xy=True)


@pytest.fixture
def world(tmp_path: Path) -> SimpleNamespace:
    writer = SceneWriter(tmp_path / "scenes")
    scenes = tuple(writer.series(12))
    return SimpleNamespace(
        folder=tmp_path, writer=writer, scenes=scenes, grid=writer.grid(64), roots=roots_of(scenes)
    )


def lonlat(column: float, row: float) -> list[float]:
    """Centre of a pixel (whole numbers are its upper left corner)."""
    return list(WGS.transform(500_000 + 10 * column, 5_000_000 - 10 * row))


def point(name: str, column: float, row: float, code: int | None = 3, **properties):
    geometry = {"type": "Point", "coordinates": lonlat(column, row)}
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"class_code": code, **properties}}  # fmt: skip


def polygon(name: str, left: float, top: float, right: float, bottom: float, code: int = 7):
    ring = [lonlat(*p) for p in ((left, top), (right, top), (right, bottom), (left, bottom),
                                 (left, top))]  # fmt: skip
    return {"type": "Feature", "id": name,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"class_code": code}}  # fmt: skip


def extract(world, samples, scenes=None, **parameters):
    lines = "\n".join(json.dumps(sample) for sample in samples)
    file = write_bytes(world.folder, lines.encode(), ".ndjson")
    request = KernelRequest(
        id="r", kernel="extract_samples", grid=world.grid,
        scenes=world.scenes if scenes is None else scenes,
        staging=str(world.folder / "out"), roots=world.roots,
        inputs=(InputRef(role="samples", path=file.path, sha256=file.sha256, size=file.size),),
        parameters={"feature_set": FEATURES.model_dump(), "classes": CLASSES} | parameters,
    )  # fmt: skip
    result = runner.run(request, lambda stage, fraction: None)
    data = Path(result.outputs[0].path).read_bytes()
    return result, pq.read_table(io.BytesIO(data)).to_pylist()


def forest_input(world, feature_set=FEATURES):
    rng = np.random.default_rng(0)
    rows = rng.integers(-9000, 9000, (300, len(feature_set.features))).astype(np.int16)
    rows[rng.random(rows.shape) < 0.1] = -32768
    codes = np.where(rows[:, 0] > 0, 7, 3)
    model = RandomForestClassifier(20, random_state=0, n_jobs=1).fit(rows, codes)
    data = pack(model, feature_hash=feature_set.hash).to_npz()
    file = write_bytes(world.folder, data, ".npz")
    ref = InputRef(role="forest", path=file.path, sha256=file.sha256, size=file.size)
    return model, ref


def predict(world, forest, *, block=(0, 0), boundary=None, scenes=None, **parameters):
    outputs = ["class", "probability", "confidence", "data_score"]
    request = KernelRequest(
        id="p", kernel="predict_block", grid=world.grid,
        block=BlockRef(ix=block[0], iy=block[1]), boundary=boundary,
        scenes=world.scenes if scenes is None else scenes,
        staging=str(world.folder / "out"), roots=world.roots, inputs=(forest,),
        parameters={"feature_set": FEATURES.model_dump(), "classes": CLASSES,
                    "outputs": outputs, "feature_hash": FEATURES.hash} | parameters,
    )  # fmt: skip
    result = runner.run(request, lambda stage, fraction: None)
    layers = {}
    for output in result.outputs:
        with rasterio.open(output.path) as dataset:
            layers[output.role] = dataset.read(1)
            assert dataset.crs.to_epsg() == 32633
            assert tuple(dataset.transform)[:6] == world.grid.transform(*block)
    return result, layers


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
    monkeypatch.setattr("workers.kernels.predict_block.rows_at_once", lambda load, edge: 17)
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


def test_the_same_request_gives_the_same_bytes(world):
    _, forest = forest_input(world)
    first, _ = predict(world, forest)
    second, _ = predict(world, forest)
    assert [o.sha256 for o in first.outputs] == [o.sha256 for o in second.outputs]
