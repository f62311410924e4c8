"""Sentinel-1 backscatter in decibels (sigma0 or gamma0, pre-processed elsewhere)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts.assets import SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.plugins import SensorSpec

SPEC = SensorSpec(
    slug="sentinel1",
    title="Sentinel-1 backscatter (dB)",
    priority=10,
    requires=("VV", "VH"),
    feature_scale=100,
)


def mask_keys(scene: SceneRef, options: MaskSpec) -> tuple[str, ...]:
    """Radar sees through clouds: nothing to read."""
    return ()


def valid_mask(
    arrays: Mapping[str, NDArray[Any]], scene: SceneRef, options: MaskSpec
) -> NDArray[np.bool_]:
    """Return all pixels as valid; the bands' nodata decides."""
    return np.ones(next(iter(arrays.values())).shape if arrays else (), dtype=np.bool_)


def spread_mask(
    arrays: Mapping[str, NDArray[Any]], scene: SceneRef, options: MaskSpec
) -> NDArray[np.bool_]:
    """Return that nothing grows."""
    return ~valid_mask(arrays, scene, options)
