"""Whatever can change the bytes of a block changes its fingerprint; where a file lies does not."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from apps.orchestration.services import requests
from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.grid import BlockRef, Grid
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest

ASSET = AssetRef(
    key="B04",
    path="/data/one/B04.tif",
    dtype="uint16",
    crs="EPSG:32633",
    transform=(10, 0, 0, 0, -10, 0),
    shape=(64, 64),
    common_name="red",
    roles=("data",),
    version="8192:1",
)
KERNEL = KernelSpec(slug="predict_block", title="Predict", resource_class="cpu")
STEP: Any = SimpleNamespace(run=SimpleNamespace(project_id="p"))


@pytest.fixture(autouse=True)
def code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "kernel_get", lambda slug: (KERNEL, "c0de"))
    monkeypatch.setattr(requests, "manifest_versions", dict)


def fingerprint(*, scene: dict[str, Any] | None = None, seed: int = 0, **asset: Any) -> str:
    held = ASSET.model_copy(update=asset)
    about = {"id": "1", "item_id": "one", "sensor": "generic", "assets": {"B04": held}}
    seen = SceneRef(**({**about, "datetime": datetime(2018, 5, 1, tzinfo=UTC)} | (scene or {})))
    request = KernelRequest(
        id="r",
        kernel="predict_block",
        parameters={},
        grid=Grid(crs="EPSG:32633", resolution=(10, 10), origin=(0, 0), block_size=64),
        block=BlockRef(ix=0, iy=0),
        scenes=(seen,),
        seed=seed,
        staging="/tmp/one",
    )
    return requests.fingerprint_of(request, STEP)


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "8192:2"},
        {"scale": 1e-4},
        {"offset": -0.1},
        {"nodata": 0.0},
        {"band": 2},
        {"common_name": "nir"},
        {"roles": ("cloud",)},
        {"transform": (10, 0, 5, 0, -10, 0)},
        {"crs": "EPSG:32634"},
        {"dtype": "int16"},
        {"shape": (64, 65)},
    ],
)
def test_what_the_catalogue_says_of_a_band_counts(changed: dict[str, Any]) -> None:
    assert fingerprint(**changed) != fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        {"item_id": "two"},
        {"sensor": "synthetic"},
        {"datetime": datetime(2018, 5, 2, tzinfo=UTC)},
    ],
)
def test_what_the_catalogue_says_of_a_scene_counts(changed: dict[str, Any]) -> None:
    assert fingerprint(scene=changed) != fingerprint()


def test_where_the_file_lies_and_the_number_of_its_row_do_not_count() -> None:
    assert fingerprint(path="/elsewhere/B04.tif") == fingerprint()
    assert fingerprint(scene={"id": "2"}) == fingerprint()


def test_a_seed_counts_only_where_the_kernel_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fingerprint(seed=1) == fingerprint(seed=2)
    drawing = KERNEL.model_copy(update={"stochastic": True})
    monkeypatch.setattr(requests, "kernel_get", lambda slug: (drawing, "c0de"))
    assert fingerprint(seed=1) != fingerprint(seed=2)


def test_projects_share_no_results(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = fingerprint()
    monkeypatch.setattr(STEP.run, "project_id", "another")
    assert fingerprint() != mine
