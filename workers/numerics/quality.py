"""Observation counts: how much imagery stands behind a pixel."""

import numpy as np
from numba import njit

from workers.numerics.gather import MISSING


@njit(
    "void(int16[:,::1], uint8[:,::1], int32[::1], int32[::1], int64, uint16[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def count_valid_observations(planes, mask, slots, ends, first, out):  # type: ignore[no-untyped-def]
    """Count the dates on which a pixel is clear and none of the date's planes is missing.

    planes: (slot, pixel); mask: (time, pixel), 1 = clear; slots[ends[t − 1]:ends[t]] are the
    planes of date t; a date without any is not counted. out: the data score of the pixels from
    ``first`` on.
    """
    clear = np.empty(out.size, dtype=np.uint8)
    out[:] = 0
    start = 0
    for t in range(mask.shape[0]):
        if ends[t] == start:
            continue
        clear[:] = mask[t, first : first + out.size]
        for j in range(start, ends[t]):
            plane = planes[slots[j], first : first + out.size]
            for i in range(out.size):
                clear[i] &= np.uint8(plane[i] != MISSING)
        for i in range(out.size):
            out[i] += clear[i]
        start = ends[t]
