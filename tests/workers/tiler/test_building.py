"""A release being built is drawn from its block objects: as the finished one will be, no more."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.builders.rasters import GRID, LEGEND, assemble, block_inputs, patches, release
from tests.workers.tiler.test_tiles import KEYS, NOW, place_of, png_pixels, tile_at, token_of
from workers.contracts.tiles import ReleaseIndex, object_key
from workers.grid import bounds_to
from workers.tiler import building
from workers.tiler.lattice import Tile
from workers.tiler.service import TilerSettings, app_build

BUILDING = "0b0e7a52-1111-4222-8333-aaaabbbbcccc"
FINISHED = "0b0e7a52-1111-4222-8333-ddddeeeeffff"
EDGE = 4


@pytest.fixture(scope="module")
def made() -> dict[tuple[int, int], np.ndarray]:
    return {(ix, iy): patches(7 * iy + ix) for ix in range(EDGE) for iy in range(EDGE)}


@pytest.fixture
def root(tmp_path: Path, made: dict[Any, Any]) -> Path:
    (tmp_path / "index").mkdir()
    release(tmp_path, FINISHED, assemble(tmp_path / "work", made, role="class", nodata=255))
    return tmp_path


@pytest.fixture
def client(root: Path) -> TestClient:
    return TestClient(app_build(TilerSettings(root, KEYS, (), lambda: NOW)))


def publish(root: Path, made: dict[Any, Any], **changes: Any) -> ReleaseIndex:
    """Put blocks into the store and replace the building index, as the control plane does."""
    placed = []
    for ref in block_inputs(root / "work" / "blocks", made, role="class", nodata=255):
        target = root / object_key(ref.sha256, ".tif")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(ref.path).read_bytes())
        placed.append((ref.ix, ref.iy, ref.sha256))
    left, _, _, top = GRID.block_bounds(0, 0)
    _, bottom, right, _ = GRID.block_bounds(EDGE - 1, EDGE - 1)
    fields: dict[str, Any] = {
        "id": BUILDING, "kind": "building", "title": "Map", "role": "class", "legend": LEGEND,
        "nodata": 255, "bbox": bounds_to((left, bottom, right, top), GRID.crs), "grid": GRID,
        "blocks": tuple(placed),
    }  # fmt: skip
    index = ReleaseIndex(**fields | changes)
    draft = root / "index" / "draft"
    draft.write_text(json.dumps(index.model_dump(mode="json")))
    draft.replace(root / "index" / f"{BUILDING}.json")
    return index


def get(client: TestClient, target: str, tile: Tile, **headers: str) -> Any:
    path = f"/tiles/{token_of(target)}/{tile.z}/{tile.x}/{tile.y}.png"
    return client.get(path, headers=headers)


@pytest.mark.parametrize("z", [13, 14, 15, 17])
def test_tile_equals_the_finished_display_where_blocks_exist_and_is_clear_elsewhere(
    root: Path, client: TestClient, made: dict[Any, Any], z: int
) -> None:
    done = {place: array for place, array in made.items() if sum(place) % 2 == 0}
    index = publish(root, done)
    pixels = differing = 0
    for tile in {
        tile_at(*place_of(c, r), z)[0] for c in range(20, 512, 90) for r in (40, 250, 480)
    }:
        ours = png_pixels(get(client, BUILDING, tile).content)
        display = png_pixels(get(client, FINISHED, tile).content)
        view = building.view_of(GRID, tile)
        held_by_none = np.ones(256 * 256, bool)
        for place, held in zip(view.blocks, view.pixels, strict=True):
            held_by_none[held] = place not in done
        there = ~held_by_none.reshape(256, 256)
        assert not ours[~there].any(), "no colour where no block is"
        other = (ours != display).any(axis=2) & there & (display[..., 3] > 0)
        pixels += int(there.sum())
        differing += int(other.sum())
    assert pixels > 10_000
    # The display twin is warped by GDAL within an eighth of a pixel, so only edges may differ.
    assert differing / pixels < 0.02
    assert len(index.blocks) == 8


def test_no_pixel_is_shifted_between_building_and_finished(
    root: Path, client: TestClient, made: dict[Any, Any]
) -> None:
    publish(root, made)
    whole = np.block([[made[ix, iy] for ix in range(EDGE)] for iy in range(EDGE)])
    for z in (14, 18, 21):
        for column, row in ((8, 8), (120, 200), (504, 504), (333, 77)):
            tile, px, py = tile_at(*place_of(16 * (column // 16) + 8, 16 * (row // 16) + 8), z)
            ours = png_pixels(get(client, BUILDING, tile).content)[py, px]
            final = png_pixels(get(client, FINISHED, tile).content)[py, px]
            assert tuple(ours) == tuple(final), (z, column, row, whole[row, column])


def test_a_tile_is_never_cached_as_final_and_is_drawn_again_only_when_it_changed(
    root: Path, client: TestClient, made: dict[Any, Any]
) -> None:
    near, _, _ = tile_at(*place_of(8, 8), 17)
    far, _, _ = tile_at(*place_of(500, 500), 17)
    publish(root, {(0, 0): made[0, 0]})
    first, empty = get(client, BUILDING, near), get(client, BUILDING, far)
    assert first.headers["cache-control"] == "private, no-cache"
    assert png_pixels(empty.content)[..., 3].max() == 0
    time.sleep(0.01)  # another time of the file
    publish(root, {(0, 0): made[0, 0], (3, 3): made[3, 3]})
    again = get(client, BUILDING, near, **{"If-None-Match": first.headers["etag"]})
    grown = get(client, BUILDING, far, **{"If-None-Match": empty.headers["etag"]})
    assert (again.status_code, grown.status_code) == (304, 200)
    assert png_pixels(grown.content)[..., 3].max() == 255
    assert "max-age=900" in get(client, FINISHED, near).headers["cache-control"]


def test_small_scales_show_every_block_from_thumbnails(
    root: Path, client: TestClient, made: dict[Any, Any]
) -> None:
    publish(root, made)
    tile, px, py = tile_at(*place_of(256, 256), 9)
    image = png_pixels(get(client, BUILDING, tile).content)
    assert image[py, px, 3] == 255
    assert len({tuple(colour) for colour in image.reshape(-1, 4)}) >= 3


def test_the_work_of_a_tile_is_bounded(
    root: Path, client: TestClient, made: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(root, made)
    tile, _, _ = tile_at(*place_of(256, 256), 10)
    monkeypatch.setattr(building, "WHOLE_BLOCKS", 4)
    monkeypatch.setattr(building, "MAX_OPENED", 5)
    shares = []
    for _ in range(5):
        answer = get(client, BUILDING, tile)
        shares.append(float((png_pixels(answer.content)[..., 3] > 0).mean()))
        if "etag" in answer.headers:
            break
    assert len(shares) == 4, "16 blocks, five new ones at a time"
    assert shares == sorted(set(shares)), "more with each request"
    monkeypatch.setattr(building, "MAX_BLOCKS_PER_TILE", 8)
    publish(root, {(0, 0): made[0, 0]})
    building.blocks_by_place.cache_clear()
    crowded = get(client, BUILDING, tile)
    assert png_pixels(crowded.content)[..., 3].max() == 0
    assert "etag" not in crowded.headers


def test_a_point_reads_its_block_and_is_null_where_none_is_published(
    root: Path, client: TestClient, made: dict[Any, Any]
) -> None:
    publish(root, {(1, 0): made[1, 0]})
    lon, lat = place_of(128 + 40, 24)
    here = client.get(f"/tiles/{token_of(BUILDING)}/point?lon={lon}&lat={lat}").json()
    assert here["value"] == made[1, 0][24, 40]
    assert here["class"]["name"] in {"forest", "grassland"}
    lon, lat = place_of(300, 300)
    there = client.get(f"/tiles/{token_of(BUILDING)}/point?lon={lon}&lat={lat}").json()
    assert (there["value"], there["class"]) == (None, None)
    away = client.get(f"/tiles/{token_of(BUILDING)}/point?lon=1&lat=1")
    assert away.status_code == 404


def test_a_token_opens_its_own_release_only(
    root: Path, client: TestClient, made: dict[Any, Any]
) -> None:
    publish(root, {(0, 0): made[0, 0]})
    tile, _, _ = tile_at(*place_of(8, 8), 14)
    where = f"{tile.z}/{tile.x}/{tile.y}.png"
    good, other = token_of(BUILDING), token_of("0b0e7a52-1111-4222-8333-000000000000")
    assert client.get(f"/tiles/{good}/{where}").status_code == 200
    assert client.get(f"/tiles/{good[:-2]}xx/{where}").status_code == 403
    assert client.get(f"/tiles/{token_of(BUILDING, expires=int(NOW))}/{where}").status_code == 410
    assert client.get(f"/tiles/{other}/{where}").status_code == 404


def test_the_published_release_replaces_it_under_the_same_address(
    root: Path, client: TestClient, made: dict[Any, Any]
) -> None:
    publish(root, {(0, 0): made[0, 0]})
    tile, _, _ = tile_at(*place_of(8, 8), 14)
    assert get(client, BUILDING, tile).headers["cache-control"] == "private, no-cache"
    index = root / "index"
    (index / f"{FINISHED}.json").replace(index / f"{BUILDING}.json")
    final = get(client, BUILDING, tile)
    assert "max-age" in final.headers["cache-control"]
    assert "etag" not in final.headers
