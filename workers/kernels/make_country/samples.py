"""Reference samples of the synthetic country: training points with known faults, a clean test."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workers.grid import transformer_between
from workers.kernels.make_country.landscape import CLASSES, REGIONS, Landscape
from workers.kernels.make_country.scenes import CRS, transform_of

BLOCK_M = 1000
WRONG_SHARE = 0.05

NAMES = {code: name for code, name, _ in CLASSES}


def training_samples(landscape: Landscape, seed: int) -> dict[str, Any]:
    """Return a FeatureCollection (EPSG:4326) of points in the middle of uniform 3 × 3 windows.

    5 % carry another class than the truth; their property ``wrong`` is true.
    """
    rng = np.random.default_rng([seed, 6])
    cover = landscape.cover
    size = cover.shape[0]
    uniform = ndimage.maximum_filter(cover, 3) == ndimage.minimum_filter(cover, 3)
    wanted = int(np.clip(size * size / 3000, 60, 300))
    chosen: list[NDArray[np.int64]] = []
    for code, _, _ in CLASSES:
        candidates = np.flatnonzero(uniform & (cover == code))
        count = min(wanted, candidates.size)
        chosen.append(rng.choice(candidates, count, replace=False))
    pixels = np.sort(np.concatenate(chosen))
    truth = cover.ravel()[pixels]
    wrong = np.zeros(pixels.size, np.bool_)
    wrong[rng.choice(pixels.size, round(pixels.size * WRONG_SHARE), replace=False)] = True
    step = rng.integers(1, len(CLASSES), pixels.size)
    given = np.where(wrong, (truth - 1 + step) % len(CLASSES) + 1, truth)
    return _collection(landscape, pixels, given, wrong)


def validation_samples(landscape: Landscape, seed: int) -> dict[str, Any]:
    """Return a simple random sample of the country with the true class of each point."""
    rng = np.random.default_rng([seed, 7])
    cover = landscape.cover
    count = int(np.clip(cover.size / 1500, 120, 800))
    pixels = np.sort(rng.choice(cover.size, count, replace=False))
    return _collection(landscape, pixels, cover.ravel()[pixels], np.zeros(count, np.bool_))


def region_polygons(landscape: Landscape) -> dict[str, Any]:
    """Return the two bio-geographic regions as a FeatureCollection (EPSG:4326)."""
    size = landscape.cover.shape[0]
    rows = np.unique(np.append(np.arange(0, size, max(1, size // 64)), size))
    border = [(float(landscape.border_x[min(row, size - 1)]), float(row)) for row in rows]
    edges = ([(0.0, float(size)), (0.0, 0.0)], [(float(size), float(size)), (float(size), 0.0)])
    features = []
    for number, name in enumerate(REGIONS):
        ring = [*border, *edges[number], border[0]]
        columns, lines = np.array(ring).T
        lon, lat = _lon_lat(columns, lines)
        outline = [[round(float(x), 7), round(float(y), 7)] for x, y in zip(lon, lat, strict=True)]
        if number == 0:
            outline.reverse()
        features.append(
            {
                "type": "Feature",
                "properties": {"code": name[:3].upper(), "name": name},
                "geometry": {"type": "Polygon", "coordinates": [outline]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _collection(
    landscape: Landscape,
    pixels: NDArray[np.int64],
    codes: NDArray[Any],
    wrong: NDArray[np.bool_],
) -> dict[str, Any]:
    size = landscape.cover.shape[0]
    rows, columns = np.divmod(pixels, size)
    lon, lat = _lon_lat(columns + 0.5, rows + 0.5)
    edge = BLOCK_M / 10
    features = [
        {
            "type": "Feature",
            "id": number + 1,
            "properties": {
                "class_id": int(codes[number]),
                "class_name": NAMES[int(codes[number])],
                "block": f"{int(columns[number] // edge)}_{int(rows[number] // edge)}",
                "region": REGIONS[int(landscape.region[rows[number], columns[number]])],
                "wrong": bool(wrong[number]),
            },
            "geometry": {
                "type": "Point",
                "coordinates": [round(float(lon[number]), 8), round(float(lat[number]), 8)],
            },
        }
        for number in range(pixels.size)
    ]
    return {"type": "FeatureCollection", "features": features}


def _lon_lat(columns: NDArray[Any], rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    a, _, left, _, e, top = transform_of(10.0)
    lon, lat = transformer_between(CRS, "EPSG:4326").transform(left + a * columns, top + e * rows)
    return lon, lat
