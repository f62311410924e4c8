"""Tile tokens and the release index: all that a tile server needs, no path in any address."""

import base64
import hashlib
import hmac
import json
import math
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


class SceneStyle(Contract):
    """How a scene is drawn: ``bands`` is rgb, nir or an asset key.

    ``stretch``: ``auto`` (reflectance in a fixed range, else 2 and 98 percent), ``percent`` (share
    of darkest and brightest pixels cut off, 0–100) or ``range`` (values after scale and offset).
    As text, in a token and an address: ``B04``, ``B04|percent,2,98``, ``rgb|range,0,0.3``.
    """

    bands: str
    stretch: Literal["auto", "percent", "range"] = "auto"
    low: float = 0.0
    high: float = 0.0

    @property
    def text(self) -> str:
        if self.stretch == "auto":
            return self.bands
        return f"{self.bands}|{self.stretch},{self.low:g},{self.high:g}"


def scene_style_read(text: str) -> SceneStyle:
    """Return the style a text means; raises ValueError saying what is wrong with it."""
    bands, _, stretch = text.partition("|")
    if not stretch or stretch == "auto":
        return SceneStyle(bands=bands)
    kind, *numbers = stretch.split(",")
    try:
        low, high = (float(number) for number in numbers)
    except ValueError as error:
        raise ValueError(f"stretch {stretch[:60]!r} is not kind,low,high") from error
    if kind not in ("percent", "range"):
        raise ValueError(f"stretch {kind[:20]!r} is unknown; known: auto, percent, range")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError("the low end of a stretch must lie below its high end")
    if kind == "percent" and not (low >= 0 and high <= 100):
        raise ValueError("the ends of a percent stretch lie between 0 and 100")
    return SceneStyle(bands=bands, stretch=kind, low=low, high=high)  # type: ignore[arg-type]


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
