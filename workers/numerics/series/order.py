"""Sorting and integer statistics of lanes: the same comparators for 256 pixels at once."""

import numpy as np
from numba import njit

from workers.numerics.gather import MISSING

SENTINEL = np.int16(32767)  # sorts behind every value
MIN, MAX, RANGE, P010, P025, P050, P075, P090, P090_P010, IQR = range(10)
MEAN, STD, COUNT = 10, 11, 12


@njit("void(int16[:,::1], int32[:,::1], int64)", nogil=True, cache=True, error_model="numpy")
def sort_lanes(values, network, lanes):  # type: ignore[no-untyped-def]
    """Sort each column of values (date, 256) in place by a comparator network."""
    for k in range(network.shape[0]):
        a = values[network[k, 0]]
        b = values[network[k, 1]]
        for i in range(lanes):
            x, y = a[i], b[i]
            a[i] = x if x < y else y
            b[i] = y if x < y else x


@njit(
    "void(int16[:,::1], int32[::1], int64, int16[:,::1], int32[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def select_valid(series, times, lanes, values, counts):  # type: ignore[no-untyped-def]
    """Copy a window's dates; missing ones become the sort sentinel. counts: valid dates."""
    counts[:] = 0
    for k in range(times.size):
        source, target = series[times[k]], values[k]
        for i in range(lanes):
            v = source[i]
            target[i] = v if v != MISSING else SENTINEL
            counts[i] += np.int32(v != MISSING)


@njit(
    "void(int16[:,::1], int64, int64, int32[::1], int64[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def sum_lanes(values, dates, lanes, sums, squares):  # type: ignore[no-untyped-def]
    """Σx and Σx² of the valid values, exact."""
    sums[:] = 0
    squares[:] = 0
    for k in range(dates):
        row = values[k]
        for i in range(lanes):
            v = np.int32(row[i]) if row[i] != SENTINEL else np.int32(0)
            sums[i] += v
            squares[i] += np.int64(v * v)


@njit("int64(int32, int64, int64)", nogil=True, cache=True, error_model="numpy")
def quantile_position(n, permille, part):  # type: ignore[no-untyped-def]
    """Place of a quantile among n sorted values: its index (part 0) or the thousandths after."""
    place = (n - 1) * permille
    return place // 1000 if part == 0 else place % 1000


@njit(
    "void(int16[:,::1], int32[::1], int64, int64, int64, int32, int16[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def quantile_lanes(values, counts, lanes, high, low, n_min, out):  # type: ignore[no-untyped-def]
    """Linear quantile (numpy's default) of sorted lanes, in exact integers, rounded half up.

    high, low: thousandths; low < 0 gives the quantile, else the difference high − low.
    """
    for i in range(lanes):
        n = counts[i]
        if n < n_min or n < 1:
            out[i] = MISSING
            continue
        place = np.uint32((n - 1) * high)
        k = place // np.uint32(1000)
        r = np.int32(place - k * np.uint32(1000))
        a = np.int32(values[k, i])
        total = a * np.int32(1000)
        if r != 0:
            total += (np.int32(values[k + 1, i]) - a) * r
        if low >= 0:
            place = np.uint32((n - 1) * low)
            k = place // np.uint32(1000)
            r = np.int32(place - k * np.uint32(1000))
            a = np.int32(values[k, i])
            total -= a * np.int32(1000)
            if r != 0:
                total -= (np.int32(values[k + 1, i]) - a) * r
        # Shifted to positive numbers, because // of negatives would need a branch.
        rounded = np.int32(np.uint32(total + 65_536_500) // np.uint32(1000)) - np.int32(65_536)
        out[i] = min(max(rounded, np.int32(-32767)), np.int32(32766))


@njit(
    "void(int16[:,::1], int32[::1], int64, int32, int32, int16[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def extreme_lanes(values, counts, lanes, statistic, n_min, out):  # type: ignore[no-untyped-def]
    """Minimum, maximum or range of sorted lanes."""
    for i in range(lanes):
        n = counts[i]
        if n < n_min or n < 1:
            out[i] = MISSING
            continue
        low, high = np.int32(values[0, i]), np.int32(values[n - 1, i])
        v = low if statistic == MIN else (high if statistic == MAX else high - low)
        out[i] = min(v, np.int32(32766))


@njit(
    "void(int32[::1], int64[::1], int32[::1], int64, int32, int32, int16[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def moment_lanes(sums, squares, counts, lanes, statistic, n_min, out):  # type: ignore[no-untyped-def]
    """Mean, or population standard deviation √(nΣx² − (Σx)²) ÷ n, rounded half up."""
    for i in range(lanes):
        n = counts[i]
        s = np.int64(sums[i])
        count = np.float64(max(n, np.int32(1)))
        if statistic == MEAN:
            v = np.float64(s) / count
        else:
            v = np.sqrt(np.float64(n * squares[i] - s * s)) / count
        rounded = np.int32(np.floor(v + 0.5))
        out[i] = np.int16(rounded) if (n >= n_min) & (n > 0) else MISSING
