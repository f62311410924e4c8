"""Every statistic against a plain numpy twin in float64: at most one unit apart."""

import numpy as np
import pytest

from workers.contracts.expression import source_resolve
from workers.contracts.features import N_MIN, STATISTICS
from workers.numerics.series import Jobs, series_run, sort_network
from workers.numerics.series.layout import Job

MISSING = -32768
DATES, PIXELS = 30, 700
BANDS = ("b0", "b1")


def cube(seed=0, clear=0.6):
    rng = np.random.default_rng(seed)
    planes = rng.integers(-3000, 12000, (2 * DATES, PIXELS)).astype(np.int16)
    planes[rng.random(planes.shape) < 0.05] = MISSING
    mask = (rng.random((DATES, PIXELS)) < clear * rng.random(PIXELS) * 1.4).astype(np.uint8)
    days = np.sort(rng.choice(400, DATES, replace=False)).astype(np.int32)
    return planes, mask, days


def features_of(planes, mask, days, source, statistics, times=None, n_min=None):
    jobs = Jobs(days=days, day_of_year=days % 365 + 1)
    program = source_resolve(source, assets=BANDS, common_names=(), indices={})
    rows = np.arange(2 * DATES).reshape(2, DATES)[[BANDS.index(leaf) for leaf in program.leaves]]
    number = jobs.add_source(program, 10_000, [10_000.0] * len(program.leaves), rows)
    times = tuple(range(DATES)) if times is None else times
    outputs = tuple(
        (name, k, N_MIN[name] if n_min is None else n_min) for k, name in enumerate(statistics)
    )
    jobs.jobs.append(Job(number, times, outputs))
    return series_run(planes, mask, jobs.table(), len(statistics))


def half_up(value):
    return np.floor(value + 0.5)


def twin(values, days, doys, statistic):
    """One statistic of one pixel's valid values, float64."""
    q = {"p010": 10, "p025": 25, "p050": 50, "p075": 75, "p090": 90}
    if statistic in q:
        return np.percentile(values, q[statistic])
    match statistic:
        case "min" | "max" | "mean" | "std":
            return getattr(np, statistic)(values)
        case "range":
            return values.max() - values.min()
        case "p090-p010":
            return np.percentile(values, 90) - np.percentile(values, 10)
        case "iqr":
            return np.percentile(values, 75) - np.percentile(values, 25)
        case "doy_of_max":
            return doys[np.argmax(values)]
        case "doy_of_min":
            return doys[np.argmin(values)]
        case "amplitude" | "phase":
            angle = 2 * np.pi * days / 365.25
            matrix = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)], axis=1)
            _, a, b = np.linalg.lstsq(matrix, values, rcond=None)[0]
            if statistic == "amplitude":
                return np.hypot(a, b)
            return (np.arctan2(b, a) / (2 * np.pi) * 365.25) % 365.25
    after = np.array([values[(days >= t) & (days < t + 30)].mean() for t in days])
    before = [values[(days >= t - 30) & (days < t)] for t in days]
    steps = np.array([a - b.mean() for a, b in zip(after, before, strict=True) if b.size])
    if statistic == "maxmean":
        return after.max()
    if not steps.size:
        return np.nan
    return {
        "dif_max": steps.max(), "dif_min": steps.min(), "difdif_mean": steps.max() - steps.min(),
    }[statistic]  # fmt: skip


@pytest.mark.parametrize("statistic", STATISTICS)
def test_statistic_agrees_with_its_twin(statistic):
    planes, mask, days = cube()
    found = features_of(planes, mask, days, "b0", [statistic])[0]
    doys = days % 365 + 1
    for pixel in range(PIXELS):
        valid = (mask[:, pixel] == 1) & (planes[:DATES, pixel] != MISSING)
        if statistic == "count_valid":
            assert found[pixel] == valid.sum()
            continue
        if valid.sum() < N_MIN[statistic]:
            assert found[pixel] == MISSING
            continue
        values = planes[:DATES, pixel][valid].astype(float)
        expected = twin(values, days[valid].astype(float), doys[valid], statistic)
        if np.isnan(expected):
            assert found[pixel] == MISSING
        else:
            assert abs(found[pixel] - np.clip(half_up(expected), -32767, 32766)) <= 1
    assert (found != MISSING).mean() > 0.3
    assert (found == MISSING).any() or statistic in ("count_valid", "mean")


@pytest.mark.parametrize(
    "text",
    [
        "(b0 - b1) / (b0 + b1)", "sqrt(abs(b0))", "min(b0, b1, 0.2)", "max(b0, -b1)",
        "clip(b0, 0, 0.5)", "b0 ** 2 - b1 ** 3", "log10(b0 + 0.4)", "-b0 * 2 / 3 + b1 ** 4",
    ],
)  # fmt: skip
def test_program_agrees_with_numpy(text):
    planes, mask, days = cube(seed=4)
    found = features_of(planes, mask, days, text, ["max"], times=(0,), n_min=1)[0]
    b0, b1 = (planes[k * DATES] / 10_000 for k in (0, 1))
    names = {"sqrt": np.sqrt, "abs": np.abs, "log10": np.log10, "clip": np.clip}
    names |= {"min": lambda *v: np.min(np.broadcast_arrays(*v), axis=0)}
    names |= {"max": lambda *v: np.max(np.broadcast_arrays(*v), axis=0), "b0": b0, "b1": b1}
    with np.errstate(all="ignore"):
        expected = eval(text, {"__builtins__": {}}, names) * 10_000
    bad = (mask[0] == 0) | (planes[0] == MISSING) | ~np.isfinite(expected)
    if "b1" in text:
        bad |= planes[DATES] == MISSING
    if "/ (" in text:
        bad |= np.abs(b0 + b1) < 1e-6
    good = ~bad
    assert (found[bad] == MISSING).all()
    clamped = np.clip(half_up(expected[good]), -32767, 32766)
    steep = np.abs(expected[good]) > 1e5
    assert (np.abs(found[good] - clamped)[~steep] <= 1).all()
    assert good.sum() > 100


def test_pixels_do_not_depend_on_their_neighbours_or_their_lane():
    planes, mask, days = cube(seed=2)
    whole = features_of(planes, mask, days, "b0 - b1", STATISTICS)
    order = np.random.default_rng(1).permutation(PIXELS)[:333]
    some = features_of(
        np.ascontiguousarray(planes[:, order]), np.ascontiguousarray(mask[:, order]), days,
        "b0 - b1", STATISTICS,
    )  # fmt: skip
    assert np.array_equal(some, whole[:, order])


def test_a_range_of_pixels_equals_the_same_pixels_of_the_whole():
    planes, mask, days = cube(seed=6)
    jobs = Jobs(days=days, day_of_year=days % 365 + 1)
    program = source_resolve("b0", assets=BANDS, common_names=(), indices={})
    jobs.add_source(program, 10_000, [10_000.0], np.arange(DATES)[None])
    jobs.jobs.append(Job(0, tuple(range(DATES)), (("p050", 0, 3), ("phase", 1, 6))))
    table = jobs.table()
    whole = series_run(planes, mask, table, 2)
    assert np.array_equal(series_run(planes, mask, table, 2, (131, 577)), whole[:, 131:577])


def test_a_window_takes_only_its_dates():
    planes, mask, days = cube(seed=7)
    times = (3, 4, 9, 20)
    found = features_of(planes, mask, days, "b1", ["count_valid"], times=times)[0]
    valid = (mask == 1) & (planes[DATES:] != MISSING)
    assert np.array_equal(found, valid[list(times)].sum(axis=0))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 8, 13, 36, 60, 145])
def test_the_network_sorts_every_pattern_of_zeros_and_ones(n):
    rng = np.random.default_rng(n)
    values = (rng.random((n, 4000)) < rng.random(4000)).astype(np.int8)
    expected = np.sort(values, axis=0)
    for a, b in sort_network(n):
        values[a], values[b] = np.minimum(values[a], values[b]), np.maximum(values[a], values[b])
    assert np.array_equal(values, expected)
