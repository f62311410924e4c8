"""From stored values to int16 planes: nodata, scale and offset applied once."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workers.contracts.assets import AssetRef

MISSING = -32768
LOW, HIGH = -32767, 32766
# Reflectance as uint16 × 0.0001 claims 6.5 times more than int16 holds, and never uses it.
_ROOM = 10


def plane_scale(asset: AssetRef, feature_scale: int) -> int:
    """Return the units per 1.0 in which an asset is kept as int16.

    The sensor's scale (10,000; decibels 100), unless the range of the stored type shows that the
    values would not fit: then one unit is the stored step, so that DN and percent stay as stored.
    """
    if np.dtype(asset.dtype).kind not in "iu" or asset.scale == 0:
        return feature_scale
    limits = np.iinfo(asset.dtype)
    reach = max(abs(int(limits.min)), int(limits.max)) * abs(asset.scale) * feature_scale
    return feature_scale if reach <= HIGH * _ROOM else max(1, round(1 / abs(asset.scale)))


def to_plane(
    stored: NDArray[np.generic], asset: AssetRef, scale: int, nodata: float | None
) -> NDArray[np.int16]:
    """Return floor((stored · scale + offset) · units + 0.5) clamped, int16; nodata is −32768.

    scale: units per 1.0 of the plane. nodata: a stored value, None when every value counts.
    """
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        table = _table(stored.dtype.name, nodata, asset.scale, asset.offset, scale)
        if table is None:
            return stored.astype(np.int16, copy=False)
        index = stored.view(f"u{stored.dtype.itemsize}")
        return np.asarray(table[index], dtype=np.int16)
    return _convert(stored, nodata, asset.scale, asset.offset, scale)


def _convert(
    stored: NDArray[np.generic], nodata: float | None, factor: float, offset: float, scale: int
) -> NDArray[np.int16]:
    values = (stored.astype(np.float64) * factor + offset) * scale
    missing = ~np.isfinite(values)
    if nodata is not None:
        missing |= stored == nodata
    rounded = np.floor(np.where(missing, 0.0, values) + 0.5)
    return np.where(missing, MISSING, np.clip(rounded, LOW, HIGH)).astype(np.int16)


@lru_cache(maxsize=64)
def _table(
    dtype: str, nodata: float | None, factor: float, offset: float, scale: int
) -> NDArray[np.int16] | None:
    """Plane value of every stored value, by its bits; None when nothing changes (int16 as is)."""
    bits = np.arange(256 ** np.dtype(dtype).itemsize, dtype=f"u{np.dtype(dtype).itemsize}")
    limits = np.iinfo(dtype)
    held = nodata if nodata is not None and limits.min <= nodata <= limits.max else None
    table = _convert(bits.view(dtype), held, factor, offset, scale)
    if dtype == "int16" and np.array_equal(table, bits.view(dtype)):
        return None
    return table
