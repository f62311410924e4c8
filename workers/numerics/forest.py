"""The one walker for all tree models: packed nodes, many rows at once, one thread.

A node is one int64: bits 0-15 feature, bits 16-31 threshold (signed), bits 32-63 child. Children
lie side by side: left (value ≤ threshold) at ``child``, right after it. A leaf points to itself
with threshold 32767, so that rows which arrived early stand still while others walk on.
"""

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

ROWS_PER_BATCH = 4_096
ROWS_AT_ONCE = 16  # enough independent loads to hide the latency of the cache
LEVELS_BETWEEN_CHECKS = 3

_INT16_PLANES = types.Array(types.int16, 2, "C", readonly=True)
_INT64S = types.Array(types.int64, 1, "C", readonly=True)
_INT32S = types.Array(types.int32, 1, "C", readonly=True)
_SHARES = types.Array(types.float64, 2, "C", readonly=True)
_STEP = types.void(types.int16[:, ::1], _INT64S, types.int64, types.int64[::1])
_WALK = types.void(_INT16_PLANES, _INT64S, _INT32S, _INT32S, _SHARES, types.float64[:, ::1])


@njit(_STEP, nogil=True, cache=True, error_model="numpy")
def _step(rows, nodes, first, at):  # type: ignore[no-untyped-def]
    for j in range(ROWS_AT_ONCE):
        node = nodes[at[j]]
        value = rows[first + j, node & 0xFFFF]
        at[j] = (node >> 32) + (value > ((node << 32) >> 48))


@njit(_WALK, nogil=True, cache=True, error_model="numpy")
def _walk(planes, nodes, roots, leaf_of, leaves, out):  # type: ignore[no-untyped-def]
    n_features, n = planes.shape
    n_classes = leaves.shape[1]
    rows = np.zeros((ROWS_PER_BATCH, n_features), np.int16)
    total = np.empty((ROWS_PER_BATCH, n_classes), np.float64)
    at = np.empty(ROWS_AT_ONCE, np.int64)
    for start in range(0, n, ROWS_PER_BATCH):
        count = min(ROWS_PER_BATCH, n - start)
        for f in range(n_features):
            for r in range(count):
                rows[r, f] = planes[f, start + r]
        total[:] = 0.0
        for t in range(roots.size):
            root = np.int64(roots[t])
            for first in range(0, count, ROWS_AT_ONCE):
                at[:] = root
                walking = True
                while walking:
                    for _ in range(LEVELS_BETWEEN_CHECKS):
                        _step(rows, nodes, first, at)
                    walking = False
                    for j in range(ROWS_AT_ONCE):
                        walking |= leaf_of[at[j]] < 0
                for j in range(ROWS_AT_ONCE):
                    leaf = leaf_of[at[j]]
                    for k in range(n_classes):
                        total[first + j, k] += leaves[leaf, k]
        for r in range(count):
            for k in range(n_classes):
                out[k, start + r] = total[r, k] / roots.size


def walk_forest(
    planes: NDArray[np.int16],
    nodes: NDArray[np.int64],
    roots: NDArray[np.int32],
    leaf_of: NDArray[np.int32],
    leaves: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return mean leaf shares, float64 (class, pixel), of int16 planes (feature, pixel).

    Sums run tree by tree in float64, as scikit-learn's do with one job: results are bit-equal.

    Args:
        planes: features; missing is the number -32768.
        nodes: packed nodes of all trees.
        roots: first node of each tree.
        leaf_of: row of ``leaves`` for each node, -1 for inner nodes.
        leaves: class shares (leaf, class).
    """
    out = np.empty((leaves.shape[1], planes.shape[1]), np.float64)
    _walk(np.ascontiguousarray(planes), nodes, roots, leaf_of, leaves, out)
    return out
