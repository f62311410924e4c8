"""Sentinel-2 Level-2A surface reflectance with Sen2Cor's scene classification (SCL)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts.assets import SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.plugins import SensorSpec

WAVELENGTHS = {
    "B01": 0.443, "B02": 0.490, "B03": 0.560, "B04": 0.665, "B05": 0.705, "B06": 0.740,
    "B07": 0.783, "B08": 0.842, "B8A": 0.865, "B09": 0.945, "B11": 1.610, "B12": 2.190,
}  # fmt: skip
# 2 dark area, 4 vegetation, 5 bare soil, 6 water, 7 unclassified
VALID_CLASSES = (2, 4, 5, 6, 7)
# 3 cloud shadow, 8 and 9 cloud (medium, high probability), 10 thin cirrus
SPREADING_CLASSES = (3, 8, 9, 10)

SPEC = SensorSpec(
    slug="sentinel2_l2a",
    title="Sentinel-2 L2A",
    priority=10,
    requires=("SCL",),
    requires_any=tuple(WAVELENGTHS),
    mask_asset="SCL",
    dilation_m=40.0,
    zero_is_nodata=True,
    feature_scale=10_000,
    wavelengths=WAVELENGTHS,
)


def mask_keys(scene: SceneRef, options: MaskSpec) -> tuple[str, ...]:
    """Return the assets to read for the mask when the item has it."""
    return ("SCL",) if "SCL" in scene.assets else ()


def valid_mask(
    arrays: Mapping[str, NDArray[Any]], scene: SceneRef, options: MaskSpec
) -> NDArray[np.bool_]:
    """Return where an observation counts, in the shape of the SCL, before dilation."""
    if options.invalid is not None:
        return ~np.isin(arrays["SCL"], (0, *options.invalid))
    return np.isin(arrays["SCL"], VALID_CLASSES)


def spread_mask(
    arrays: Mapping[str, NDArray[Any]], scene: SceneRef, options: MaskSpec
) -> NDArray[np.bool_]:
    """Return clouds and shadows, which grow by the dilation; snow and nodata do not."""
    return np.isin(arrays["SCL"], SPREADING_CLASSES) & ~valid_mask(arrays, scene, options)
