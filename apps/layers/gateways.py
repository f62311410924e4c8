"""The tile server: the only process of the web's side that opens rasters for reading values."""

import time
from datetime import UTC, datetime
from typing import Any

import httpx
from django.conf import settings

from apps.core.errors import InvalidInput, NotFound, Unavailable
from apps.layers.domain import token_expiry
from workers.contracts.tiles import TileToken, token_sign

TIMEOUT_SECONDS = 20.0


def tile_token_for(target: str, style: str = "default") -> str:
    """Return a token for one release or scene, valid 15 to 30 minutes.

    Callers have checked that the person may see the target.
    """
    keys: dict[str, bytes] = settings.TILE_TOKEN_KEYS
    key_id = next(iter(keys))
    token = TileToken(k=key_id, r=target, s=style, e=token_expiry(time.time()))
    return token_sign(token, keys)


def tiles_path(target: str, style: str = "default") -> str:
    """Return the XYZ template of a release or scene."""
    return f"/tiles/{tile_token_for(target, style)}/{{z}}/{{x}}/{{y}}.png"


def tiles_expire_at() -> datetime:
    """Return when an address made now stops working."""
    return datetime.fromtimestamp(token_expiry(time.time()), tz=UTC)


def pixel_value(release_id: str, lon: float, lat: float) -> dict[str, Any]:
    """Return the stored value of a release at a point (EPSG:4326)."""
    return _ask(release_id, "point", {"lon": lon, "lat": lat})


def pixel_series(release_id: str, lon: float, lat: float, source: str | None) -> dict[str, Any]:
    """Return the time series of the release's input scenes at a point."""
    query: dict[str, Any] = {"lon": lon, "lat": lat}
    if source:
        query["source"] = source
    return _ask(release_id, "series", query)


def _ask(release_id: str, what: str, query: dict[str, Any]) -> dict[str, Any]:
    transport = httpx.HTTPTransport(uds=settings.TILER_SOCKET)
    try:
        with httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS) as client:
            answer = client.get(
                f"http://tiler/tiles/{tile_token_for(release_id)}/{what}", params=query
            )
    except httpx.HTTPError as error:
        raise Unavailable("The tile server does not answer.", advice="Try again.") from error
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotFound("The point lies outside the layer.")
    if answer.is_client_error:
        raise InvalidInput(str(answer.json().get("detail", "The tile server refused the point.")))
    if answer.is_error:
        raise Unavailable("The tile server failed on this point.", advice="Try again.")
    return dict(answer.json())
