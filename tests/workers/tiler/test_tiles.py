"""Tokens open tiles, values and series of one release, and nothing else."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.builders.rasters import GRID, LEGEND, assemble, patches, raster_asset, release
from workers.contracts.assets import SceneRef
from workers.contracts.tiles import TileToken, token_sign
from workers.grid import transformer_between
from workers.tiler.lattice import Tile
from workers.tiler.palette import rgb_of
from workers.tiler.service import TilerSettings, app_build, settings_read

KEYS = {"a": b"k" * 32}
NOW = 1_800_000_000.0
RELEASE = "0b0e7a52-1111-4222-8333-444455556666"


def token_of(target: str = RELEASE, style: str = "default", expires: int = int(NOW) + 900) -> str:
    return token_sign(TileToken(k="a", r=target, s=style, e=expires), KEYS)


def png_pixels(data: bytes) -> np.ndarray:
    """Decode a PNG of this server to RGBA (y, x, 4)."""
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, _, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    raw = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8)
    if colour == 3:
        indices = raw.reshape(height, width + 1)[:, 1:]
        rgb = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
        alpha = np.frombuffer(chunks[b"tRNS"], np.uint8)
        return np.dstack([rgb[indices], alpha[indices]])
    rows = raw.reshape(height, width * 4 + 1)[:, 1:]
    return np.cumsum(rows, axis=0, dtype=np.uint64).astype(np.uint8).reshape(height, width, 4)


@pytest.fixture(scope="module")
def blocks() -> dict[tuple[int, int], np.ndarray]:
    made = {(ix, iy): patches(7 * iy + ix) for ix in range(4) for iy in range(4)}
    made[0, 0][:16, :16] = 254
    made[3, 3][:] = 255
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, blocks: dict[Any, Any]) -> Path:
    root = tmp_path_factory.mktemp("store")
    release(root, RELEASE, assemble(root, blocks, role="class", nodata=255))
    return root


@pytest.fixture
def client(store: Path) -> TestClient:
    return TestClient(app_build(TilerSettings(store, KEYS, (str(store),), lambda: NOW)))


def place_of(column: float, row: float) -> tuple[float, float]:
    x, y = GRID.origin[0] + 10 * column, GRID.origin[1] - 10 * row
    return transformer_between(GRID.crs, "EPSG:4326").transform(x, y)


def tile_at(lon: float, lat: float, z: int) -> tuple[Tile, int, int]:
    """Return the tile that holds a place, and the place's pixel in it."""
    count = 2**z
    fx = (lon + 180) / 360 * count
    fy = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * count
    return Tile(z, int(fx), int(fy)), int(fx % 1 * 256), int(fy % 1 * 256)


@pytest.mark.parametrize("z", [13, 14, 16, 19, 22])
def test_tile_shows_the_class_colour_at_each_place(
    client: TestClient, blocks: dict[Any, Any], z: int
) -> None:
    whole = np.block([[blocks[ix, iy] for ix in range(4)] for iy in range(4)])
    rng = np.random.default_rng(z)
    for _ in range(12):
        # the middle of a square of 16 px, so that a shift of a pixel or two does not matter
        column, row = (16 * rng.integers(0, 24, 2) + 8).tolist()
        tile, px, py = tile_at(*place_of(column, row), z)
        answer = client.get(f"/tiles/{token_of()}/{tile.z}/{tile.x}/{tile.y}.png")
        assert answer.status_code == 200
        code = whole[row, column]
        colour = png_pixels(answer.content)[py, px]
        if code == 254:
            assert tuple(colour) == (154, 160, 166, 150)
        else:
            expected = next(entry.color for entry in LEGEND if entry.code == code)
            assert tuple(colour) == (*rgb_of(expected), 255)


def test_small_scales_are_drawn_from_overviews(client: TestClient) -> None:
    lon, lat = place_of(200, 200)
    for z in range(6, 13):
        tile, px, py = tile_at(lon, lat, z)
        answer = client.get(f"/tiles/{token_of()}/{tile.z}/{tile.x}/{tile.y}.png")
        assert answer.status_code == 200
        assert png_pixels(answer.content)[py, px, 3] > 0


def test_empty_tile_inside_the_box_is_transparent_and_outside_is_missing(
    client: TestClient,
) -> None:
    tile, _, _ = tile_at(*place_of(480, 480), 18)
    inside = client.get(f"/tiles/{token_of()}/{tile.z}/{tile.x}/{tile.y}.png")
    assert inside.status_code == 200
    assert png_pixels(inside.content)[..., 3].max() == 0
    assert client.get(f"/tiles/{token_of()}/10/0/0.png").status_code == 404
    assert client.get(f"/tiles/{token_of()}/23/0/0.png").status_code == 404
    assert client.get(f"/tiles/{token_of()}/3/9/0.png").status_code == 404


def test_tampered_token_is_403_expired_410_unknown_release_404(client: TestClient) -> None:
    tile, _, _ = tile_at(*place_of(200, 200), 14)
    path = f"{tile.z}/{tile.x}/{tile.y}.png"
    good = token_of()
    changed = ("A" if good[3] != "A" else "B").join((good[:3], good[4:]))
    assert client.get(f"/tiles/{changed}/{path}").status_code == 403
    assert client.get(f"/tiles/nonsense/{path}").status_code == 403
    foreign = token_sign(TileToken(k="a", r=RELEASE, s="default", e=2**40), {"a": b"x" * 32})
    assert client.get(f"/tiles/{foreign}/{path}").status_code == 403
    assert client.get(f"/tiles/{token_of(expires=int(NOW))}/{path}").status_code == 410
    assert client.get(f"/tiles/{token_of('11111111')}/{path}").status_code == 404
    assert client.get(f"/tiles/{token_of('../index/x')}/{path}").status_code == 404


def test_caching_never_outlives_the_token(client: TestClient) -> None:
    tile, _, _ = tile_at(*place_of(200, 200), 14)
    path = f"{tile.z}/{tile.x}/{tile.y}.png"
    short = client.get(f"/tiles/{token_of(expires=int(NOW) + 60)}/{path}")
    long = client.get(f"/tiles/{token_of(expires=int(NOW) + 90_000)}/{path}")
    assert short.headers["cache-control"] == "private, max-age=60"
    assert long.headers["cache-control"] == "private, max-age=3600"


def test_no_address_or_expression_is_taken_from_the_query(client: TestClient) -> None:
    tile, _, _ = tile_at(*place_of(200, 200), 14)
    path = f"/tiles/{token_of()}/{tile.z}/{tile.x}/{tile.y}.png"
    plain = client.get(path)
    sly = client.get(path, params={"url": "/etc/passwd", "expression": "b1*0", "rescale": "0,1"})
    assert sly.content == plain.content


def test_point_gives_code_and_name(client: TestClient, blocks: dict[Any, Any]) -> None:
    lon, lat = place_of(24.5, 8.5)
    answer = client.get(f"/tiles/{token_of()}/point", params={"lon": lon, "lat": lat}).json()
    code = int(blocks[0, 0][8, 24])
    assert answer["value"] == code
    assert answer["class"]["name"] == next(e.name for e in LEGEND if e.code == code)
    empty = place_of(500.5, 500.5)
    nothing = client.get(
        f"/tiles/{token_of()}/point", params={"lon": empty[0], "lat": empty[1]}
    ).json()
    assert nothing["value"] is None
    assert nothing["class"] is None
    outside = client.get(f"/tiles/{token_of()}/point", params={"lon": 0, "lat": 0})
    assert outside.status_code == 404


def test_tilejson_carries_the_same_token(client: TestClient) -> None:
    token = token_of()
    answer = client.get(f"/tiles/{token}/tilejson.json").json()
    assert answer["tiles"] == [f"/tiles/{token}/{{z}}/{{x}}/{{y}}.png"]
    assert answer["maxzoom"] == 22
    assert len(answer["bounds"]) == 4


def test_continuous_layer_is_drawn_by_its_ramp(store: Path, client: TestClient) -> None:
    values = np.full((128, 128), 65535, np.uint16)
    values[32:96, 32:96] = 60
    result = assemble(store / "score", {(0, 0): values}, role="data_score", nodata=65535)
    release(store, "score", result, role="data_score", ramp=("#000000", "#ff8000"), rescale=(0, 60))
    tile, px, py = tile_at(*place_of(64, 64), 15)
    answer = client.get(f"/tiles/{token_of('score')}/{tile.z}/{tile.x}/{tile.y}.png")
    pixels = png_pixels(answer.content)
    assert tuple(pixels[py, px]) == (255, 128, 0, 255)
    corner, cx, cy = tile_at(*place_of(8, 8), 15)
    answer = client.get(f"/tiles/{token_of('score')}/{corner.z}/{corner.x}/{corner.y}.png")
    assert png_pixels(answer.content)[cy, cx, 3] == 0


def test_building_release_is_drawn_from_its_archives(
    store: Path, client: TestClient, blocks: dict[Any, Any]
) -> None:
    result = assemble(store / "building", {(0, 0): blocks[0, 0]}, role="class", nodata=255)
    release(store, "building", result, with_display=False)
    tile, px, py = tile_at(*place_of(24.5, 8.5), 15)
    answer = client.get(f"/tiles/{token_of('building')}/{tile.z}/{tile.x}/{tile.y}.png")
    code = int(blocks[0, 0][8, 24])
    expected = next(entry.color for entry in LEGEND if entry.code == code)
    assert tuple(png_pixels(answer.content)[py, px, :3]) == rgb_of(expected)


def test_changed_index_is_read_again(store: Path, client: TestClient) -> None:
    values = np.full((128, 128), 1, np.uint8)
    first = assemble(store / "first", {(0, 0): values}, role="class", nodata=255)
    second = assemble(store / "second", {(0, 0): values + 1}, role="class", nodata=255)
    tile, px, py = tile_at(*place_of(64, 64), 15)
    path = f"/tiles/{token_of('live')}/{tile.z}/{tile.x}/{tile.y}.png"
    release(store, "live", first)
    before = png_pixels(client.get(path).content)[py, px]
    release(store, "live", second, title="Map, more of it")
    after = png_pixels(client.get(path).content)[py, px]
    assert tuple(before[:3]) == rgb_of(LEGEND[0].color)
    assert tuple(after[:3]) == rgb_of(LEGEND[1].color)


def scenes_in(folder: Path) -> list[SceneRef]:
    """Three dates: clear, cloudy, and a second acquisition of the first day."""
    folder.mkdir()
    scenes = []
    for number, (when, cloud) in enumerate(
        (("2018-05-01T10:00:00Z", 4), ("2018-05-11T10:00:00Z", 9), ("2018-05-01T10:07:00Z", 4))
    ):
        values = {"B04": 500 + 100 * number, "B08": 4500, "B03": 600, "B02": 400}
        assets = {}
        for key, value in values.items():
            array = np.full((128, 128), value, np.uint16)
            array[:, 64:] = 0
            path = folder / f"{key}_{number}.tif"
            assets[key] = raster_asset(path, array, key=key, scale=0.0001)
        scl = np.full((64, 64), cloud, np.uint8)
        assets["SCL"] = raster_asset(folder / f"SCL_{number}.tif", scl, resolution=20.0, key="SCL")
        scenes.append(
            SceneRef(
                id=f"s{number}",
                item_id=f"scene-{number}",
                sensor="sentinel2_l2a",
                datetime=when,
                assets=assets,
            )
        )
    return scenes


def test_series_has_all_dates_with_reasons(store: Path, client: TestClient) -> None:
    scenes = scenes_in(store / "scenes")
    result = assemble(
        store / "mapped", {(0, 0): np.ones((128, 128), np.uint8)}, role="class", nodata=255
    )
    dumped = tuple(scene.model_dump(mode="json") for scene in scenes)
    release(store, "series", result, scenes=dumped)
    lon, lat = place_of(20.5, 20.5)
    answer = client.get(f"/tiles/{token_of('series')}/series", params={"lon": lon, "lat": lat})
    body = answer.json()
    assert body["source"] == "NDVI"
    assert "B04" in body["sources"]
    rows = body["series"]
    assert [row["item_id"] for row in rows] == ["scene-0", "scene-2", "scene-1"]
    assert rows[0]["value"] == pytest.approx(0.8, abs=1e-4)
    assert rows[1]["value"] == pytest.approx((4500 - 700) / 5200, abs=1e-4)
    assert [row["valid"] for row in rows] == [True, True, False]
    assert rows[2]["reason"].startswith("masked")
    refused = client.get(
        f"/tiles/{token_of('series')}/series",
        params={"lon": lon, "lat": lat, "source": "__import__('os')"},
    )
    assert refused.status_code == 422


def test_scene_tiles_by_style(store: Path, client: TestClient) -> None:
    scene = scenes_in(store / "shown")[0]
    west, south = place_of(0, 128)
    east, north = place_of(128, 0)
    result = assemble(
        store / "any", {(0, 0): np.ones((128, 128), np.uint8)}, role="class", nodata=255
    )
    release(
        store, "scene", result, kind="scene", role="scene", display=(), archives=(), legend=(),
        bbox=(west, south, east, north), scenes=(scene.model_dump(mode="json"),),
    )  # fmt: skip
    tile, px, py = tile_at(*place_of(20, 64), 15)
    path = f"{tile.z}/{tile.x}/{tile.y}.png"
    rgb = png_pixels(client.get(f"/tiles/{token_of('scene', 'rgb')}/{path}").content)[py, px]
    nir = png_pixels(client.get(f"/tiles/{token_of('scene', 'nir')}/{path}").content)[py, px]
    band = png_pixels(client.get(f"/tiles/{token_of('scene', 'B08')}/{path}").content)[py, px]
    assert rgb[3] == 255
    assert nir[0] > nir[1]
    assert band[0] == band[1] == band[2]
    assert client.get(f"/tiles/{token_of('scene', 'B99')}/{path}").status_code == 404
    empty, ex, ey = tile_at(*place_of(100, 64), 15)
    data = client.get(
        f"/tiles/{token_of('scene', 'rgb')}/{empty.z}/{empty.x}/{empty.y}.png"
    ).content
    assert png_pixels(data)[ey, ex, 3] == 0


def test_settings_name_the_variable_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="STORE_ROOT"):
        settings_read({"TILE_TOKEN_KEYS": "{}"})
    with pytest.raises(ValueError, match="TILE_TOKEN_KEYS"):
        settings_read({"STORE_ROOT": "/x", "TILE_TOKEN_KEYS": '{"a": "zz"}'})
    keys = tmp_path / "keys.json"
    keys.write_text('{"a": "' + "00" * 32 + '"}')
    found = settings_read({"STORAGE_URL": "file:///x/y", "TILE_KEYS_FILE": str(keys)})
    assert found.store_root == Path("/x/y")
    assert found.keys == {"a": bytes(32)}
