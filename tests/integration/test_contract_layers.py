"""Layers, values and tiles as an outside program meets them."""

import hashlib
import math
from typing import Any

import httpx
import pytest
from django.conf import settings

from controlcenter.tiles import TileGate
from tests.builders.living_world import TILE_KEYS, World, tile
from tests.integration.test_contract import SHA256, assert_page
from workers.contracts.tiles import token_read, token_sign


def test_a_layer_has_everything_a_map_client_needs(world: World) -> None:
    layer = world.layers[0]
    known = {"name", "role", "product", "status", "release", "bbox", "tiles", "tilejson", "legend"}
    assert known | {"assets", "stac_item"} <= layer.keys()
    assert layer["status"] == "published"
    assert layer["tiles"].startswith("/")
    assert "{z}/{x}/{y}" in layer["tiles"]
    assert [cls["code"] for cls in layer["legend"]] == [1, 2, 3, 4, 5, 6]
    archive = layer["assets"]["archives"][0]
    assert SHA256.match(archive["sha256"])
    assert layer["stac_item"]["type"] == "Feature"
    assert world.viewer.get(f"layers/{layer['id']}/style/")["legend"] == layer["legend"]
    assert world.viewer.get(f"layers/{layer['id']}/statistics/")
    shown = world.viewer.get(f"layers/{layer['id']}/tilejson/")
    assert shown["bounds"] == layer["bbox"]
    listed = assert_page(world.viewer.get("layers/", project=world.project["id"], role="class"))
    assert layer["id"] in {row["id"] for row in listed}


@pytest.mark.parametrize("what", ["archive", "display"])
def test_a_layer_is_downloaded_with_the_bytes_its_hash_promises(world: World, what: str) -> None:
    layer = world.layers[0]
    href = layer["assets"]["archives"][0]["href"] if what == "archive" else layer["assets"][what]
    answer: Any = world.viewer.client.get(href)
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    checksum = layer["stac_item"]["assets"][what]["file:checksum"]
    assert checksum == f"1220{hashlib.sha256(data).hexdigest()}"


def test_a_point_has_a_value_in_every_layer_and_a_series(world: World) -> None:
    for layer in world.layers:
        answer = world.viewer.get(f"layers/{layer['id']}/point/", **world.centre)
        assert answer["role"] == layer["role"]
        assert isinstance(answer["value"], int)
    series = world.viewer.get(f"layers/{world.layers[0]['id']}/series/", **world.centre)
    assert len(series["series"]) > 20
    assert series["source"].lower() == "ndvi"
    address = f"layers/{world.layers[0]['id']}/point/"
    assert world.viewer.problem("get", f"{address}?lon=0&lat=0")["status"] == 404
    told = world.viewer.problem("get", f"{address}?lon=x&lat=0")
    assert told["status"] == 400
    assert "lon" in told["errors"]
    assert world.stranger.problem("get", f"{address}?lon=x&lat=0")["status"] == 404


def test_tiles_are_served_by_token_and_by_nothing_else(world: World) -> None:
    template, place = world.layers[0]["tiles"], world.centre
    n = 2**14
    x = int((place["lon"] + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(place["lat"]))) / math.pi) / 2 * n)
    found = tile(template, 14, x, y)
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == "image/png"
    assert tile(template, 14, 0, 0).status_code == 404
    token = template.split("/")[2]
    swapped = "A" if token[5] != "A" else "B"
    tampered = template.replace(token, token[:5] + swapped + token[6:])
    assert tile(tampered, 14, x, y).status_code == 403
    assert tile(_expired(template), 14, x, y).status_code == 410
    scenes = world.viewer.get("catalog/scenes/", project=world.project["id"], page_size=1)
    scene = scenes["features"][0]["id"]
    shown = world.viewer.get(f"catalog/scenes/{scene}/tiles/", style="rgb")
    assert tile(shown["tiles"], 14, x, y).status_code == 200
    told = world.viewer.problem("get", f"catalog/scenes/{scene}/tiles/?style=infrared")
    assert "B04" in told["errors"]["style"][0]


def _expired(template: str) -> str:
    """Return the address as it was a second after its end, signed by the same key."""
    token = template.split("/")[2]
    read = token_read(token, TILE_KEYS, 0.0)
    return template.replace(token, token_sign(read.model_copy(update={"e": 1}), TILE_KEYS))


async def test_an_expired_tile_address_is_410_through_the_web_server(world: World) -> None:
    address = _expired(world.layers[0]["tiles"]).format(z=14, x=0, y=0)
    gate = TileGate(settings.TILER_SOCKET)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gate)) as client:  # type: ignore[arg-type]
        answer = await client.get(f"http://site{address}")
    assert answer.status_code == 410
    assert "reload" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
