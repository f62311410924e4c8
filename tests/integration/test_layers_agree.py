"""The published layers of one map are functions of each other, pixel by pixel."""

from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from apps.core.storage import store_open
from apps.jobs.models import Job
from apps.layers.models import LayerRelease
from tests.builders.living_world import World

Layers = dict[tuple[str, int | None], NDArray[Any]]


@pytest.fixture(scope="module")
def releases(world: World) -> list[LayerRelease]:
    names = [layer["id"] for layer in world.layers]
    return list(LayerRelease.objects.filter(layer__in=names).select_related("layer"))


@pytest.fixture(scope="module")
def layers(releases: list[LayerRelease]) -> Layers:
    found: Layers = {}
    for release in releases:
        with rasterio.open(store_open().path(release.archives[0]["key"])) as dataset:
            found[release.layer.role, release.layer.class_code] = dataset.read(1)
    return found


def bytes_of(layers: Layers) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return (class codes, probabilities (class, y, x))."""
    codes = sorted(code for role, code in layers if role == "probability" and code is not None)
    return np.array(codes), np.stack([layers["probability", code] for code in codes]).astype(int)


def test_the_class_is_the_most_probable_and_of_equals_the_lower_code(layers: Layers) -> None:
    codes, probabilities = bytes_of(layers)
    classes = layers["class", None]
    known = classes < 254
    assert known.any()
    assert np.array_equal(codes[np.argmax(probabilities, axis=0)][known], classes[known])
    assert (probabilities[:, ~known] == 255).all()
    total = probabilities.sum(axis=0)[known]
    assert abs(total - 250).max() <= len(codes) / 2


def test_confidence_is_the_lead_of_the_best_class(layers: Layers) -> None:
    _, probabilities = bytes_of(layers)
    known = layers["class", None] < 254
    ordered = np.sort(probabilities, axis=0)
    lead = np.floor(100 * (ordered[-1] - ordered[-2]) / 250 + 0.5)
    confidence = layers["confidence", None]
    assert np.array_equal(confidence[known], lead[known])
    assert (confidence[~known] == 255).all()


def test_the_data_score_has_a_number_wherever_the_map_has_a_class(layers: Layers) -> None:
    classes, score = layers["class", None], layers["data_score", None]
    assert np.array_equal(score == 65535, classes == 255)
    assert (score[classes < 254] > 0).all()


def test_statistics_count_the_archive(releases: list[LayerRelease], layers: Layers) -> None:
    for release in releases:
        values = layers[release.layer.role, release.layer.class_code]
        held = values[values != release.style["nodata"]] if release.layer.role == "class" else None
        said = release.statistics
        if held is not None:
            counted = {entry["code"]: entry["pixels"] for entry in said["classes"]}
            assert counted == {code: int((values == code).sum()) for code in counted}
            assert said["valid"] == held.size
            assert said["unclassifiable"]["pixels"] == int((values == 254).sum())
            area = sum(entry["area_km2"] for entry in said["classes"])
            assert area == pytest.approx((held != 254).sum() * 1e-4)
        else:
            nodata = 65535 if release.layer.role == "data_score" else 255
            kept = values[values != nodata]
            assert (said["min"], said["max"]) == (kept.min(), kept.max())
            assert said["mean"] == pytest.approx(kept.mean(), abs=1e-5)


def test_what_is_shown_is_the_nearest_pixel_of_the_archive(releases: list[LayerRelease]) -> None:
    for release in releases:
        with (
            rasterio.open(store_open().path(release.archives[0]["key"])) as archive,
            rasterio.open(store_open().path(release.display_key)) as display,
            WarpedVRT(
                archive, crs=display.crs, transform=display.transform, width=display.width,
                height=display.height, resampling=Resampling.nearest,
            ) as warped,
        ):  # fmt: skip
            assert display.crs.to_epsg() == 3857
            assert np.array_equal(display.read(1), warped.read(1))


def test_the_blocks_of_a_release_are_those_of_the_run(releases: list[LayerRelease]) -> None:
    for release in releases:
        job = Job.objects.get(pk=release.layer.job_id)
        planned = job.runs.get().steps.get(name="predict").n_blocks
        assert release.blocks.count() == planned
