"""Scenes and their assets as a kernel sees them."""

from datetime import datetime

from workers.contracts.base import Contract


class AssetRef(Contract):
    """One raster band of a scene, stored as integers.

    value = stored * scale + offset; ``nodata`` is a stored value. ``transform`` is rasterio's
    (a, b, c, d, e, f); ``shape`` is (height, width). ``version`` is a SHA-256 or size:mtime token
    that enters fingerprints. ``path`` is a real local path below an allowed root.
    """

    key: str
    path: str
    driver: str = "GTiff"
    band: int = 1
    dtype: str
    nodata: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    crs: str
    transform: tuple[float, float, float, float, float, float]
    shape: tuple[int, int]
    common_name: str | None = None
    roles: tuple[str, ...] = ()
    version: str = ""


class SceneRef(Contract):
    """One acquisition; ``sensor`` is the slug of the sensor plugin that reads it."""

    id: str
    item_id: str
    sensor: str
    datetime: datetime
    platform: str | None = None
    assets: dict[str, AssetRef]
