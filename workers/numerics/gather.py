"""Resampling by gather: exact source coordinates in, values out. Every pixel by itself.

Values are int16 with nodata −32768. Because no value depends on where a window starts, reading by
blocks equals reading the whole.
"""

import numpy as np
from numba import njit

MISSING = np.int16(-32768)
OUTSIDE = -1
UNIT = 128  # bilinear weights are multiples of 1/128, their sums exact integers


@njit("void(int16[::1], int32[::1], int16[::1])", nogil=True, cache=True, error_model="numpy")
def gather_nearest(source, index, out):  # type: ignore[no-untyped-def]
    """Copy source[index] to out; OUTSIDE gives nodata. Equals ``gdalwarp -et 0 -r near``."""
    for i in range(index.size):
        k = index[i]
        out[i] = source[k] if k >= 0 else MISSING


@njit(
    "void(int16[::1], int64, int32[::1], uint8[::1], uint8[::1], int16[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def gather_bilinear(source, width, index, wx, wy, out):  # type: ignore[no-untyped-def]
    """Interpolate between source[index] and its right, lower and lower right neighbours.

    source is a flattened window of ``width`` columns with a border of nodata around the image.
    wx, wy: weights of the right and lower neighbours, in 1/128. A missing neighbour: nearest.
    """
    for i in range(index.size):
        k = index[i]
        if k < 0:
            out[i] = MISSING
            continue
        a, b = np.int32(source[k]), np.int32(source[k + 1])
        c, d = np.int32(source[k + width]), np.int32(source[k + width + 1])
        x, y = np.int32(wx[i]), np.int32(wy[i])
        if min(min(a, b), min(c, d)) == MISSING:
            right, lower = x >= UNIT // 2, y >= UNIT // 2
            out[i] = (d if right else c) if lower else (b if right else a)
            continue
        upper = a * (UNIT - x) + b * x
        under = c * (UNIT - x) + d * x
        out[i] = (upper * (UNIT - y) + under * y + UNIT * UNIT // 2) >> 14


@njit("void(uint8[:,::1], int64[:,::1], uint8[:,::1])", nogil=True, cache=True, error_model="numpy")
def _spread_invalid(valid, offsets, out):  # type: ignore[no-untyped-def]
    rows, columns = valid.shape
    for r in range(rows):
        for c in range(columns):
            if valid[r, c]:
                continue
            for k in range(offsets.shape[0]):
                y, x = r + offsets[k, 0], c + offsets[k, 1]
                if 0 <= y < rows and 0 <= x < columns:
                    out[y, x] = 0


def dilation_reach(distance: float, pixel: tuple[float, float]) -> tuple[int, int]:
    """Return how many (rows, columns) a dilation looks beyond a window. pixel: (x, y) size."""
    return int(distance / pixel[1] + 1e-9), int(distance / pixel[0] + 1e-9)


def dilate_mask(valid: np.ndarray, distance: float, pixel: tuple[float, float]) -> np.ndarray:
    """Make every pixel invalid whose centre lies within a distance of an invalid pixel's centre.

    valid: uint8 (y, x), 1 = valid. distance and pixel (x, y) in one unit, metres as a rule.
    """
    reach_y, reach_x = dilation_reach(distance, pixel)
    if reach_y == 0 and reach_x == 0:
        return valid
    dy, dx = np.mgrid[-reach_y : reach_y + 1, -reach_x : reach_x + 1]
    near = (dy * pixel[1]) ** 2 + (dx * pixel[0]) ** 2 <= distance**2 * (1 + 1e-9)
    out = valid.copy()
    _spread_invalid(valid, np.ascontiguousarray(np.stack([dy[near], dx[near]], axis=1)), out)
    return out
