"""Clouds, their shadows, snow and swath edges of one date, and the flawed classification of them.

Arrays are (y, x) on the 20 m grid of the scene classification.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workers.kernels.make_country.landscape import noise

SHADOW_OFFSET = (-9, -6)  # rows, columns at 20 m: the sun stands in the south-east


@dataclass(frozen=True)
class Weather:
    """opacity: of the cloud, 0-1. shadow: share of light taken, 0-1. outside: not in the swath."""

    opacity: NDArray[np.float32]
    shadow: NDArray[np.float32]
    snow: NDArray[np.bool_]
    outside: NDArray[np.bool_]

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Where the ground is really seen."""
        return (self.opacity < 0.04) & (self.shadow < 0.06) & ~self.outside & ~self.snow


def make_weather(
    rng: np.random.Generator, elevation: NDArray[np.float32], day: int, cover: float
) -> Weather:
    """Return the weather of a day of the year with about ``cover`` (0-1) of clouds."""
    size = elevation.shape[0]
    field = noise(rng, size, 3.1, size / 2.2)
    opacity = np.clip((field - (1 - cover)) / 0.10, 0, 1) if cover > 0 else np.zeros_like(field)
    shadow = np.roll(opacity, SHADOW_OFFSET, axis=(0, 1)) * 0.62 * (1 - opacity)
    cold = day < 45 or day > 345
    line = 0.80 + rng.uniform(-0.06, 0.15)
    snow = elevation > line if cold else np.zeros(elevation.shape, np.bool_)
    return Weather(
        opacity=opacity.astype(np.float32),
        shadow=shadow.astype(np.float32),
        snow=snow,
        outside=_outside(rng, size),
    )


def classify(
    rng: np.random.Generator, weather: Weather, vegetation_index: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the scene classification (Sen2Cor codes) with its usual faults.

    Patches of cloud are missed (about a twelfth of the area), thin rims are missed more often, and
    half of the faint shadows pass as ground.
    """
    codes = np.where(vegetation_index > 0.32, 4, 5).astype(np.uint8)
    codes[vegetation_index < 0.0] = 6
    codes[weather.snow] = 11
    codes[weather.shadow > 0.22] = 3
    codes[weather.opacity > 0.10] = 10
    codes[weather.opacity > 0.30] = 8
    codes[weather.opacity > 0.65] = 9
    missed = noise(rng, codes.shape[0], 2.6, 70) > 0.92
    thin = (weather.opacity < 0.35) & (noise(rng, codes.shape[0], 2.0, 30) > 0.75)
    cloudy = np.isin(codes, (8, 10)) & (missed | thin)
    codes[cloudy] = 7
    codes[ndimage.binary_erosion(codes == 3) & (weather.shadow < 0.30) & missed] = 5
    codes[weather.outside] = 0
    return codes


def _outside(rng: np.random.Generator, size: int) -> NDArray[np.bool_]:
    """One date in nine lies at the edge of a swath: a slanted part of it was not seen."""
    chance, share = rng.random(), rng.uniform(0.25, 0.6)
    if chance > 1 / 9:
        return np.zeros((size, size), np.bool_)
    rows, columns = np.mgrid[0:size, 0:size]
    return np.asarray(columns - 0.2 * rows > size * share)
