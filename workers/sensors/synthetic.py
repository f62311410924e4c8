"""The synthetic country: Sentinel-2-like bands, a flawed scene classification and the true one.

``cloud_truth`` (1 = really clear) is there to measure how much missed clouds cost; masking uses
the flawed SCL like a production would.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts.assets import SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.plugins import SensorSpec

WAVELENGTHS = {
    "B02": 0.490, "B03": 0.560, "B04": 0.665, "B05": 0.705, "B08": 0.842, "B11": 1.610,
    "B12": 2.190,
}  # fmt: skip
VALID_CLASSES = (2, 4, 5, 6, 7)
SPREADING_CLASSES = (3, 8, 9, 10)

SPEC = SensorSpec(
    slug="synthetic",
    title="Synthetic country",
    priority=20,
    requires=("SCL", "cloud_truth"),
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
    """Return clouds and shadows, which grow by the dilation."""
    return np.isin(arrays["SCL"], SPREADING_CLASSES) & ~valid_mask(arrays, scene, options)
