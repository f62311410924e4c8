"""Interpreter of postfix programs over lanes of 256 pixels, float32."""

import math

import numpy as np
from numba import njit

from workers.contracts.expression import (
    ABS,
    ADD,
    BAND,
    CLIP,
    DIV,
    LOG10,
    MAX,
    MIN,
    MUL,
    NEG,
    NUMBER,
    POW,
    SQRT,
    SUB,
)
from workers.numerics.gather import MISSING

LOW, HIGH = -32767, 32766
SMALL = np.float32(1e-6)
HALF = np.float32(0.5)
NAN = np.float32(np.nan)


@njit("void(int16[::1], uint8[::1], int16[::1])", nogil=True, cache=True, error_model="numpy")
def copy_masked(plane, clear, out):  # type: ignore[no-untyped-def]
    for i in range(plane.size):
        out[i] = plane[i] if clear[i] else MISSING


@njit(
    "void(int16[::1], uint8[::1], float32, float32[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def load_lane(plane, clear, scale, out):  # type: ignore[no-untyped-def]
    """Physical values of a plane; NaN where masked or missing."""
    for i in range(plane.size):
        v = np.float32(plane[i]) / scale
        out[i] = v if (clear[i] != 0) & (plane[i] != MISSING) else NAN


@njit("void(float32[::1], float32, int16[::1])", nogil=True, cache=True, error_model="numpy")
def store_lane(values, scale, out):  # type: ignore[no-untyped-def]
    """floor(x · scale + 0.5), clamped; NaN and infinities become nodata."""
    for i in range(out.size):
        v = values[i] * scale
        good = abs(v) < np.float32(1e30)
        v = v if good else np.float32(0)
        v = max(min(v, np.float32(HIGH)), np.float32(LOW))
        out[i] = np.int16(np.int32(np.floor(v + HALF))) if good else MISSING


@njit("void(int32, float32[::1], float32[::1])", nogil=True, cache=True, error_model="numpy")
def apply_binary(operation, a, b):  # type: ignore[no-untyped-def]
    """A becomes a ∘ b; |divisor| < 1e-6 gives NaN."""
    n = a.size
    if operation == ADD:
        for i in range(n):
            a[i] = a[i] + b[i]
    elif operation == SUB:
        for i in range(n):
            a[i] = a[i] - b[i]
    elif operation == MUL:
        for i in range(n):
            a[i] = a[i] * b[i]
    elif operation == DIV:
        for i in range(n):
            q = a[i] / b[i]
            a[i] = q if abs(b[i]) >= SMALL else NAN
    else:
        for i in range(n):
            x, y = a[i], b[i]
            take = x < y if operation == MIN else x > y
            v = x if take else y
            a[i] = NAN if (x != x) | (y != y) else v


@njit("void(int32, float32, float32[::1])", nogil=True, cache=True, error_model="numpy")
def apply_unary(operation, argument, a):  # type: ignore[no-untyped-def]
    n = a.size
    if operation == NEG:
        for i in range(n):
            a[i] = -a[i]
    elif operation == ABS:
        for i in range(n):
            a[i] = abs(a[i])
    elif operation == SQRT:
        for i in range(n):
            a[i] = np.sqrt(a[i]) if a[i] >= 0 else NAN
    elif operation == LOG10:
        for i in range(n):
            a[i] = np.float32(math.log10(a[i])) if a[i] > 0 else NAN
    else:
        for i in range(n):
            x = a[i]
            v = x * x
            if argument == 3:
                v = v * x
            elif argument == 4:
                v = v * v
            a[i] = v


@njit(
    "void(float32[::1], float32[::1], float32[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def apply_clip(a, low, high):  # type: ignore[no-untyped-def]
    for i in range(a.size):
        x, lo, hi = a[i], low[i], high[i]
        v = lo if x < lo else x
        v = hi if v > hi else v
        a[i] = NAN if (x != x) | (lo != lo) | (hi != hi) else v


@njit(
    "void(int32[::1], float32[::1], int16[:,::1], int32[::1], float32[::1], uint8[::1],"
    " int64, int64, float32, float32[:,::1], int16[::1])",
    nogil=True,
    cache=True,
    error_model="numpy",
)
def run_program(  # type: ignore[no-untyped-def]
    codes, numbers, planes, rows, leaf_scales, clear, start, stop, scale, stack, out
):
    """Compute one source on one date for the pixels start:stop.

    codes, numbers: postfix operations and arguments. rows: plane of each leaf. stack: scratch
    (depth, 256). out: int16 (256).
    """
    n = stop - start
    top = -1
    for k in range(codes.size):
        operation = codes[k]
        if operation == BAND:
            top += 1
            leaf = np.int64(numbers[k])
            load_lane(planes[rows[leaf], start:stop], clear, leaf_scales[leaf], stack[top, :n])
        elif operation == NUMBER:
            top += 1
            stack[top, :n] = numbers[k]
        elif operation == CLIP:
            top -= 2
            apply_clip(stack[top, :n], stack[top + 1, :n], stack[top + 2, :n])
        elif ADD <= operation <= DIV or operation in (MIN, MAX):
            top -= 1
            apply_binary(operation, stack[top, :n], stack[top + 1, :n])
        else:
            apply_unary(operation, numbers[k], stack[top, :n])
    store_lane(stack[0, :n], scale, out[:n])


assert (BAND, NUMBER, NEG, POW, SQRT, ABS, LOG10) == (0, 1, 6, 7, 8, 9, 13)  # noqa: S101
