"""The tile server's routes. A token says which release or scene; there is no other way in."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit
from zlib import crc32

from cachetools import LRUCache
from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from workers.contracts.tiles import (
    ReleaseIndex,
    TileToken,
    TokenTampered,
    token_read,
)
from workers.tiler.building import BlockCache, building_tile, tile_digest
from workers.tiler.errors import Busy, Missing
from workers.tiler.lattice import MAX_ZOOM, Tile
from workers.tiler.layers import layer_tile
from workers.tiler.palette import class_colours
from workers.tiler.png import recoloured
from workers.tiler.problems import problems_handle
from workers.tiler.scenes import scene_tile
from workers.tiler.statics import static_tile
from workers.tiler.store import TileStore
from workers.tiler.style import PLAIN, TileStyle, style_read
from workers.tiler.values import point_series, point_value

CACHE_BYTES = 64 * 1024**2
MAX_AGE = 3600
HEAVY_AT_ONCE = 4
HEAVY_WAIT_SECONDS = 4.0

Longitude = Annotated[float, Query(ge=-180, le=180)]
Latitude = Annotated[float, Query(ge=-90, le=90)]


@dataclass(frozen=True)
class TilerSettings:
    """keys: token keys by id (two are valid during a rotation). now: Unix seconds."""

    store_root: Path
    keys: Mapping[str, bytes]
    catalog_roots: tuple[str, ...] = ()
    now: Callable[[], float] = time.time


def settings_read(environment: Mapping[str, str] = os.environ) -> TilerSettings:
    """Read STORE_ROOT or STORAGE_URL, TILE_TOKEN_KEYS or TILE_KEYS_FILE, CATALOG_ROOTS.

    Raises:
        ValueError: a variable is missing or not what it should be; names it.
    """
    root = environment.get("STORE_ROOT") or _folder_of(environment.get("STORAGE_URL", ""))
    if not root:
        raise ValueError("STORE_ROOT or STORAGE_URL=file://… must name the object store's folder.")
    text = environment.get("TILE_TOKEN_KEYS", "")
    if not text and environment.get("TILE_KEYS_FILE"):
        text = Path(environment["TILE_KEYS_FILE"]).read_text(encoding="utf-8")
    try:
        keys = {str(name): bytes.fromhex(key) for name, key in json.loads(text).items()}
    except (ValueError, AttributeError) as error:
        raise ValueError(
            "TILE_TOKEN_KEYS must be a JSON object of id → hexadecimal key."
        ) from error
    if not keys or min(map(len, keys.values())) < 16:
        raise ValueError("TILE_TOKEN_KEYS needs at least one key of 16 bytes or more.")
    roots = environment.get("CATALOG_ROOTS", "").split(os.pathsep)
    return TilerSettings(Path(root), keys, tuple(filter(None, roots)))


def _folder_of(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path) if parts.scheme == "file" else ""


TileKey = tuple[str, str, TileStyle, Tile]


class Tiler:
    """Answers tile and value requests; keeps finished tiles of a release in memory."""

    def __init__(self, settings: TilerSettings) -> None:
        self._settings = settings
        self._store = TileStore(settings.store_root, settings.catalog_roots)
        self._cache: LRUCache[TileKey, bytes] = LRUCache(CACHE_BYTES, getsizeof=len)
        self._blocks = BlockCache()
        self._lock = threading.Lock()
        self._heavy = threading.BoundedSemaphore(HEAVY_AT_ONCE)

    def open(self, text: str) -> tuple[TileToken, ReleaseIndex, str]:
        """Check a token and return it with the index it names and the index's version.

        Raises:
            TokenTampered, TokenExpired, Missing.
        """
        try:
            token = token_read(text, self._settings.keys, self._settings.now())
        except (ValidationError, json.JSONDecodeError) as error:
            raise TokenTampered("The tile address was changed.") from error
        index, version = self._store.index(token.r)
        return token, index, version

    def tile(self, text: str, tile: Tile, style: TileStyle = PLAIN, known: str = "") -> Response:
        """Return the PNG of a tile. known: what the caller holds (``If-None-Match``)."""
        token, index, version = self.open(text)
        if not tile.exists or not tile.meets(index.bbox):
            raise Missing("The tile lies outside the layer.")
        # Other colours of a class layer are another palette on the same pixels.
        drawn = PLAIN if index.role == "scene" or index.legend else style
        headers = self._caching(token)
        if index.kind == "building":
            version = tile_digest(index, tile)
            tag = f'"{version}-{crc32(repr(style).encode()):x}"'
            headers |= {"Cache-Control": "private, no-cache", "ETag": tag}
            if known == tag:
                return Response(status_code=304, headers=headers)
        data, complete = self._drawn((version, token.s, drawn, tile), index)
        if not complete:
            del headers["ETag"]
        if index.legend and style.classes is not None:
            data = recoloured(data, class_colours(index, style))
        return Response(data, media_type="image/png", headers=headers)

    def _drawn(self, key: TileKey, index: ReleaseIndex) -> tuple[bytes, bool]:
        """Return a tile and whether it holds all it should; kept in memory when it does."""
        with self._lock:
            held = self._cache.get(key)
        if held is not None:
            return held, True
        _, bands, style, tile = key
        data, complete = self._draw(index, bands, tile, style)
        with self._lock:
            if complete and len(data) <= CACHE_BYTES:
                self._cache[key] = data
        return data, complete

    def _draw(
        self, index: ReleaseIndex, bands: str, tile: Tile, style: TileStyle
    ) -> tuple[bytes, bool]:
        if index.kind == "layer" and index.display:
            return layer_tile(self._store, index, tile, style), True
        with self._heavy_work():
            if index.kind == "building":
                return building_tile(self._store, self._blocks, index, tile, style)
            if index.kind == "layer":
                return layer_tile(self._store, index, tile, style), True
            if index.role == "static":
                return static_tile(self._store, index, bands, tile, style), True
            return scene_tile(self._store, index, bands, tile), True

    def point(self, text: str, lon: float, lat: float) -> dict[str, Any]:
        """Return the stored value at a place."""
        _, index, _ = self.open(text)
        return point_value(self._store, index, lon, lat)

    def series(self, text: str, lon: float, lat: float, source: str | None) -> dict[str, Any]:
        """Return the series of the release's scenes at a place."""
        _, index, _ = self.open(text)
        west, south, east, north = index.bbox
        if not (west <= lon <= east and south <= lat <= north):
            raise Missing("The place lies outside the layer.")
        with self._heavy_work():
            return point_series(self._store, index, lon, lat, source)

    def tilejson(self, text: str) -> JSONResponse:
        """Return TileJSON 3.0 of the token's release."""
        token, index, _ = self.open(text)
        body = {
            "tilejson": "3.0.0",
            "name": index.title,
            "scheme": "xyz",
            "tiles": [f"/tiles/{text}/{{z}}/{{x}}/{{y}}.png"],
            "bounds": list(index.bbox),
            "minzoom": 0,
            "maxzoom": MAX_ZOOM,
        }
        return JSONResponse(body, headers=self._caching(token))

    def _caching(self, token: TileToken) -> dict[str, str]:
        age = max(0, min(MAX_AGE, token.e - int(self._settings.now())))
        return {"Cache-Control": f"private, max-age={age}", "Referrer-Policy": "same-origin"}

    @contextmanager
    def _heavy_work(self) -> Iterator[None]:
        """Let few warps and series run at once, so that plain tiles stay fast."""
        if not self._heavy.acquire(timeout=HEAVY_WAIT_SECONDS):
            raise Busy("The tile server is busy; try again.")
        try:
            yield
        finally:
            self._heavy.release()


def app_build(settings: TilerSettings) -> FastAPI:
    """Return the application."""
    tiler = Tiler(settings)
    app = FastAPI(title="Tiles", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.tiler = tiler

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/tiles/{token}/{z}/{x}/{y}.png")
    def tile(
        token: str, z: int, x: int, y: int, request: Request,
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:  # fmt: skip
        style = style_read(request.query_params) if request.scope["query_string"] else PLAIN
        return tiler.tile(token, Tile(z, x, y), style, if_none_match)

    @app.get("/tiles/{token}/point")
    def point(token: str, lon: Longitude, lat: Latitude) -> dict[str, Any]:
        return tiler.point(token, lon, lat)

    @app.get("/tiles/{token}/series")
    def series(
        token: str,
        lon: Longitude,
        lat: Latitude,
        source: Annotated[str | None, Query(max_length=1000)] = None,
    ) -> dict[str, Any]:
        return tiler.series(token, lon, lat, source)

    @app.get("/tiles/{token}/tilejson.json")
    def tilejson(token: str) -> JSONResponse:
        return tiler.tilejson(token)

    problems_handle(app)
    return app
