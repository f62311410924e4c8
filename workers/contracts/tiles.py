"""Tile tokens and the release index: all that a tile server needs, no path in any address."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Literal

from workers.contracts.base import Contract, canonical_json
from workers.contracts.grid import Grid
from workers.contracts.legend import LegendClass

# A tile of a building release is drawn of at most this many blocks, each at least 4 px wide.
MAX_BLOCKS_PER_TILE = 4096


class TokenTampered(Exception):
    """403: not a token of ours."""


class TokenExpired(Exception):
    """410: was ours; fetch a new address."""


class TileToken(Contract):
    """``r`` release or scene id, ``s`` style, ``e`` expiry (Unix seconds), ``k`` key id."""

    v: int = 1
    k: str
    r: str
    s: str
    e: int


def token_sign(token: TileToken, keys: Mapping[str, bytes]) -> str:
    """Return ``b64url(payload).b64url(mac)``."""
    payload = canonical_json(token).encode()
    mac = hmac.new(keys[token.k], payload, hashlib.sha256).digest()
    return f"{_encode(payload)}.{_encode(mac)}"


def token_read(text: str, keys: Mapping[str, bytes], now: float) -> TileToken:
    """Return the payload of a valid token; the signature is compared before anything is parsed."""
    try:
        payload, mac = (_decode(part) for part in text.split("."))
    except ValueError as error:
        raise TokenTampered("The tile address is not complete.") from error
    macs = [hmac.new(key, payload, hashlib.sha256).digest() for key in keys.values()]
    if not any(hmac.compare_digest(mac, good) for good in macs):
        raise TokenTampered("The tile address was changed.")
    token = TileToken.model_validate(json.loads(payload))
    good = keys.get(token.k)
    if good is None or not hmac.compare_digest(
        mac, hmac.new(good, payload, hashlib.sha256).digest()
    ):
        raise TokenTampered("The tile address was changed.")
    if token.e <= now:
        raise TokenExpired("The tile address has expired; reload the page for a new one.")
    return token


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class IndexScene(Contract):
    """Enough to read a pixel's series: the sensor slug and where its assets are."""

    scene: dict[str, object]


class ReleaseIndex(Contract):
    """File ``index/<id>.json`` of the store: ``display`` EPSG:3857, ``archives`` project grid.

    kind ``building``: no raster of the whole exists yet; ``blocks`` are (ix, iy, SHA-256) of the
    published block objects of ``grid``. The file is replaced until the release is published.
    """

    id: str
    kind: Literal["layer", "building", "scene"]
    title: str
    role: str
    display: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    legend: tuple[LegendClass, ...] = ()
    bbox: tuple[float, float, float, float]
    rescale: tuple[float, float] | None = None
    ramp: tuple[str, ...] = ()
    nodata: float | None = None
    scenes: tuple[dict[str, object], ...] = ()
    features: dict[str, object] = {}
    grid: Grid | None = None
    blocks: tuple[tuple[int, int, str], ...] = ()
    suffix: str = ".tif"


def object_key(sha256: str, suffix: str) -> str:
    """Return the content address of an object in the store."""
    return f"cas/{sha256[:2]}/{sha256}{suffix}"
