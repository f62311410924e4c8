"""How each parcel looks on each day: green fraction and reflectance.

Spectra are typical bottom-of-atmosphere reflectances (0-1) of the end members; a pixel is a
mixture of its cover's green and bare end member by the green fraction of its parcel.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.kernels.make_country.landscape import (
    BROADLEAVED,
    BUILT_UP,
    CONIFEROUS,
    CROPLAND,
    GRASSLAND,
    WATER,
    Landscape,
)

BANDS = ("B02", "B03", "B04", "B05", "B08", "B11", "B12")
FINE_BANDS = ("B02", "B03", "B04", "B08")  # 10 m; the others are 20 m
REGION_SHIFT_DAYS = (0.0, 20.0)  # spring comes later in the second region

# class: (green end member, bare end member), bands as in BANDS
END_MEMBERS = {
    BROADLEAVED: ((0.028, 0.052, 0.030, 0.090, 0.400, 0.185, 0.085),
                  (0.045, 0.058, 0.072, 0.100, 0.175, 0.235, 0.150)),
    CONIFEROUS: ((0.020, 0.036, 0.022, 0.055, 0.235, 0.100, 0.045),
                 (0.026, 0.040, 0.034, 0.062, 0.185, 0.125, 0.065)),
    GRASSLAND: ((0.034, 0.068, 0.040, 0.112, 0.400, 0.220, 0.110),
                (0.058, 0.080, 0.096, 0.130, 0.230, 0.310, 0.215)),
    CROPLAND: ((0.033, 0.064, 0.036, 0.100, 0.450, 0.195, 0.095),
               (0.078, 0.108, 0.146, 0.178, 0.235, 0.325, 0.280)),
    BUILT_UP: ((0.085, 0.105, 0.115, 0.140, 0.250, 0.240, 0.205),
               (0.115, 0.135, 0.155, 0.172, 0.215, 0.260, 0.245)),
    WATER: ((0.048, 0.050, 0.030, 0.026, 0.020, 0.011, 0.008),
            (0.055, 0.055, 0.036, 0.030, 0.022, 0.012, 0.009)),
}  # fmt: skip


# class: (class it is mixed with, largest share of it in a parcel)
MIXTURES = {
    BROADLEAVED: (CONIFEROUS, 0.45),
    CONIFEROUS: (BROADLEAVED, 0.40),
    GRASSLAND: (BROADLEAVED, 0.30),
    CROPLAND: (GRASSLAND, 0.25),
    BUILT_UP: (GRASSLAND, 0.40),
    WATER: (GRASSLAND, 0.05),
}
LEY_SHARE = 0.04  # of the fields carry grass for the year: cropland that looks like a meadow


def parcel_reflectance(
    landscape: Landscape, days: NDArray[np.int64], seed: int
) -> NDArray[np.float32]:
    """Return the reflectance (0-1) of each parcel on each day of the year: (day, parcel, band).

    A parcel is a mixture of two covers, with a brightness of its own in each band.
    """
    rng = np.random.default_rng([seed, 2])
    cover = landscape.parcel_cover
    fractions = _fractions_by_class(rng, landscape, days)
    looks = np.where((cover == CROPLAND) & (rng.random(cover.size) < LEY_SHARE), GRASSLAND, cover)
    other, share = np.zeros(cover.size, np.int64), np.zeros(cover.size)
    for code, (partner, most) in MIXTURES.items():
        chosen = cover == code
        other[chosen] = partner
        share[chosen] = most * rng.beta(0.8, 2.2, int(chosen.sum()))
    own = _mixed(fractions, looks)
    foreign = _mixed(fractions, other)
    brightness = np.exp(rng.normal(0, 0.06, (cover.size, len(BANDS))))
    brightness *= np.exp(rng.normal(0, 0.05, (cover.size, 1)))
    mixture = own + share[None, :, None] * (foreign - own)
    return np.asarray(mixture * brightness[None], np.float32)


def _mixed(fractions: NDArray[np.float64], codes: NDArray[Any]) -> NDArray[np.float64]:
    """Return (day, parcel, band) reflectance of the class chosen for each parcel."""
    green, bare = np.zeros((7, len(BANDS))), np.zeros((7, len(BANDS)))
    for code, (leafy, brown) in END_MEMBERS.items():
        green[code], bare[code] = leafy, brown
    chosen = fractions[codes, :, np.arange(codes.size)].T[:, :, None]
    return np.asarray(bare[codes] + chosen * (green[codes] - bare[codes]))


def _fractions_by_class(
    rng: np.random.Generator, landscape: Landscape, days: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the green fraction (class code, day, parcel) each parcel would have as that class."""
    count = landscape.parcel_cover.size
    shift = np.asarray(REGION_SHIFT_DAYS)[landscape.parcel_region] + rng.normal(0, 6, count)
    t = days[:, None] - shift[None, :]
    fractions = np.zeros((7, *t.shape))
    fractions[BROADLEAVED] = 0.04 + 0.94 * _season(t, 112, 7, 292, 9)
    fractions[CONIFEROUS] = 0.86 + 0.10 * _season(t, 110, 20, 285, 20)
    fractions[GRASSLAND] = _grass(rng, t)
    fractions[CROPLAND] = _crops(rng, t)
    paved = rng.uniform(0.0, 0.5, count)
    fractions[BUILT_UP] = paved * (0.4 + 0.6 * _season(t, 105, 10, 290, 10))
    fractions[WATER] = rng.uniform(0.2, 0.9, count)
    return np.clip(fractions * rng.normal(1.0, 0.07, count), 0.0, 1.0)


def _season(
    t: NDArray[np.float64],
    start: NDArray[np.float64] | float,
    rise: float,
    end: NDArray[np.float64] | float,
    fall: float,
) -> NDArray[np.float64]:
    """Double logistic: 0 before ``start``, 1 in season, 0 after ``end`` (days)."""
    up = 1.0 / (1.0 + np.exp(-(t - start) / rise))
    down = 1.0 / (1.0 + np.exp((t - end) / fall))
    return np.asarray(up * down)


def _grass(rng: np.random.Generator, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Green most of the year, cut one to three times."""
    count = t.shape[1]
    level = 0.42 + 0.5 * _season(t, 92, 12, 300, 16)
    for first in (148.0, 196.0, 246.0):
        date = first + rng.normal(0, 9, count)
        depth = rng.uniform(0.35, 0.6, count) * (rng.random(count) < 0.7)
        since = t - date
        cut = np.where(since >= 0, np.exp(-np.maximum(since, 0) / 16.0), 0.0)
        level = level * (1 - depth * cut)
    return level


def _crops(rng: np.random.Generator, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Winter cereals, maize and rape; bare soil before and after, some with a cover crop."""
    count = t.shape[1]
    jitter = rng.normal(0, 6, count)
    winter = np.maximum(0.28 * (t < 70), _season(t, 84 + jitter, 8, 184 + jitter, 6))
    maize = _season(t, 162 + jitter, 7, 258 + jitter, 7)
    rape = np.maximum(0.45 * (t < 60), _season(t, 74 + jitter, 8, 176 + jitter, 7))
    kind = rng.random(count)
    main = np.where(kind < 0.5, winter, np.where(kind < 0.85, maize, rape))
    catch = _season(t, 246 + jitter, 9, 330.0, 10) * 0.55
    has_catch = (rng.random(count) < 0.3) & ((kind < 0.5) | (kind >= 0.85))
    return np.asarray(np.clip(np.where(has_catch, np.maximum(main, catch), main), 0.03, 0.97))
