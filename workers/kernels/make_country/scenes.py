"""Renders the scenes of a year and writes their bands as COGs."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workers.kernels.make_country.landscape import Landscape
from workers.kernels.make_country.phenology import (
    BANDS,
    FINE_BANDS,
    parcel_reflectance,
)
from workers.kernels.make_country.weather import Weather, classify, make_weather
from workers.raster.writer import Affine6, write_image

YEAR = 2018
CRS = "EPSG:3035"
ORIGIN = (4_416_000.0, 2_816_000.0)  # upper left: on the 1 km grid and on blocks of 128 px
CLOUD = np.array([0.62, 0.60, 0.60, 0.61, 0.64, 0.46, 0.38], np.float32)  # by band
SNOW = np.array([0.74, 0.72, 0.71, 0.70, 0.66, 0.12, 0.10], np.float32)
BLUR = 0.65  # sigma of the point spread function, pixels of 10 m
COVERS = (0.0, 0.0, 0.04, 0.10, 0.18, 0.30, 0.45, 0.60, 0.80)  # of clouds, drawn by date


@dataclass(frozen=True)
class SceneFiles:
    """What a catalogue says about a written scene. cloud_cover in percent."""

    item_id: str
    time: dt.datetime
    cloud_cover: float


def transform_of(resolution: float) -> Affine6:
    """Return the transform of the country at a resolution."""
    return (resolution, 0.0, ORIGIN[0], 0.0, -resolution, ORIGIN[1])


def make_dates(seed: int) -> list[dt.datetime]:
    """Return the dates of 2018: every ten days, a fifth of them missing."""
    rng = np.random.default_rng([seed, 3])
    first = dt.datetime(YEAR, 1, 4, 10, 10, 31, tzinfo=dt.UTC)
    dates = [first + dt.timedelta(days=10 * step) for step in range(37)]
    dates = [date for date in dates if date.year == YEAR]
    kept = np.sort(rng.permutation(len(dates))[: round(len(dates) * 0.78)])
    return [dates[index] for index in kept]


def write_scenes(landscape: Landscape, seed: int, folder: Path) -> Iterator[SceneFiles]:
    """Write the bands, SCL and cloud_truth of each date below ``folder/<item id>/``; yield it."""
    dates = make_dates(seed)
    days = np.array([date.timetuple().tm_yday for date in dates])
    parcels = parcel_reflectance(landscape, days, seed)
    renderer = _Renderer(landscape, seed)
    for number, date in enumerate(dates):
        rng = np.random.default_rng([seed, 4, number])
        cover = COVERS[int(rng.integers(len(COVERS)))]
        coarse = landscape.elevation[::2, ::2]
        weather = make_weather(rng, coarse, int(days[number]), cover)
        item_id = f"SYN_L2A_{date:%Y%m%d}"
        target = folder / item_id
        target.mkdir(parents=True)
        reflectance = renderer.render(rng, parcels[number], weather, int(days[number]))
        share = _write_scene(target, rng, reflectance, weather)
        yield SceneFiles(item_id, date, share)


class _Renderer:
    """Keeps what does not change between dates: the texture of the ground."""

    def __init__(self, landscape: Landscape, seed: int) -> None:
        rng = np.random.default_rng([seed, 5])
        self._landscape = landscape
        shape = landscape.cover.shape
        self._texture = (1 + 0.06 * rng.standard_normal(shape, np.float32)).astype(np.float32)

    def render(
        self, rng: np.random.Generator, parcels: NDArray[np.float32], weather: Weather, day: int
    ) -> dict[str, NDArray[np.float32]]:
        """Return reflectance (0-1) by band on the 10 m grid, before swath edges."""
        land = self._landscape
        relief = 0.45 + 0.4 * np.cos(2 * np.pi * (day - 355) / 365)  # low sun, strong relief
        light = self._texture * (1 + np.float32(relief) * (land.light - 1))
        light *= 1 - _fine(weather.shadow)
        opacity, snow = _fine(weather.opacity), _fine(weather.snow)
        haze = np.float32(rng.uniform(0.0, 0.008))
        bands: dict[str, NDArray[np.float32]] = {}
        for index, name in enumerate(BANDS):
            ground = np.where(snow, SNOW[index], parcels[:, index][land.parcel]) * light
            ground = ndimage.gaussian_filter(ground, BLUR, mode="nearest", truncate=2.5)
            ground += haze * np.float32(1 - index / 8)
            ground += np.float32(0.006) * rng.standard_normal(ground.shape, np.float32)
            bands[name] = ground + opacity * (CLOUD[index] - ground)
        return bands


def _write_scene(
    target: Path,
    rng: np.random.Generator,
    reflectance: dict[str, NDArray[np.float32]],
    weather: Weather,
) -> float:
    """Write all assets of a scene; return the cloud cover in percent of the swath."""
    red, nir = _coarse(reflectance["B04"]), _coarse(reflectance["B08"])
    codes = classify(rng, weather, (nir - red) / np.maximum(nir + red, 1e-3))
    outside = _fine(weather.outside)
    for name, values in reflectance.items():
        fine = name in FINE_BANDS
        dn = np.floor(np.clip(values if fine else _coarse(values), 0.0001, 1.2) * 10_000 + 0.5)
        dn[outside if fine else weather.outside] = 0
        _write(target / f"{name}.tif", dn.astype(np.uint16), 10.0 if fine else 20.0, 0)
    _write(target / "SCL.tif", codes, 20.0, 0)
    _write(target / "cloud_truth.tif", weather.clear.astype(np.uint8), 20.0, 255)
    seen = np.count_nonzero(~weather.outside) or 1
    return round(100.0 * np.count_nonzero(np.isin(codes, (8, 9, 10))) / seen, 2)


def _write(path: Path, array: NDArray[Any], resolution: float, nodata: int) -> None:
    classes = array.dtype == np.uint8
    write_image(
        path,
        array,
        transform=transform_of(resolution),
        crs=CRS,
        nodata=nodata,
        overviews="mode" if classes else "average",
    )


def _fine(array: NDArray[Any]) -> NDArray[Any]:
    return np.repeat(np.repeat(array, 2, axis=0), 2, axis=1)


def _coarse(array: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = array.shape
    mean: NDArray[np.float32] = array.reshape(height // 2, 2, width // 2, 2).mean(
        axis=(1, 3), dtype=np.float32
    )
    return mean
