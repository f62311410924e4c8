"""How a scene is drawn: a band, a stretch, and what is told when it cannot be."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.builders.rasters import assemble, raster_asset, release
from tests.workers.tiler.test_tiles import KEYS, NOW, place_of, png_pixels, tile_at, token_of
from workers.contracts.assets import SceneRef
from workers.contracts.tiles import scene_style_read
from workers.tiler.service import TilerSettings, app_build


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A scene whose one band rises from 100 in the west to 227 in the east."""
    rising = np.tile(np.arange(100, 228, dtype=np.uint16), (128, 1))
    (tmp_path / "scenes").mkdir()
    bands = {
        "B04": raster_asset(tmp_path / "scenes" / "B04.tif", rising),
        "gone": raster_asset(tmp_path / "scenes" / "gone.tif", rising),
    }
    (tmp_path / "scenes" / "gone.tif").unlink()
    far = bands["B04"].model_copy(update={"key": "far", "path": ""})
    scene = SceneRef(
        id="scene",
        item_id="scene",
        sensor="generic",
        datetime=datetime(2020, 6, 1, tzinfo=UTC),
        assets={**bands, "far": far},
    )
    west, south = place_of(0, 128)
    east, north = place_of(128, 0)
    plain = {(0, 0): np.ones((128, 128), np.uint8)}
    result = assemble(tmp_path / "any", plain, role="class", nodata=255)
    release(
        tmp_path, "scene", result, kind="scene", role="scene", display=(), archives=(), legend=(),
        bbox=(west, south, east, north), scenes=(scene.model_dump(mode="json"),),
    )  # fmt: skip
    return tmp_path


@pytest.fixture
def client(store: Path) -> TestClient:
    return TestClient(app_build(TilerSettings(store, KEYS, (str(store),), lambda: NOW)))


def level(client: TestClient, style: str, column: int) -> int:
    tile, px, py = tile_at(*place_of(column, 64), 16)
    answer = client.get(f"/tiles/{token_of('scene', style)}/{tile.z}/{tile.x}/{tile.y}.png")
    assert answer.status_code == 200, answer.text
    return int(png_pixels(answer.content)[py, px][0])


def test_a_range_is_black_at_its_low_and_white_at_its_high_end(client: TestClient) -> None:
    assert level(client, "B04|range,150,200", 10) == 0
    assert level(client, "B04|range,150,200", 120) == 255
    assert 0 < level(client, "B04|range,150,200", 75) < 255


def test_percentiles_are_those_of_the_whole_band(client: TestClient) -> None:
    assert level(client, "B04|percent,50,100", 20) == 0
    assert level(client, "B04|percent,0,100", 20) > 0
    assert level(client, "B04|percent,0,50", 100) == 255


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ("gone", "Asset gone cannot be shown: gone.tif: the file does not exist"),
        ("far", "Asset far lies at a remote address"),
        ("B04|range,2,1", "low end"),
        ("B04|colour,1,2", "known: auto, percent, range"),
    ],
)
def test_what_cannot_be_drawn_is_told_without_a_folder(
    client: TestClient, store: Path, style: str, says: str
) -> None:
    tile, _, _ = tile_at(*place_of(20, 64), 16)
    answer = client.get(f"/tiles/{token_of('scene', style)}/{tile.z}/{tile.x}/{tile.y}.png")
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert str(store) not in answer.text


@pytest.mark.parametrize("text", ["B04", "rgb|percent,2,98", "nir|range,-0.1,0.4"])
def test_a_style_keeps_its_text(text: str) -> None:
    assert scene_style_read(text).text == text


@pytest.mark.parametrize("text", ["B04|percent,-1,98", "B04|percent,2,101", "B04|range,nan,1"])
def test_a_stretch_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="stretch"):
        scene_style_read(text)
