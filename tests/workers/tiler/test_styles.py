"""Colours a reader chooses: classes left out, ramps, stretches and limits of values."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.builders.rasters import GRID, LEGEND, assemble, patches, release
from tests.workers.tiler.test_tiles import (
    KEYS,
    NOW,
    RELEASE,
    place_of,
    png_pixels,
    tile_at,
    token_of,
)
from workers.contracts.ramps import RAMPS
from workers.tiler.palette import rgb_of
from workers.tiler.png import empty_png, recoloured
from workers.tiler.service import TilerSettings, app_build

MARGIN = "0b0e7a52-2222-4222-8333-444455556666"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    made = {(0, 0): patches(3)}
    release(root, RELEASE, assemble(root, made, role="class", nodata=255))
    steps = {(0, 0): np.tile(np.arange(128, dtype=np.uint8), (128, 1))}
    margin = assemble(root / "margin", steps, role="confidence", nodata=255)
    shown: dict[str, Any] = {"legend": (), "rescale": (0, 100), "ramp": ("#000000", "#ffffff")}
    release(root, MARGIN, margin, role="confidence", **shown)
    return root


@pytest.fixture
def client(store: Path) -> TestClient:
    return TestClient(app_build(TilerSettings(store, KEYS, (str(store),), lambda: NOW)))


def pixels(client: TestClient, target: str = RELEASE, **query: str) -> np.ndarray:
    tile, _, _ = tile_at(*place_of(64, 64), 15)
    path = f"/tiles/{token_of(target)}/{tile.z}/{tile.x}/{tile.y}.png"
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return png_pixels(answer.content)


def colours_in(image: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(row) for row in image[image[..., 3] > 0].tolist()}


def test_a_class_left_out_is_transparent_and_the_other_stays_where_it_was(
    client: TestClient,
) -> None:
    forest, grass = ((*rgb_of(entry.color), 255) for entry in LEGEND)
    whole, part = pixels(client), pixels(client, classes="2")
    assert colours_in(whole) == {forest, grass}
    assert colours_in(part) == {grass}
    was_grass = (whole == grass).all(axis=-1)
    assert np.array_equal((part[..., 3] > 0), was_grass)
    assert pixels(client, classes="")[..., 3].max() == 0
    assert np.array_equal(pixels(client, classes="1,2"), whole)


def test_an_empty_tile_is_never_painted_as_class_zero() -> None:
    red = np.tile(np.array([255, 0, 0, 255], np.uint8), (256, 1))
    assert recoloured(empty_png(), red) == empty_png()


def test_values_take_another_ramp_its_reverse_and_another_stretch(client: TestClient) -> None:
    plain = pixels(client, MARGIN)
    assert plain[plain[..., 3] > 0][:, 0].max() == 255
    viridis = pixels(client, MARGIN, ramp="viridis")
    assert rgb_of(RAMPS["viridis"][-1]) in {colour[:3] for colour in colours_in(viridis)}
    turned = pixels(client, MARGIN, ramp="-viridis")
    assert not np.array_equal(viridis, turned)
    stretched = pixels(client, MARGIN, stretch="60,127")
    assert stretched[..., 0].astype(int).sum() < plain[..., 0].astype(int).sum()


def test_values_outside_the_limits_are_not_drawn(client: TestClient) -> None:
    plain = pixels(client, MARGIN)[..., 3] > 0
    above = pixels(client, MARGIN, limits="100,1000")[..., 3] > 0
    below = pixels(client, MARGIN, limits="-1,99.5")[..., 3] > 0
    assert 0 < above.sum() < plain.sum()
    assert np.array_equal(above | below, plain)
    assert not (above & below).any()


@pytest.mark.parametrize(
    "query",
    [
        {"classes": "forest"},
        {"classes": "300"},
        {"ramp": "plasma"},
        {"stretch": "9"},
        {"stretch": "5,1"},
        {"limits": "nan,1"},
    ],
    ids=str,
)
def test_a_style_that_cannot_be_drawn_is_refused_by_name(
    client: TestClient, query: dict[str, str]
) -> None:
    tile, _, _ = tile_at(*place_of(64, 64), 15)
    path = f"/tiles/{token_of(MARGIN)}/{tile.z}/{tile.x}/{tile.y}.png"
    answer = client.get(path, params=query)
    assert answer.status_code == 422
    assert next(iter(query)) in answer.json()["detail"]


def test_a_point_says_which_pixel_it_is_and_where_its_corners_are(client: TestClient) -> None:
    lon, lat = place_of(24.7, 8.2)
    query = {"lon": lon, "lat": lat}
    pixel = client.get(f"/tiles/{token_of()}/point", params=query).json()["pixel"]
    assert (pixel["column"], pixel["row"]) == (24, 8)
    assert pixel["crs"] == GRID.crs
    assert pixel["x"] == GRID.origin[0] + 245
    assert pixel["y"] == GRID.origin[1] - 85
    assert pixel["ring"][0] == pytest.approx(place_of(24, 8), abs=1e-7)
    assert pixel["ring"][2] == pytest.approx(place_of(25, 9), abs=1e-7)
    assert pixel["center"] == pytest.approx(place_of(24.5, 8.5), abs=1e-7)
