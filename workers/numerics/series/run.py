"""The block's time features: for 256 pixels, source by source, window by window."""

import numpy as np
from numba import njit

from workers.contracts.expression import BAND
from workers.numerics.gather import MISSING
from workers.numerics.series.layout import LANE, JobTable
from workers.numerics.series.order import (
    COUNT,
    IQR,
    MAX,
    MEAN,
    MIN,
    P010,
    P025,
    P050,
    P075,
    P090,
    P090_P010,
    RANGE,
    extreme_lanes,
    moment_lanes,
    quantile_lanes,
    select_valid,
    sort_lanes,
    sum_lanes,
)
from workers.numerics.series.program import copy_masked, run_program
from workers.numerics.series.timing import time_lanes

# Thousandths (high, low) of the quantile statistics, by code; −1: no difference.
_QUANTILES = np.full((IQR + 1, 2), -1, dtype=np.int64)
_QUANTILES[P010, 0], _QUANTILES[P025, 0], _QUANTILES[P050, 0] = 100, 250, 500
_QUANTILES[P075, 0], _QUANTILES[P090, 0] = 750, 900
_QUANTILES[P090_P010] = 900, 100
_QUANTILES[IQR] = 750, 250


@njit(
    "void(int32[::1], float32[::1], int16[:,::1], int32[:,::1], float32[::1], uint8[:,::1],"
    " int64, int64, float32, float32[:,::1], int16[:,::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def _fill_series(  # type: ignore[no-untyped-def]
    codes, numbers, planes, rows, leaf_scales, mask, start, stop, scale, stack, series
):
    """Compute a source on every date that has its bands and that some window wants."""
    plain = codes.size == 1 and codes[0] == BAND
    leaves = np.empty(rows.shape[0], dtype=np.int32)
    for t in range(rows.shape[1]):
        if rows[0, t] < 0:
            continue
        clear = mask[t, start:stop]
        if plain:
            copy_masked(planes[rows[0, t], start:stop], clear, series[t, : stop - start])
            continue
        for leaf in range(rows.shape[0]):
            leaves[leaf] = rows[leaf, t]
        run_program(
            codes, numbers, planes, leaves, leaf_scales, clear, start, stop, scale, stack, series[t]
        )


@njit(
    "void(int16[:,::1], int64, int64, int32[::1], int32[:,::1], int32[:,::1], int16[:,::1],"
    " int64[:,::1], int32[::1], int64[::1], int64)",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def _window_statistics(  # type: ignore[no-untyped-def]
    values, dates, lanes, counts, network, outputs, out, quantiles, sums, squares, start
):
    """Order statistics, moments and counts of one window; values are sorted on the way."""
    moments = ordered = False
    for j in range(outputs.shape[0]):
        moments |= MEAN <= outputs[j, 0] < COUNT
        ordered |= outputs[j, 0] < MEAN
    if moments:
        sum_lanes(values, dates, lanes, sums, squares)
    if ordered:
        sort_lanes(values, network, lanes)
    for j in range(outputs.shape[0]):
        statistic, n_min = outputs[j, 0], outputs[j, 2]
        target = out[outputs[j, 1], start : start + lanes]
        if statistic in (MIN, MAX, RANGE):
            extreme_lanes(values, counts, lanes, statistic, n_min, target)
        elif statistic < MEAN:
            high, low = quantiles[statistic, 0], quantiles[statistic, 1]
            quantile_lanes(values, counts, lanes, high, low, n_min, target)
        elif statistic < COUNT:
            moment_lanes(sums, squares, counts, lanes, statistic, n_min, target)
        elif statistic == COUNT:
            for i in range(lanes):
                target[i] = counts[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _run(planes, mask, table, quantiles, sizes, out):  # type: ignore[no-untyped-def]
    (codes, numbers, source_ends, source_scales, leaf_scales, leaf_rows, leaf_ends) = table[:7]
    (job_source, time_ends, times, output_ends, outputs, network_ends, network) = table[7:14]
    days, doys, harmonic = table[14:]
    depth, longest, first, last = sizes
    dates = mask.shape[0]
    series = np.full((dates, LANE), MISSING, dtype=np.int16)
    values = np.empty((longest + 1, LANE), dtype=np.int16)
    stack = np.empty((depth + 1, LANE), dtype=np.float32)
    counts, sums = np.zeros(LANE, np.int32), np.zeros(LANE, np.int32)
    squares = np.zeros(LANE, dtype=np.int64)
    for start in range(first, last, LANE):
        stop = min(start + LANE, last)
        current = -1
        for j in range(job_source.size):
            s = job_source[j]
            if s != current:
                current = s
                a, b = source_ends[s], source_ends[s + 1]
                c, d = leaf_ends[s], leaf_ends[s + 1]
                _fill_series(
                    codes[a:b], numbers[a:b], planes, leaf_rows[c:d], leaf_scales[c:d], mask,
                    start, stop, source_scales[s], stack, series,
                )  # fmt: skip
            window = times[time_ends[j] : time_ends[j + 1]]
            select_valid(series, window, stop - start, values, counts)
            wanted = outputs[output_ends[j] : output_ends[j + 1]]
            _window_statistics(
                values, window.size, stop - start, counts,
                network[network_ends[j] : network_ends[j + 1]], wanted, out, quantiles,
                sums, squares, start - first,
            )  # fmt: skip
            time_lanes(
                series, window, days, doys, harmonic, stop - start, wanted, out, start - first
            )


def series_run(
    planes: np.ndarray,
    mask: np.ndarray,
    table: JobTable,
    features: int,
    pixels: tuple[int, int] | None = None,
) -> np.ndarray:
    """Return the features of a range of pixels: int16 (feature, pixel), −32768 = missing.

    planes: int16 (plane, pixel), C order; mask: uint8 (time, pixel), 1 = clear. pixels: first and
    one past the last; None takes all.
    """
    first, last = pixels or (0, planes.shape[1])
    out = np.full((features, last - first), MISSING, dtype=np.int16)
    arrays = (
        table.codes, table.numbers, table.source_ends, table.source_scales, table.leaf_scales,
        table.leaf_rows, table.leaf_ends, table.job_source, table.time_ends, table.times,
        table.output_ends, table.outputs, table.network_ends, table.network, table.days,
        table.day_of_year, table.harmonic,
    )  # fmt: skip
    _run(planes, mask, arrays, _QUANTILES, (table.depth, table.longest, first, last), out)
    return out
