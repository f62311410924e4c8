"""10 bands and 4 indices, 36 dates, 10 statistics: ours, numpy, eo-learn."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.timing import Runner, compare, ratios
from workers.contracts.expression import source_resolve
from workers.numerics.series import Jobs, series_run
from workers.numerics.series.layout import Job

BANDS, DATES = 10, 36
PAIRS = ((0, 1), (2, 3), (4, 5), (6, 7))
STATISTICS = ("min", "max", "mean", "std", "p010", "p025", "p050", "p075", "p090", "iqr")
PERCENTILES = (10, 25, 50, 75, 90)
MISSING = -32768

type Floats = NDArray[np.float32]
type Percentiles = Callable[[Floats], Any]


def cube(pixels: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Random reflectance (plane, pixel) and a mask of four clear dates in ten."""
    rng = np.random.default_rng(1)
    planes = rng.integers(200, 6000, (BANDS * DATES, pixels)).astype(np.int16)
    return planes, (rng.random((DATES, pixels)) < 0.4).astype(np.uint8)


def ours(planes: NDArray[np.int16], mask: NDArray[np.uint8]) -> NDArray[np.int16]:
    """All features: int16 (series × statistic, pixel)."""
    days = np.arange(DATES) * 7 + 736_000
    jobs = Jobs(days=days, day_of_year=days % 365 + 1)
    rows = np.arange(BANDS * DATES).reshape(BANDS, DATES)
    names = [f"b{k}" for k in range(BANDS)]
    sources = [(name,) for name in names] + [(names[a], names[b]) for a, b in PAIRS]
    for number, leaves in enumerate(sources):
        text = leaves[0] if len(leaves) == 1 else "({0} - {1}) / ({0} + {1})".format(*leaves)
        program = source_resolve(text, assets=names, common_names=(), indices={})
        mine = rows[[names.index(leaf) for leaf in program.leaves]]
        jobs.add_source(program, 10_000, [10_000.0] * len(mine), mine)
        first = number * len(STATISTICS)
        outputs = tuple((name, first + k, 3) for k, name in enumerate(STATISTICS))
        jobs.jobs.append(Job(number, tuple(range(DATES)), outputs))
    return series_run(planes, mask, jobs.table(), len(sources) * len(STATISTICS))


def series(planes: NDArray[np.int16], mask: NDArray[np.uint8]) -> Iterator[Floats]:
    """The same 14 series as peers want them: float32 (date, pixel), NaN where not clear."""
    clear = mask == 1
    bands = [
        np.where(clear, planes[k * DATES : (k + 1) * DATES], np.nan).astype(np.float32)
        for k in range(BANDS)
    ]
    yield from bands
    for a, b in PAIRS:
        yield (bands[a] - bands[b]) / (bands[a] + bands[b]) * np.float32(10_000)


def peer(planes: NDArray[np.int16], mask: NDArray[np.uint8], percentiles: Percentiles) -> Floats:
    """All features by nan-functions of numpy and some percentile function."""
    found: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for values in series(planes, mask):
            quantiles = percentiles(values)
            found += [np.nanmin(values, axis=0), np.nanmax(values, axis=0)]
            found += [np.nanmean(values, axis=0), np.nanstd(values, axis=0)]
            found += [*quantiles, quantiles[3] - quantiles[1]]
    return np.stack(found)


def by_numpy(values: Floats) -> Any:
    return np.nanpercentile(values, PERCENTILES, axis=0)


def by_sorting(values: Floats) -> Any:
    """The best of pure numpy: one sort, NaN last, interpolation by index."""
    ordered = np.sort(values, axis=0)
    count = np.maximum((~np.isnan(values)).sum(axis=0), 1)
    found = []
    for q in PERCENTILES:
        place = (count - 1) * np.float32(q / 100)
        low = place.astype(np.intp)
        high = np.minimum(low + 1, count - 1)
        a, b = (np.take_along_axis(ordered, k[None], axis=0)[0] for k in (low, high))
        found.append(a + (b - a) * (place - low))
    return np.stack(found)


def by_eo_learn() -> Percentiles | None:
    """eo-learn's fast_nanpercentile, when the bench environment has it."""
    try:
        from eolearn.core.utils.raster import fast_nanpercentile
    except ImportError:
        return None
    return lambda values: np.stack([fast_nanpercentile(values, q) for q in PERCENTILES])


def check_equal(mine: NDArray[np.int16], theirs: Floats, mask: NDArray[np.uint8]) -> float:
    """Return the greatest difference where there are three dates and more, or stop."""
    enough = mask.sum(axis=0) >= 3
    apart = np.abs(mine[:, enough] - np.floor(theirs[:, enough].astype(np.float64) + 0.5))
    if apart.max() > 1:
        raise AssertionError(f"Results differ by {apart.max()} units; times would mean nothing.")
    return float(apart.max())


def run(*, edge: int = 512, rounds: int = 5) -> dict[str, Any]:
    """Return times, ratios and notes."""
    pixels = edge * edge
    planes, mask = cube(pixels)
    peers: dict[str, tuple[Percentiles, int]] = {
        "numpy nanpercentile": (by_numpy, max(1, pixels // 128)),
        "numpy sort": (by_sorting, max(1, pixels // 8)),
    }
    eo_learn = by_eo_learn()
    if eo_learn:
        peers["eo-learn fast_nanpercentile"] = (eo_learn, max(1, pixels // 8))
    mine = ours(planes, mask)
    runners, apart = [Runner("ours", lambda: ours(planes, mask))], {}
    for name, (function, count) in peers.items():
        some = np.ascontiguousarray(planes[:, :count]), np.ascontiguousarray(mask[:, :count])
        apart[name] = check_equal(mine[:, :count], peer(*some, function), some[1])
        runners.append(
            Runner(name, lambda s=some, f=function: peer(*s, f), share=count / pixels)  # type: ignore[misc]
        )
    times = compare(runners, rounds=rounds)
    return {
        "pixels": pixels,
        "greatest_difference": apart,
        "times": times,
        "megapixels_per_second": round(pixels / times["ours"]["cpu_seconds"] / 1e6, 3),
        "ratios": ratios(times, "ours"),
        "not_installed": [] if eo_learn else ["eo-learn (requirements/bench.in)"],
    }
