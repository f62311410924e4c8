"""make_country: a STAC catalogue with known truth, the same for the same seed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from workers import registry
from workers.contracts.requests import KernelRequest, KernelResult
from workers.contracts.sensors import sensor_choose
from workers.errors import ParameterError
from workers.grid import transformer_between
from workers.kernels.make_country import Parameters, run

SIZE = 128


def make(folder: Path, seed: int = 7) -> KernelResult:
    parameters = Parameters(size=SIZE, seed=seed, folder=str(folder))
    request = KernelRequest(id="x", kernel="make_country", parameters={}, staging=str(folder))
    return run(request, parameters, lambda stage, fraction: None)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "country"
    make(folder)
    return folder


def read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def items(country: Path) -> list[tuple[Path, dict[str, Any]]]:
    collection = country / "synthetic-country" / "collection.json"
    links = [link for link in read_json(collection)["links"] if link["rel"] == "item"]
    paths = [(collection.parent / link["href"]).resolve() for link in links]
    return [(path, read_json(path)) for path in paths]


def band(path: Path, item: dict[str, Any], key: str) -> np.ndarray:
    with rasterio.open(path.parent / item["assets"][key]["href"]) as dataset:
        return dataset.read(1)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_the_same_files_and_another_seed_others(
    country: Path, tmp_path: Path
) -> None:
    make(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(country)
    make(tmp_path / "other", seed=8)
    truth = "synthetic-country/items/reference-truth/truth.tif"
    assert digests(tmp_path / "other")[truth] != digests(country)[truth]


def test_catalogue_leads_to_every_file_as_described(country: Path) -> None:
    specs = [module.SPEC for module in registry.all_of("sensors")]
    scenes = [pair for pair in items(country) if not pair[1]["id"].startswith("reference")]
    assert 24 <= len(scenes) <= 31
    for path, item in scenes:
        roles = {key: asset["roles"] for key, asset in item["assets"].items()}
        assert sensor_choose(specs, roles) == "synthetic"
        for asset in item["assets"].values():
            with rasterio.open(path.parent / asset["href"]) as dataset:
                where = asset if "proj:shape" in asset else item["properties"]
                assert list(dataset.shape) == where["proj:shape"]
                assert list(dataset.transform)[:6] == where["proj:transform"]
                assert dataset.crs.to_epsg() == item["properties"]["proj:epsg"]
                assert dataset.nodata == asset["raster:bands"][0]["nodata"]
                assert dataset.dtypes[0] == asset["raster:bands"][0]["data_type"]


def test_classification_misses_some_clouds_but_not_many(country: Path) -> None:
    valid = clear = both = 0
    for path, item in items(country):
        if item["id"].startswith("reference"):
            continue
        passed = np.isin(band(path, item, "SCL"), (2, 4, 5, 6, 7))
        really = band(path, item, "cloud_truth") == 1
        valid, clear = valid + int(passed.sum()), clear + int(really.sum())
        both += int((passed & really).sum())
    missed = 1 - both / valid
    assert 0.005 < missed < 0.12
    assert both / clear > 0.97


def test_spring_comes_later_in_the_second_region(country: Path) -> None:
    reference = next(pair for pair in items(country) if pair[1]["id"].startswith("reference"))
    truth = band(*reference, "truth")
    samples = read_json(reference[0].parent / "samples.geojson")["features"]
    regions = {feature["properties"]["region"] for feature in samples}
    assert regions == {"Atlantic", "Continental"}
    leafy, columns = truth == 1, np.arange(SIZE)[None, :] < SIZE * 0.3
    rising: dict[bool, list[float]] = {True: [], False: []}
    for path, item in items(country):
        if not "2018-04-10" < item["properties"]["datetime"] < "2018-05-20":
            continue
        clear = np.repeat(np.repeat(band(path, item, "cloud_truth") == 1, 2, 0), 2, 1)
        red, nir = (band(path, item, key).astype(float) for key in ("B04", "B08"))
        index = (nir - red) / (nir + red)
        for west in (True, False):
            chosen = leafy & clear & (columns if west else ~columns)
            if chosen.sum() > 50:
                rising[west].append(float(index[chosen].mean()))
    assert np.mean(rising[True]) > np.mean(rising[False])


def test_samples_agree_with_the_truth_but_for_the_known_share(country: Path) -> None:
    path, item = next(pair for pair in items(country) if pair[1]["id"].startswith("reference"))
    assert item["properties"]["label:type"] == "vector"
    truth = band(path, item, "truth")
    with rasterio.open(path.parent / "truth.tif") as dataset:
        transform = dataset.transform
    for name, share in (("samples", 0.05), ("validation", 0.0)):
        features = read_json(path.parent / f"{name}.geojson")["features"]
        lon, lat = np.array([feature["geometry"]["coordinates"] for feature in features]).T
        x, y = transformer_between("EPSG:4326", "EPSG:3035").transform(lon, lat)
        rows, columns = ((transform.f - y) // 10).astype(int), ((x - transform.c) // 10).astype(int)
        given = np.array([feature["properties"]["class_id"] for feature in features])
        wrong = np.array([feature["properties"]["wrong"] for feature in features])
        assert np.array_equal(truth[rows, columns] == given, ~wrong)
        assert wrong.mean() == pytest.approx(share, abs=0.005)
        assert set(given) >= {1, 3, 4}


def test_country_that_is_there_is_left_and_other_files_are_not_touched(
    country: Path, tmp_path: Path
) -> None:
    before = digests(country)
    assert make(country).report["made"] is False
    assert digests(country) == before
    with pytest.raises(ParameterError, match="not empty"):
        make(country, seed=8)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(ParameterError, match="not empty"):
        make(tmp_path / "mine")


def test_stopped_run_leaves_nothing(tmp_path: Path) -> None:
    def stop(stage: str, fraction: float) -> None:
        if stage == "scenes":
            raise InterruptedError

    request = KernelRequest(id="x", kernel="make_country", parameters={}, staging=str(tmp_path))
    with pytest.raises(InterruptedError):
        run(request, Parameters(size=SIZE, seed=7, folder=str(tmp_path / "c")), stop)
    assert list(tmp_path.iterdir()) == []


def test_odd_size_is_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        Parameters(size=333, folder="/x")
