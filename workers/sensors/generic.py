"""Any raster series: every ``data`` raster is a band; a cloud asset masks when there is one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts.assets import SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.plugins import SensorSpec
from workers.contracts.sensors import CLOUD_ROLES, cloud_key

CLOUD_PROBABILITY = 50  # percent

SPEC = SensorSpec(
    slug="generic",
    title="Any raster series",
    priority=0,
    mask_roles=CLOUD_ROLES,
    feature_scale=10_000,
)


def mask_keys(scene: SceneRef, options: MaskSpec) -> tuple[str, ...]:
    """Return the cloud mask if there is one: role ``cloud-mask`` before ``cloud``."""
    key = cloud_key({key: asset.roles for key, asset in scene.assets.items()})
    return (key,) if key else ()


def valid_mask(
    arrays: Mapping[str, NDArray[Any]], scene: SceneRef, options: MaskSpec
) -> NDArray[np.bool_]:
    """Return where the cloud asset says clear; its nodata is not clear.

    A mask holds 1 for cloud; an asset named a probability holds percent, a cloud from 50 on.
    """
    ((key, values),) = arrays.items()
    nodata = scene.assets[key].nodata
    clear = ~_cloudy(key, values, options)
    return clear if nodata is None else clear & (values != nodata)


def spread_mask(
    arrays: Mapping[str, NDArray[Any]], scene: SceneRef, options: MaskSpec
) -> NDArray[np.bool_]:
    """Return the clouds, which grow by the dilation (none by default)."""
    ((key, values),) = arrays.items()
    return ~valid_mask(arrays, scene, options) & _cloudy(key, values, options)


def _cloudy(key: str, values: NDArray[Any], options: MaskSpec) -> NDArray[np.bool_]:
    if options.invalid is not None:
        return np.isin(values, options.invalid)
    if "prob" in key.lower():
        return np.asarray(values >= CLOUD_PROBABILITY)
    return np.asarray(values == 1)
