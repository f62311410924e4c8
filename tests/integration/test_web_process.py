"""The web process in one piece: health, tiles handed on, sockets behind an exact origin."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from controlcenter import health
from controlcenter.routing import ExactOrigin
from controlcenter.tiles import TileGate

Scope = dict[str, Any]


def http_scope(path: str, method: str = "GET", headers: list[Any] | None = None) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"a=b",
        "headers": headers or [],
    }


async def answer_of(application: Any, scope: Scope) -> tuple[int, dict[bytes, bytes], bytes]:
    """Return status, headers and body of one request."""
    link = ApplicationCommunicator(application, scope)
    await link.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await link.receive_output(5)
    body, more = b"", True
    while more:
        part = await link.receive_output(5)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    return start["status"], dict(start["headers"]), body


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """A stand-in for the tiler that says what reached it."""
    names = b",".join(sorted(name for name, _ in scope["headers"]))
    headers = [
        *((b"content-type", b"image/png"), (b"etag", b'"1"'), (b"set-cookie", b"a=b")),
        (b"cache-control", b"private, max-age=60"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    body = scope["raw_path"] + b"?" + scope["query_string"] + b" " + names
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def tiler_socket(tmp_path: Path) -> AsyncIterator[str]:
    """A running stand-in for the tiler on a unix socket."""
    path = tmp_path / "t.sock"
    config = uvicorn.Config(echo, uds=str(path), lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield str(path)
    server.should_exit = True
    await task


async def test_tile_passes_through_without_cookies_or_credentials(tiler_socket: str) -> None:
    sent = [(b"cookie", b"sessionid=x"), (b"authorization", b"Token y"), (b"accept", b"image/*")]
    scope = http_scope("/tiles/tok%2Een/1/2/3.png", headers=sent)
    status, headers, body = await answer_of(TileGate(tiler_socket), scope)
    path, _, names = body.partition(b" ")
    assert status == 200
    assert path == b"/tiles/tok%2Een/1/2/3.png?a=b"
    assert b"accept" in names.split(b",")
    assert not {b"cookie", b"authorization"} & set(names.split(b","))
    assert headers[b"etag"] == b'"1"'
    assert headers[b"cache-control"] == b"private, max-age=60"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"set-cookie" not in headers


async def test_absent_tiler_is_503_with_retry_after(tmp_path: Path) -> None:
    gate = TileGate(str(tmp_path / "nobody.sock"))
    status, headers, _ = await answer_of(gate, http_scope("/tiles/t/1/1/1.png"))
    assert status == 503
    assert headers[b"retry-after"] == b"2"
    assert headers[b"cache-control"] == b"no-store"


async def test_tiles_are_only_read(tiler_socket: str) -> None:
    status, headers, _ = await answer_of(TileGate(tiler_socket), http_scope("/tiles/t", "POST"))
    assert status == 405
    assert headers[b"allow"] == b"GET, HEAD"


async def accept(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"origin": "http://localhost:8000", "host": "localhost:8000"}, "websocket.accept"),
        ({"origin": "http://localhost:9000", "host": "localhost:8000"}, "websocket.close"),
        ({"origin": "http://evil.example", "host": "localhost:8000"}, "websocket.close"),
        ({"origin": "http://evil.example", "host": "evil.example"}, "websocket.close"),
        ({"origin": "null", "host": "localhost:8000"}, "websocket.close"),
        ({"host": "localhost:8000"}, "websocket.close"),
        ({"host": "localhost:8000", "cookie": "sessionid=x"}, "websocket.close"),
        ({"host": "localhost:8000", "authorization": "Token x"}, "websocket.accept"),
        (
            {"host": "localhost:8000", "authorization": "Token x", "cookie": "sessionid=x"},
            "websocket.close",
        ),
        ({"origin": "https://cc.example", "host": "proxy"}, "websocket.accept"),
    ],
)
async def test_socket_opens_only_for_our_pages_and_for_tokens(
    headers: dict[str, str], expected: str
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": "/ws/jobs/1/", "headers": raw, "subprotocols": []}
    link = ApplicationCommunicator(ExactOrigin(accept, ["https://cc.example"]), scope)
    await link.send_input({"type": "websocket.connect"})
    assert (await link.receive_output(2))["type"] == expected


@pytest.mark.django_db
def test_health_is_200_when_all_parts_answer(client: Client, store: Any) -> None:
    answer = client.get("/healthz")
    assert answer.json() == {"status": "ok", "problems": {}}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_ready_names_the_missing_worker(client: Client, store: Any) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == {"workers": "no compute worker has checked in"}


@pytest.mark.django_db
def test_health_names_the_part_that_is_away(client: Client, store: Any, settings: Any) -> None:
    settings.REDIS_BROKER_URL = "unix:///nowhere/redis.sock?db=1"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == {"broker": "does not answer (ConnectionError)"}


def test_every_part_is_asked_even_when_the_first_fails() -> None:
    def fail() -> str:
        raise OSError("x")

    found = health.problems_of({"a": fail, "b": lambda: "", "c": lambda: "full"})
    assert found == {"a": "does not answer (OSError)", "c": "full"}
