"""What an imported Item becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.catalog.domain.assets import is_raster
from apps.catalog.enums import SceneKind
from apps.core.errors import InvalidInput
from workers.contracts.base import sha256_of
from workers.contracts.plugins import SensorSpec
from workers.contracts.sensors import sensor_choose

MAX_ID = 300


@dataclass(frozen=True)
class Dates:
    """Acquisition of an item, UTC. ``at`` is ``datetime``, else ``start_datetime``."""

    at: datetime | None
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Summary:
    """The searchable properties of an item; absent ones are None."""

    platform: str | None
    cloud_cover: float | None


def item_kind(item: Mapping[str, Any], specs: Sequence[SensorSpec]) -> tuple[SceneKind, str]:
    """Return (kind, sensor slug) of an item; the slug is empty unless it is a scene.

    Raises InvalidInput when the item has no raster and no label: it is of no use here.
    """
    assets = item.get("assets") or {}
    properties = item.get("properties") or {}
    labelled = any(str(name).startswith("label:") for name in properties)
    if labelled or any("labels" in _roles(asset) for asset in assets.values()):
        return SceneKind.REFERENCE, ""
    rasters = {key: _roles(asset) for key, asset in assets.items() if is_raster(asset)}
    if not rasters:
        raise InvalidInput("has no raster asset (GeoTIFF or JPEG 2000) and no labels")
    sensor = sensor_choose(specs, rasters)
    return (SceneKind.STATIC, "") if sensor is None else (SceneKind.SCENE, sensor)


def item_dates(item: Mapping[str, Any]) -> Dates:
    """Return the dates of an item; raises InvalidInput for a date that cannot be read."""
    properties = item.get("properties") or {}
    start = _date(properties, "start_datetime")
    at = _date(properties, "datetime") or start
    return Dates(at=at, start=start, end=_date(properties, "end_datetime"))


def item_summary(item: Mapping[str, Any]) -> Summary:
    """Return platform and cloud cover (percent) as far as the item states them."""
    properties = item.get("properties") or {}
    cloud: Any = properties.get("eo:cloud_cover")
    numeric = isinstance(cloud, int | float) and not isinstance(cloud, bool)
    platform = properties.get("platform")
    return Summary(
        platform=platform[:100] if isinstance(platform, str) and platform else None,
        cloud_cover=float(cloud) if numeric and 0 <= cloud <= 100 else None,
    )


def item_sha(item: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what an item says; where it lies does not count."""
    assets = {
        key: {name: value for name, value in asset.items() if name not in ("path", "error")}
        for key, asset in (item.get("assets") or {}).items()
    }
    kept = {name: value for name, value in item.items() if name not in ("links", "assets")}
    return sha256_of({**kept, "assets": assets})


def _roles(asset: Mapping[str, Any]) -> tuple[str, ...]:
    roles = asset.get("roles")
    return tuple(str(role) for role in roles) if isinstance(roles, list) else ()


def _date(properties: Mapping[str, Any], name: str) -> datetime | None:
    value = properties.get(name)
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidInput(f"{name} {str(value)[:60]!r} is not an ISO 8601 date") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)
