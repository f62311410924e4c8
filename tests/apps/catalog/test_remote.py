"""A STAC API beyond the house: pages by GET and by POST, over a real connection.

The outside world is an HTTP server in this process. Names and certificates end at the network's
edge: the name stands for a public address, and the connection to it is led to that server.
"""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from apps.catalog.gateways import catalog_read, network
from apps.core.errors import InvalidInput, Unavailable

HOST = "stac.example.com"
START = f"https://{HOST}"
PUBLIC = "93.184.215.14"


def item(name: str) -> dict[str, Any]:
    ring = [[5.0, 50.0], [5.1, 50.0], [5.1, 50.1], [5.0, 50.0]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": "sentinel-2-l2a",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"datetime": "2020-06-01T10:00:00Z"},
        "assets": {"red": {"href": "./red.tif", "type": "image/tiff", "roles": ["data"]}},
        "links": [],
    }


class World:
    """Answers by (method, path); remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.kind = "application/geo+json"
        self.status = 200

    def search(self, body: dict[str, Any]) -> dict[str, Any]:
        page = int(body.get("token", "0"))
        features = [item(f"p{page}-{number}") for number in range(int(body.get("limit", 2)))]
        following = {
            "rel": "next",
            "href": f"{START}/search",
            "method": "POST",
            "body": {"token": str(page + 1)},
            "merge": True,
            "headers": {"Authorization": "someone else's"},
        }
        links = [following] if page < 2 else []
        return {"type": "FeatureCollection", "features": features, "links": links}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[World]:
    told = World()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("GET", None)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self.reply("POST", json.loads(self.rfile.read(length)))

        def reply(self, method: str, body: Any) -> None:
            told.asked.append((method, self.path, body))
            told.answers.setdefault("headers", []).append(dict(self.headers))
            answer = told.search(body) if body is not None else told.answers.get(self.path)
            data = json.dumps(answer).encode() if not isinstance(answer, bytes) else answer
            self.send_response(told.status if answer is not None else 404)
            self.send_header("Content-Type", told.kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    class Wire(http.client.HTTPConnection):
        def __init__(self, host: str, port: int, address: str) -> None:
            assert (host, port, address) == (HOST, 443, PUBLIC)
            super().__init__("127.0.0.1", server.server_address[1], timeout=5)

    monkeypatch.setattr(network, "_resolved", lambda *_: [PUBLIC])
    monkeypatch.setattr(network, "_PinnedConnection", Wire)
    settings.CATALOG_HOSTS = [HOST]
    yield told
    server.shutdown()
    server.server_close()


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["item"]["id"] for entry in entries]


def page_of(*names: str, following: str = "") -> dict[str, Any]:
    links = [{"rel": "next", "href": following}] if following else []
    return {"type": "FeatureCollection", "features": [item(n) for n in names], "links": links}


def test_pages_of_a_search_by_get_are_followed(world: World) -> None:
    world.answers["/search?limit=2"] = page_of("a", "b", following=f"{START}/search?token=2")
    world.answers["/search?token=2"] = page_of("c", following="/search?token=3")
    world.answers["/search?token=3"] = page_of("d")
    found = catalog_read(f"{START}/search?limit=2", roots=[])
    assert ids(found) == ["a", "b", "c", "d"]
    assert found[0]["item"]["assets"]["red"]["href"] == f"{START}/red.tif"
    assert {entry["collection"]["id"] for entry in found} == {"sentinel-2-l2a"}


def test_pages_of_a_search_by_post_are_followed_and_merged(world: World) -> None:
    first = world.search({"limit": 2})
    first["links"][0]["body"] = {"limit": 2, "token": "1"}
    world.answers["/search"] = first
    found = catalog_read(f"{START}/search", roots=[])
    assert ids(found) == ["p0-0", "p0-1", "p1-0", "p1-1", "p2-0", "p2-1"]
    assert [entry for entry in world.asked if entry[0] == "POST"] == [
        ("POST", "/search", {"limit": 2, "token": "1"}),
        ("POST", "/search", {"limit": 2, "token": "2"}),
    ]
    sent = world.answers["headers"][-1]
    assert "Authorization" not in sent


def test_collections_of_an_api_lead_to_their_items(world: World) -> None:
    about = {"stac_version": "1.0.0", "description": "", "license": "various", "extent": {}}
    world.answers["/"] = {
        **about,
        "type": "Catalog",
        "id": "api",
        "conformsTo": [],
        "links": [
            {"rel": "self", "href": f"{START}/"},
            {"rel": "search", "href": f"{START}/search", "method": "POST"},
            {"rel": "child", "href": f"{START}/collections/s2"},
        ],
    }
    world.answers["/collections/s2"] = {
        **about,
        "type": "Collection",
        "id": "sentinel-2-l2a",
        "links": [{"rel": "items", "href": f"{START}/collections/s2/items"}],
    }
    world.answers["/collections/s2/items"] = page_of("a", following="items?page=2")
    world.answers["/collections/items?page=2"] = page_of("never")
    world.answers["/collections/s2/items?page=2"] = page_of("b")
    assert ids(catalog_read(f"{START}/", roots=[])) == ["a", "b"]


def test_a_search_that_repeats_its_page_is_a_circle(world: World) -> None:
    world.answers["/search"] = page_of("a", following=f"{START}/search")
    with pytest.raises(InvalidInput, match="links in a circle"):
        catalog_read(f"{START}/search", roots=[])


def test_a_next_link_to_another_host_is_refused(world: World) -> None:
    world.answers["/search"] = page_of("a", following="https://elsewhere.example/search")
    with pytest.raises(InvalidInput, match="not among the allowed hosts"):
        catalog_read(f"{START}/search", roots=[])
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "text/html"}, "not JSON"),
        ({"status": 301}, "redirects are not followed"),
        ({"answers": {"/search": b"{"}}, "is not JSON"),
        ({"answers": {"/search": {"hello": "world"}}}, "is not STAC"),
    ],
)
def test_an_answer_that_is_no_catalogue_is_named(
    world: World, change: dict[str, Any], message: str
) -> None:
    world.answers["/search"] = page_of("a")
    for name, value in change.items():
        setattr(world, name, value)
    with pytest.raises(InvalidInput, match=message) as caught:
        catalog_read(f"{START}/search", roots=[])
    assert f"{START}/search" in caught.value.message


def test_a_host_that_does_not_answer_is_named_with_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError("connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Unavailable, match="does not answer") as caught:
        catalog_read(f"{START}/search", roots=[])
    assert caught.value.advice
