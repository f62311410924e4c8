"""``/tiles/`` handed on to the tile server's socket: bytes pass through, nothing is looked at.

The tiler holds no credentials and the web process opens no raster; the signed token in the
address is all that either needs. In production the proxy does this instead.
"""

from asgiref.typing import (
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
)
from django.conf import settings
from httpx import AsyncClient, AsyncHTTPTransport, HTTPError, Limits, Timeout

METHODS = frozenset({"GET", "HEAD"})
TO_TILER = frozenset({b"accept", b"accept-encoding", b"if-none-match", b"if-modified-since"})
FROM_TILER = frozenset(
    {
        b"cache-control",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"etag",
        b"last-modified",
        b"retry-after",
        b"vary",
    }
)
ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
]
RETRY_SECONDS = b"2"


class TileGate:
    """An ASGI application in front of the tiler's unix socket."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._client: AsyncClient | None = None

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["method"] not in METHODS:
            await _answer(send, 405, b"Only GET and HEAD.", [(b"allow", b"GET, HEAD")])
            return
        raw_path = scope.get("raw_path") or scope["path"].encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        request = self._open().build_request(
            scope["method"],
            (b"http://tiler" + raw_path + query).decode("latin-1"),
            headers=[(name, value) for name, value in scope["headers"] if name in TO_TILER],
        )
        try:
            response = await self._open().send(request, stream=True)
        except HTTPError:
            away = [(b"retry-after", RETRY_SECONDS)]
            await _answer(send, 503, b"The tile server is starting; try again.", away)
            return
        headers = [
            (name.lower(), value)
            for name, value in response.headers.raw
            if name.lower() in FROM_TILER
        ]
        try:
            await _start(send, response.status_code, headers)
            async for part in response.aiter_raw():
                await _body(send, part, more=True)
            await _body(send, b"", more=False)
        finally:
            await response.aclose()

    def _open(self) -> AsyncClient:
        """One client a process, made inside its event loop."""
        if self._client is None:
            self._client = AsyncClient(
                transport=AsyncHTTPTransport(
                    uds=self._socket,
                    limits=Limits(max_connections=64, max_keepalive_connections=16),
                ),
                timeout=Timeout(30.0, connect=2.0),
            )
        return self._client


async def _answer(
    send: ASGISendCallable, status: int, text: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await _start(send, status, [*plain, *headers])
    await _body(send, text, more=False)


async def _start(send: ASGISendCallable, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    event: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": status,
        "headers": [*headers, *ALWAYS],
        "trailers": False,
    }
    await send(event)


async def _body(send: ASGISendCallable, part: bytes, *, more: bool) -> None:
    event: HTTPResponseBodyEvent = {
        "type": "http.response.body",
        "body": part,
        "more_body": more,
    }
    await send(event)


tile_gate = TileGate(settings.TILER_SOCKET)
