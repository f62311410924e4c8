"""What cannot be shown is a problem that names no folder of the machine, never a failure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.builders.rasters import assemble, raster_asset, release
from tests.workers.tiler.test_tiles import KEYS, NOW, RELEASE, place_of, tile_at, token_of
from workers.contracts.assets import AssetRef, SceneRef
from workers.tiler.errors import text_without_folders
from workers.tiler.service import TilerSettings, app_build

FAR = "far away/it's"  # a folder whose name no pattern of paths expects


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with a map of a scene: one band outside the roots, one whose pixels are damaged."""
    store = tmp_path / "store"
    (store / "scenes").mkdir(parents=True)
    (tmp_path / FAR).mkdir(parents=True)
    scene = SceneRef(
        id="scene",
        item_id="scene",
        sensor="generic",
        datetime=datetime(2020, 6, 1, tzinfo=UTC),
        assets={"outside": _outside(tmp_path), "damaged": _damaged(store / "scenes")},
    )
    dumped = (scene.model_dump(mode="json"),)
    mapped = assemble(store, {(0, 0): np.ones((128, 128), np.uint8)}, role="class", nodata=255)
    release(store, RELEASE, mapped, scenes=dumped)
    release(store, "polar", mapped, scenes=dumped, bbox=(-180.0, -90.0, 180.0, 90.0))
    (west, south), (east, north) = place_of(0, 128), place_of(128, 0)
    release(
        store, "scene", mapped, kind="scene", role="scene", display=(), archives=(), legend=(),
        bbox=(west, south, east, north), scenes=dumped,
    )  # fmt: skip
    release(
        store, "empty", mapped, kind="scene", role="scene", display=(), archives=(), legend=(),
        bbox=(west, south, east, north), scenes=(),
    )  # fmt: skip
    (store / "index" / "spoilt.json").write_text('{"id": 3}')
    return tmp_path


def _outside(folder: Path) -> AssetRef:
    values = np.tile(np.arange(100, 228, dtype=np.uint16), (128, 1))
    return raster_asset(folder / FAR / "outside.tif", values, key="outside")


def _damaged(folder: Path) -> AssetRef:
    noise = np.random.default_rng(1).integers(0, 9999, (512, 512)).astype(np.uint16)
    asset = raster_asset(folder / "damaged.tif", noise, key="damaged")
    data = bytearray(Path(asset.path).read_bytes())
    data[2000:-2000] = b"\xff" * (len(data) - 4000)
    Path(asset.path).write_bytes(data)
    return asset.model_copy(update={"version": ""})


@pytest.fixture
def client(place: Path) -> Iterator[TestClient]:
    app = app_build(TilerSettings(place / "store", KEYS, (str(place / "store"),), lambda: NOW))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def tile_path() -> str:
    tile, _, _ = tile_at(*place_of(64, 64), 16)
    return f"{tile.z}/{tile.x}/{tile.y}.png"


def problem(answer: Any, status: int, place: Path) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    for secret in (str(place), FAR, "/scenes", "/cas/", "Traceback"):
        assert secret not in answer.text
    return str(answer.json()["detail"])


@pytest.mark.parametrize("style", ["outside", "rgb", "outside|percent,2,98"])
def test_scene_outside_the_roots_is_refused_without_its_folder(
    client: TestClient, place: Path, style: str
) -> None:
    answer = client.get(f"/tiles/{token_of('scene', style)}/{tile_path()}")
    detail = problem(answer, 422, place)
    assert "outside.tif" in detail or "damaged.tif" in detail


@pytest.mark.parametrize("style", ["damaged", "damaged|percent,2,98"])
def test_scene_with_damaged_pixels_is_refused(client: TestClient, place: Path, style: str) -> None:
    answer = client.get(f"/tiles/{token_of('scene', style)}/{tile_path()}")
    assert "damaged" in problem(answer, 422, place)


@pytest.mark.parametrize("source", ["outside", "damaged"])
def test_series_of_unreadable_scenes_names_no_folder(
    client: TestClient, place: Path, source: str
) -> None:
    lon, lat = place_of(64, 64)
    query: dict[str, str | float] = {"lon": lon, "lat": lat, "source": source}
    answer = client.get(f"/tiles/{token_of()}/series", params=query)
    assert f"{source}.tif" in problem(answer, 422, place)


def test_reason_of_a_scene_left_out_names_no_folder(place: Path) -> None:
    store = place / "store"
    values = np.full((128, 128), 7, np.uint16)
    good = raster_asset(store / "scenes" / "good.tif", values, key="outside")
    scenes = [
        SceneRef(id=name, item_id=name, sensor="generic", assets={"outside": asset},
                 datetime=datetime(2020, 6, day, tzinfo=UTC))
        for day, (name, asset) in enumerate((("far", _outside(place)), ("near", good)), 1)
    ]  # fmt: skip
    mapped = assemble(store, {(0, 0): np.ones((128, 128), np.uint8)}, role="class", nodata=255)
    release(store, "both", mapped, scenes=tuple(s.model_dump(mode="json") for s in scenes))
    app = app_build(TilerSettings(store, KEYS, (str(store),), lambda: NOW))
    lon, lat = place_of(64, 64)
    answer = TestClient(app).get(
        f"/tiles/{token_of('both')}/series", params={"lon": lon, "lat": lat, "source": "outside"}
    )
    far, near = answer.json()["series"]
    assert near["value"] == 7
    assert far["reason"].startswith("unreadable: ")
    assert str(place) not in answer.text
    assert FAR not in answer.text


@pytest.mark.parametrize("spoil", ["emptied", "removed"])
@pytest.mark.parametrize("what", ["tile", "point"])
def test_layer_whose_files_are_gone_is_refused(
    client: TestClient, place: Path, spoil: str, what: str
) -> None:
    for path in (place / "store").glob("cas/*/*"):
        path.write_bytes(b"") if spoil == "emptied" else path.unlink()
    lon, lat = place_of(64, 64)
    end = tile_path() if what == "tile" else f"point?lon={lon}&lat={lat}"
    answer = client.get(f"/tiles/{token_of()}/{end}")
    assert "layer" in problem(answer, 422, place)


def test_place_opposite_the_grid_on_the_globe_is_missing(client: TestClient, place: Path) -> None:
    for what in ("point", "series"):
        answer = client.get(f"/tiles/{token_of('polar')}/{what}?lon=-170&lat=-52")
        problem(answer, 404, place)


@pytest.mark.parametrize("target", ["spoilt", "empty"])
def test_spoilt_index_tells_nothing_of_itself(client: TestClient, place: Path, target: str) -> None:
    detail = problem(client.get(f"/tiles/{token_of(target)}/{tile_path()}"), 500, place)
    assert detail == "The tile server failed on this request; its log says why."


@pytest.mark.parametrize("path", ["point?lon=nan&lat=inf", "a/1/1.png", f"{'9' * 5000}/1/1.png"])
def test_question_of_the_wrong_form_is_a_problem(
    client: TestClient, place: Path, path: str
) -> None:
    answer = client.get(f"/tiles/{token_of()}/{path}")
    problem(answer, 422, place)
    assert len(answer.text) < 400


def test_unknown_address_is_a_problem(client: TestClient, place: Path) -> None:
    problem(client.get("/elsewhere"), 404, place)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("/a/b c/d.tif: outside", "d.tif: outside"),
        ("'/a/b/d.tif': read and/or write", "'d.tif': read and/or write"),
        ("not known here", "not known here"),
    ],
)
def test_folders_are_removed_from_a_message(told: str, left: str) -> None:
    assert text_without_folders(told) == left
