"""The truth of the synthetic country: terrain, regions, parcels and land cover.

Everything is a parcel (field, meadow, forest stand, village, lake), so that phenology varies by
parcel as it does in nature. Arrays are (y, x) on the 10 m grid.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

BROADLEAVED, CONIFEROUS, GRASSLAND, CROPLAND, BUILT_UP, WATER = range(1, 7)
CLASSES = (
    (BROADLEAVED, "broadleaved forest", "#5FA04E"),
    (CONIFEROUS, "coniferous forest", "#1F5E46"),
    (GRASSLAND, "grassland", "#C5D86D"),
    (CROPLAND, "cropland", "#E9C46A"),
    (BUILT_UP, "built-up", "#A34A5E"),
    (WATER, "water", "#3F7FB5"),
)
REGIONS = ("Atlantic", "Continental")


@dataclass(frozen=True)
class Landscape:
    """cover: class codes uint8. parcel: int32 index into ``parcel_cover``. region: 0 or 1 uint8.

    elevation: 0-1. light: 1 on flat ground, more on slopes that face the sun. border_x: column of
    the regions' border for each row.
    """

    cover: NDArray[np.uint8]
    parcel: NDArray[np.int32]
    parcel_cover: NDArray[np.uint8]
    parcel_region: NDArray[np.uint8]
    region: NDArray[np.uint8]
    elevation: NDArray[np.float32]
    light: NDArray[np.float32]
    border_x: NDArray[np.float32]


def noise(rng: np.random.Generator, size: int, beta: float, coarse: float) -> NDArray[np.float32]:
    """Return fractal noise (size, size), uniform in 0-1 by rank.

    beta: slope of the power spectrum (2 rough, 4 smooth). coarse: longest wave in pixels.
    """
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.rfftfreq(size), indexing="ij"))
    frequency = np.maximum(frequency, 1.0 / min(coarse, size))
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) * frequency ** (-beta / 2)
    field = np.fft.irfft2(spectrum, s=(size, size))
    ranks = np.empty(field.size, np.float32)
    ranks[np.argsort(field, axis=None, kind="stable")] = np.linspace(0, 1, field.size)
    return ranks.reshape(field.shape)


def make_landscape(size: int, seed: int) -> Landscape:
    """Return the country of a seed; the same arguments give the same arrays."""
    rng = np.random.default_rng([seed, 1])
    elevation = noise(rng, size, 3.4, size / 1.2)
    region, border = _regions(rng, size)
    parcels, centres = _parcels(rng, size, region)
    cover, parcel_cover = _farmland(rng, elevation, parcels, centres)
    cover, parcels, parcel_cover = _forest(rng, elevation, cover, parcels, parcel_cover)
    river = _river(rng, elevation)
    village, roads = _villages(rng, elevation, river)
    lake = elevation < 0.035
    water = ndimage.binary_opening(lake, iterations=1) | river
    for mask, code in ((roads, BUILT_UP), (village, BUILT_UP), (water, WATER)):
        parcels = np.where(mask, np.int32(parcel_cover.size), parcels)
        parcel_cover = np.append(parcel_cover, np.uint8(code))
        cover = np.where(mask, np.uint8(code), cover)
    parcels, parcel_cover, parcel_region = _by_region(parcels, parcel_cover, region)
    return Landscape(
        cover=cover.astype(np.uint8),
        parcel=parcels,
        parcel_cover=parcel_cover,
        parcel_region=parcel_region,
        region=region,
        elevation=elevation,
        light=_light(elevation),
        border_x=border,
    )


def _regions(rng: np.random.Generator, size: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    rows = np.arange(size) / size
    border = np.full(size, 0.5)
    for wave in range(1, 5):
        border += 0.05 / wave * np.sin(2 * np.pi * (wave * rows + rng.random()))
    columns = (border * size).astype(np.float32)
    return (np.arange(size)[None, :] >= columns[:, None]).astype(np.uint8), columns


def _parcels(
    rng: np.random.Generator, size: int, region: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return fields: cells nearest to jittered centres in a turned maximum norm, so near-square."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    warp = 24.0 * ndimage.gaussian_filter(noise(rng, size, 3.5, size / 3) - 0.5, 5.0)
    labels = np.zeros((size, size), np.int32)
    centres: list[NDArray[np.float64]] = []
    start = 0
    for number, (angle, spacing) in enumerate(((0.35, 21.0), (-0.22, 29.0))):
        inside = region == number
        u = x * np.cos(angle) - y * np.sin(angle) + warp
        v = (x * np.sin(angle) + y * np.cos(angle) + warp) * 1.6  # fields are longer than wide
        points = _jittered(rng, (u.min(), u.max()), (v.min(), v.max()), spacing)
        _, nearest = cKDTree(points).query(np.column_stack([u[inside], v[inside]]), p=np.inf)
        used, compact = np.unique(nearest, return_inverse=True)
        labels[inside] = compact + start
        start += used.size
        turned = points[used] / np.array([1.0, 1.6])
        px = turned[:, 0] * np.cos(angle) + turned[:, 1] * np.sin(angle)
        py = -turned[:, 0] * np.sin(angle) + turned[:, 1] * np.cos(angle)
        centres.append(np.clip(np.column_stack([py, px]), 0, size - 1))
    return labels, np.concatenate(centres)


def _jittered(
    rng: np.random.Generator, u: tuple[float, float], v: tuple[float, float], spacing: float
) -> NDArray[np.float64]:
    grid = np.meshgrid(np.arange(u[0], u[1], spacing), np.arange(v[0], v[1], spacing))
    points = np.column_stack([axis.ravel() for axis in grid]).astype(np.float64)
    points += rng.uniform(-0.38, 0.38, points.shape) * spacing
    return points[rng.random(len(points)) > 0.25]  # gaps make fields of different sizes


def _farmland(
    rng: np.random.Generator,
    elevation: NDArray[np.float32],
    parcels: NDArray[np.int32],
    centres: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Meadows are commoner on higher ground and in some neighbourhoods, fields in the plain."""
    size = elevation.shape[0]
    moist = noise(rng, size, 3.2, size / 4)
    rows, columns = np.round(centres).astype(int).T
    score = 0.55 * elevation[rows, columns] + 0.45 * moist[rows, columns]
    meadow = score + rng.uniform(-0.16, 0.16, len(centres)) > 0.52
    parcel_cover = np.where(meadow, GRASSLAND, CROPLAND).astype(np.uint8)
    return parcel_cover[parcels], parcel_cover


def _forest(
    rng: np.random.Generator,
    elevation: NDArray[np.float32],
    cover: NDArray[np.uint8],
    parcels: NDArray[np.int32],
    parcel_cover: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.uint8]]:
    """Woods by noise and height; stands of about 45 px, conifers mostly on high ground."""
    size = elevation.shape[0]
    wood = 0.6 * elevation + 0.4 * noise(rng, size, 3.0, size / 5) > 0.56
    wood |= noise(rng, size, 2.8, 60) > 0.965  # copses between the fields
    wood = _smooth_mask(wood)
    stands = _jittered(rng, (0, size), (0, size), 45.0)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    bend = 16.0 * ndimage.gaussian_filter(noise(rng, size, 3.2, 80) - 0.5, 2.0)
    _, nearest = cKDTree(stands).query(np.column_stack([(x + bend)[wood], (y - bend)[wood]]))
    columns, rows = np.clip(np.round(stands), 0, size - 1).astype(int).T
    score = elevation[rows, columns] + rng.uniform(-0.3, 0.3, len(stands))
    stand_cover = np.where(score > 0.72, CONIFEROUS, BROADLEAVED).astype(np.uint8)
    parcels = parcels.copy()
    parcels[wood] = parcel_cover.size + nearest
    parcel_cover = np.concatenate([parcel_cover, stand_cover])
    cover = cover.copy()
    cover[wood] = parcel_cover[parcels[wood]]
    return cover, parcels, parcel_cover


def _smooth_mask(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop specks and fill pinholes; mirrored at the frame, so that the frame leaves no rim."""
    padded = np.pad(mask, 6, mode="reflect")
    padded = ndimage.binary_closing(ndimage.binary_opening(padded, iterations=2), iterations=2)
    return np.asarray(padded[6:-6, 6:-6])


def _river(rng: np.random.Generator, elevation: NDArray[np.float32]) -> NDArray[np.bool_]:
    """A river from north to south that leans towards low ground and widens downstream."""
    size = elevation.shape[0]
    smooth = ndimage.gaussian_filter(elevation, size / 24, mode="nearest")
    slope = np.gradient(smooth, axis=1)
    rows = np.arange(size)
    meander = sum(
        size * 0.05 / wave * np.sin(2 * np.pi * (wave * rows / size * 1.3 + rng.random()))
        for wave in range(1, 8)
    )
    centre = np.empty(size)
    column = size * rng.uniform(0.3, 0.7)
    for row in rows:
        column -= 90.0 * size / 256 * slope[row, int(np.clip(column, 0, size - 1))]
        column = float(np.clip(column, size * 0.12, size * 0.88))
        centre[row] = column
    centre = ndimage.gaussian_filter1d(centre, size / 40, mode="nearest") + meander
    steep = np.sqrt(1 + np.gradient(centre) ** 2)
    half = (1.4 + 2.2 * rows / size) * steep
    return np.asarray(np.abs(np.arange(size)[None, :] - centre[:, None]) <= half[:, None])


def _villages(
    rng: np.random.Generator, elevation: NDArray[np.float32], river: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Villages on low ground, more of them near the river, joined by roads."""
    size = elevation.shape[0]
    distance = ndimage.distance_transform_edt(~river)
    wish = (1 - elevation) * (0.4 + np.exp(-distance / 60)) + 0.25 * noise(rng, size, 2, 50)
    wish[: size // 20] = wish[-size // 20 :] = 0
    count = max(3, int(size * size / 26_000))
    centres: list[tuple[int, int]] = []
    for index in np.argsort(-wish, axis=None, kind="stable"):
        row, column = divmod(int(index), size)
        if all((row - r) ** 2 + (column - c) ** 2 > 75**2 for r, c in centres):
            centres.append((row, column))
        if len(centres) == count:
            break
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    ragged = noise(rng, size, 2.2, 40)
    village = np.zeros((size, size), np.bool_)
    for row, column in centres:
        radius = rng.uniform(6, 17)
        village |= np.hypot(y - row, x - column) < radius * (0.45 + ragged)
    roads = np.zeros((size, size), np.bool_)
    for number, (row, column) in enumerate(centres[1:], 1):
        near = min(centres[:number], key=lambda c: (c[0] - row) ** 2 + (c[1] - column) ** 2)
        roads |= _road(rng, (row, column), near, size)
    return ndimage.binary_opening(village, iterations=1), roads


def _road(
    rng: np.random.Generator, start: tuple[int, int], end: tuple[int, int], size: int
) -> NDArray[np.bool_]:
    steps = 4 * int(np.hypot(end[0] - start[0], end[1] - start[1])) + 1
    t = np.linspace(0, 1, steps)
    bow = np.sin(np.pi * t) * rng.uniform(-9, 9)
    length = np.hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    across = (-(end[1] - start[1]) / length, (end[0] - start[0]) / length)
    rows = start[0] + t * (end[0] - start[0]) + bow * across[0]
    columns = start[1] + t * (end[1] - start[1]) + bow * across[1]
    road = np.zeros((size, size), np.bool_)
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        r = np.clip(np.round(rows).astype(int) + dy, 0, size - 1)
        c = np.clip(np.round(columns).astype(int) + dx, 0, size - 1)
        road[r, c] = True
    return road


def _by_region(
    parcels: NDArray[np.int32], cover: NDArray[np.uint8], region: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8]]:
    """Split parcels at the border of the regions, so that each has one phenology."""
    key = parcels.astype(np.int64) * 2 + region
    used, compact = np.unique(key, return_inverse=True)
    return (
        compact.reshape(parcels.shape).astype(np.int32),
        cover[used // 2],
        (used % 2).astype(np.uint8),
    )


def _light(elevation: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the relative light of a sun in the south-east: 0.8-1.2."""
    height = ndimage.gaussian_filter(elevation, 2.0) * elevation.shape[0] * 0.12
    dy, dx = np.gradient(height)
    return np.asarray(np.clip(1 - 0.30 * dx - 0.42 * dy, 0.8, 1.2), np.float32)
