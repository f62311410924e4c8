"""Statistics that look at when: day of extremes, sliding means, yearly wave. Pixel by pixel."""

import math

import numpy as np
from numba import njit

from workers.numerics.gather import MISSING

DOY_OF_MAX, DOY_OF_MIN, AMPLITUDE, PHASE, MAXMEAN, DIF_MAX, DIF_MIN, DIFDIF_MEAN = range(13, 21)
SLIDING_DAYS = 30
YEAR_DAYS = 365.25
NONE = -1e30


@njit("int16(float64)", nogil=True, cache=True, error_model="numpy")
def round_value(value):  # type: ignore[no-untyped-def]
    """floor(x + 0.5), clamped to the values that are not reserved; NONE becomes nodata."""
    if not abs(value) < 1e29:
        return MISSING
    return np.int16(min(max(math.floor(value + 0.5), -32767), 32766))


@njit("int64(int16[::1], int64, int64)", nogil=True, cache=True, error_model="numpy")
def first_extreme(values, n, sign):  # type: ignore[no-untyped-def]
    """Position of the greatest (sign 1) or least (sign −1) value; the earliest wins a tie."""
    best = 0
    for k in range(1, n):
        if sign * np.int64(values[k]) > sign * np.int64(values[best]):
            best = k
    return best


@njit("void(int16[::1], int32[::1], int64, float64[::1])", nogil=True, cache=True)
def slide(values, days, n, out):  # type: ignore[no-untyped-def]
    """Fill out with max m⁺, max (m⁺ − m⁻), min (m⁺ − m⁻) over the dates t of the series.

    m⁻(t), m⁺(t): mean of the values in [t − 30 d, t) and [t, t + 30 d). NONE where no date has
    both means.
    """
    out[0], out[1], out[2] = NONE, NONE, NONE
    for t in range(n):
        before = after = n_before = n_after = 0
        for k in range(n):
            lag = days[k] - days[t]
            if -SLIDING_DAYS <= lag < 0:
                before += int(values[k])
                n_before += 1
            elif 0 <= lag < SLIDING_DAYS:
                after += int(values[k])
                n_after += 1
        mean = after / n_after
        out[0] = max(out[0], mean)
        if n_before:
            step = mean - before / n_before
            out[2] = step if out[1] == NONE else min(out[2], step)
            out[1] = max(out[1], step)


@njit(
    "void(int16[::1], float64[:,::1], int64, float64[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def fit_wave(values, wave, n, out):  # type: ignore[no-untyped-def]
    """Least squares y = c + a·cos ωt + b·sin ωt; out: amplitude, day of the crest (0–365).

    wave: cos and sin of the dates of the values. NONE where the dates do not determine the wave.
    """
    c1 = s1 = cc = ss = cs = y0 = yc = ys = 0.0
    for k in range(n):
        c, s, y = wave[0, k], wave[1, k], float(values[k])
        c1 += c
        s1 += s
        cc += c * c
        ss += s * s
        cs += c * s
        y0 += y
        yc += y * c
        ys += y * s
    cc -= c1 * c1 / n
    ss -= s1 * s1 / n
    cs -= c1 * s1 / n
    yc -= y0 * c1 / n
    ys -= y0 * s1 / n
    determinant = cc * ss - cs * cs
    out[0], out[1] = NONE, NONE
    if determinant < 1e-6 * n * n:
        return
    a = (yc * ss - ys * cs) / determinant
    b = (ys * cc - yc * cs) / determinant
    out[0] = math.sqrt(a * a + b * b)
    out[1] = (math.atan2(b, a) / (2 * math.pi) * YEAR_DAYS) % YEAR_DAYS


@njit(
    "float64(int16[::1], int32[::1], int32[::1], int64, float64[:,::1], int64, float64[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def time_statistic(values, days, doys, n, wave, statistic, scratch):  # type: ignore[no-untyped-def]
    """One statistic of one pixel's n valid values, which are in the order of time."""
    if statistic == DOY_OF_MAX:
        return float(doys[first_extreme(values, n, 1)])
    if statistic == DOY_OF_MIN:
        return float(doys[first_extreme(values, n, -1)])
    if statistic in (AMPLITUDE, PHASE):
        fit_wave(values, wave, n, scratch)
        return scratch[0] if statistic == AMPLITUDE else scratch[1]
    slide(values, days, n, scratch)
    if statistic == MAXMEAN:
        return scratch[0]
    if statistic == DIF_MAX:
        return scratch[1]
    if statistic == DIF_MIN:
        return scratch[2]
    return scratch[1] - scratch[2] if scratch[1] != NONE else NONE


@njit(
    "void(int16[:,::1], int32[::1], int32[::1], int32[::1], float64[:,::1], int64, int32[:,::1],"
    " int16[:,::1], int64)",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def time_lanes(series, times, days, doys, harmonic, lanes, outputs, out, start):  # type: ignore[no-untyped-def]
    """All timing statistics of a window. outputs: rows (statistic, feature, n_min)."""
    wanted = False
    for j in range(outputs.shape[0]):
        wanted |= outputs[j, 0] >= DOY_OF_MAX
    if not wanted:
        return
    values = np.empty(times.size + 1, dtype=np.int16)
    day, doy = np.empty(times.size + 1, np.int32), np.empty(times.size + 1, np.int32)
    wave = np.empty((2, times.size + 1), dtype=np.float64)
    scratch = np.empty(3, dtype=np.float64)
    for i in range(lanes):
        n = 0
        for k in range(times.size):
            t = times[k]
            if series[t, i] != MISSING:
                values[n], day[n], doy[n] = series[t, i], days[t], doys[t]
                wave[0, n], wave[1, n] = harmonic[0, t], harmonic[1, t]
                n += 1
        for j in range(outputs.shape[0]):
            statistic = outputs[j, 0]
            if statistic < DOY_OF_MAX:
                continue
            v = NONE
            if n >= outputs[j, 2] and n > 0:
                v = time_statistic(values, day, doy, n, wave, statistic, scratch)
            out[outputs[j, 1], start + i] = round_value(v)
