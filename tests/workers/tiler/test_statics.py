"""A static layer is drawn by one band in a ramp; its reader chooses ramp, stretch and limits."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.builders.rasters import assemble, raster_asset, release
from tests.workers.tiler.test_tiles import KEYS, NOW, place_of, png_pixels, tile_at, token_of
from workers.contracts.assets import SceneRef
from workers.contracts.ramps import RAMPS
from workers.tiler.palette import rgb_of
from workers.tiler.service import TilerSettings, app_build

NODATA = -9999


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """Elevation that rises from 200 m in the west to 327 m in the east, stored in half metres."""
    heights = np.tile(np.arange(400, 656, 2, dtype=np.int16), (128, 1))
    heights[:16] = NODATA
    (tmp_path / "dem").mkdir()
    asset = raster_asset(tmp_path / "dem" / "dem.tif", heights, key="elevation", scale=0.5)
    asset = asset.model_copy(update={"nodata": float(NODATA)})
    scene = SceneRef(
        id="dem",
        item_id="dem",
        sensor="",
        datetime=datetime(2020, 1, 1, tzinfo=UTC),
        assets={"elevation": asset},
    )
    (west, south), (east, north) = place_of(0, 128), place_of(128, 0)
    plain = assemble(
        tmp_path / "any", {(0, 0): np.ones((128, 128), np.uint8)}, role="class", nodata=255
    )
    release(
        tmp_path, "dem", plain, kind="scene", role="static", display=(), archives=(), legend=(),
        bbox=(west, south, east, north), scenes=(scene.model_dump(mode="json"),),
    )  # fmt: skip
    return TestClient(app_build(TilerSettings(tmp_path, KEYS, (str(tmp_path),), lambda: NOW)))


def colour(
    client: TestClient, column: int, row: int = 64, style: str = "elevation", **query: Any
) -> tuple[int, ...]:
    tile, px, py = tile_at(*place_of(column, row), 16)
    path = f"/tiles/{token_of('dem', style)}/{tile.z}/{tile.x}/{tile.y}.png"
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return tuple(int(part) for part in png_pixels(answer.content)[py, px])


def test_low_is_dark_and_high_is_light_and_nothing_is_transparent(client: TestClient) -> None:
    low, middle, high = (colour(client, column) for column in (8, 64, 120))
    assert low[:3] < middle[:3] < high[:3]
    assert low[3] == middle[3] == high[3] == 255
    assert colour(client, 64, row=4)[3] == 0


def test_reader_chooses_ramp_and_stretch_in_metres(client: TestClient) -> None:
    first, last = rgb_of(RAMPS["viridis"][0]), rgb_of(RAMPS["viridis"][-1])
    chosen = {"ramp": "viridis", "stretch": "250,260"}
    assert colour(client, 20, **chosen)[:3] == first
    assert colour(client, 100, **chosen)[:3] == last
    assert colour(client, 100, ramp="-viridis", stretch="250,260")[:3] == first


def test_values_outside_the_limits_are_not_drawn(client: TestClient) -> None:
    assert colour(client, 20, limits="250,400")[3] == 0
    assert colour(client, 100, limits="250,400")[3] == 255


def test_a_token_may_hold_the_stretch(client: TestClient) -> None:
    narrow = "elevation|range,300,301"
    assert colour(client, 20, style=narrow)[:3] == rgb_of(RAMPS["grey"][0])
    assert colour(client, 120, style=narrow)[:3] == rgb_of(RAMPS["grey"][-1])


def test_an_asset_that_is_not_there_is_missing(client: TestClient) -> None:
    tile, _, _ = tile_at(*place_of(64, 64), 16)
    path = f"{tile.z}/{tile.x}/{tile.y}.png"
    assert client.get(f"/tiles/{token_of('dem', 'slope')}/{path}").status_code == 404
