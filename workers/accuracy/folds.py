"""Splits for cross-validation: whole places, groups or polygons are withheld together.

Coordinates are in metres of one projected system. Samples of one unit (a polygon's pixels, a
group) always share a fold; a unit belongs to the block that holds its centre.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workers.errors import ParameterError

Method = Literal["spatial_block", "group", "region", "polygon", "random"]
BLOCK_LADDER_M = (
    50_000.0, 25_000.0, 20_000.0, 10_000.0, 5_000.0, 2_500.0,
    1_000.0, 500.0, 250.0, 200.0, 100.0,
)  # fmt: skip
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SamplePlaces:
    """Where samples are and what belongs together; all arrays have one entry a sample.

    ``polygons``: same value = pixels of one polygon. ``groups``: same value = one group (a
    polygon is in one group). ``regions``: None when no sample names a region.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    labels: Ints
    polygons: Ints
    groups: Ints
    regions: Ints | None = None

    @property
    def size(self) -> int:
        return int(self.x.size)


@dataclass(frozen=True)
class FoldOptions:
    """What was asked for; None = the default of the data."""

    method: Method = "spatial_block"
    k: int = 5
    block_size_m: float | None = None
    buffer_m: float | None = None


@dataclass(frozen=True)
class FoldPlan:
    """``blocks`` and ``folds`` number each sample; ``used`` holds the values applied."""

    blocks: Ints
    folds: Ints
    k: int
    used: dict[str, Any]
    assessed: Flags  # per class position: can its accuracy be estimated?
    warnings: tuple[str, ...]
    buffer_m: float
    block_size_m: float | None
    places: SamplePlaces = field(repr=False)

    def split(self, fold: int) -> tuple[Flags, Flags]:
        """Return (training, test) flags of a fold; the buffer is in neither."""
        test = self.folds == fold
        train = ~test
        if self.buffer_m > 0:
            train &= ~self._near(test, train)
        return train, test

    def _near(self, test: Flags, train: Flags) -> Flags:
        places, near = self.places, np.zeros(test.size, dtype=bool)
        xs, ys = places.x[train], places.y[train]
        hits = cells_within(xs, ys, places.x[test], places.y[test], self.buffer_m, self.buffer_m)
        if self.block_size_m is not None:
            in_test = np.isin(self.blocks, np.unique(self.blocks[test]))
            centres = in_test & test
            hits |= cells_within(
                xs, ys, places.x[centres], places.y[centres], self.block_size_m, self.buffer_m
            )
        near[train] = hits
        return near


def cells_within(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    cell_x: NDArray[np.float64],
    cell_y: NDArray[np.float64],
    edge: float,
    distance: float,
) -> Flags:
    """Return which points lie closer than ``distance`` to a square cell that holds a cell point.

    Cells have edge length ``edge`` and start at the origin of the system. With ``edge`` equal to
    the distance this errs towards dropping a few points more, never fewer.
    """
    occupied = np.unique(
        np.stack([np.floor(cell_x / edge), np.floor(cell_y / edge)], axis=1), axis=0
    )
    keys = occupied[:, 0] * 2.0**26 + occupied[:, 1]
    keys.sort()
    col, row = np.floor(x / edge), np.floor(y / edge)
    reach = math.ceil(distance / edge)
    near = np.zeros(x.size, dtype=bool)
    for di in range(-reach, reach + 1):
        for dj in range(-reach, reach + 1):
            key = (col + di) * 2.0**26 + (row + dj)
            at = np.minimum(np.searchsorted(keys, key), keys.size - 1)
            left, bottom = (col + di) * edge, (row + dj) * edge
            dx = np.maximum(np.maximum(left - x, x - left - edge), 0.0)
            dy = np.maximum(np.maximum(bottom - y, y - bottom - edge), 0.0)
            near |= (keys[at] == key) & (np.hypot(dx, dy) < distance)
    return near


def dense(values: NDArray[Any]) -> Ints:
    """Return 0-based numbers of equal values, in sorted order of the values."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64).reshape(-1)


def block_numbers(places: SamplePlaces, edge: float) -> Ints:
    """Return the number of the square block that holds the centre of each unit."""
    n = np.bincount(places.groups)
    cx = np.bincount(places.groups, weights=places.x) / np.maximum(n, 1)
    cy = np.bincount(places.groups, weights=places.y) / np.maximum(n, 1)
    cells = np.stack([np.floor(cx / edge), np.floor(cy / edge)], axis=1)[places.groups]
    return np.unique(cells, axis=0, return_inverse=True)[1].astype(np.int64).reshape(-1)


def block_size_default(places: SamplePlaces, k: int) -> float:
    """Return the largest edge of the ladder with at least 4·k occupied blocks (or the last)."""
    for edge in BLOCK_LADDER_M:
        if int(block_numbers(places, edge).max()) + 1 >= 4 * k:
            return edge
    return BLOCK_LADDER_M[-1]


def buffer_default(block_size_m: float) -> float:
    """Return min(1 km, block ÷ 10); 0 for blocks under 1 km."""
    return 0.0 if block_size_m < 1_000 else min(1_000.0, block_size_m / 10)


def folds_plan(
    places: SamplePlaces, options: FoldOptions, *, classes: Sequence[int], seed: int
) -> FoldPlan:
    """Assign every sample to a fold, the same way for the same input and seed.

    Args:
        places: samples; ``labels`` are positions in ``classes``.
        options: method and values asked for.
        classes: class codes, for messages.
        seed: of the shuffle of equal blocks.

    Raises:
        ParameterError: k < 2, a value out of range, no regions, or fewer than two classes with
            at least two samples in at least two blocks.
    """
    _check(places, options)
    blocks, edge = _blocks(places, options)
    buffer_m = options.buffer_m
    if buffer_m is None:
        buffer_m = buffer_default(edge) if edge is not None else 0.0
    warnings: list[str] = []
    n_blocks = int(blocks.max()) + 1
    assessed = _assessed(places.labels, blocks, classes, options.method, warnings)
    k = options.k
    if n_blocks < k:
        warnings.append(
            f"folds.k was lowered from {k} to {n_blocks}: the samples occupy only {n_blocks} "
            f"{_noun(options.method)}."
        )
        k = n_blocks
    folds = _deal(places.labels, blocks, k, n_classes=len(classes), seed=seed)
    used = {
        "method": options.method,
        "k": k,
        "block_size_m": edge,
        "buffer_m": buffer_m,
        "blocks": n_blocks,
        "seed": seed,
    }
    return FoldPlan(blocks, folds, k, used, assessed, tuple(warnings), buffer_m, edge, places)


def _check(places: SamplePlaces, options: FoldOptions) -> None:
    if places.size == 0:
        raise ParameterError("There is no sample to split; add labelled samples with imagery.")
    if options.k < 2:
        raise ParameterError(f"folds.k is {options.k}; at least 2 folds are needed.")
    if options.block_size_m is not None and not options.block_size_m > 0:
        raise ParameterError(f"folds.block_size_m is {options.block_size_m}; it must be above 0.")
    if options.buffer_m is not None and not options.buffer_m >= 0:
        raise ParameterError(f"folds.buffer_m is {options.buffer_m}; it must be 0 or more.")


def _noun(method: Method) -> str:
    return {
        "spatial_block": "blocks",
        "group": "groups",
        "region": "regions",
        "polygon": "polygons",
        "random": "samples",
    }[method]


def _blocks(places: SamplePlaces, options: FoldOptions) -> tuple[Ints, float | None]:
    if options.method == "spatial_block":
        edge = options.block_size_m or block_size_default(places, options.k)
        return block_numbers(places, edge), edge
    if options.method == "region":
        if places.regions is None:
            raise ParameterError(
                "folds.method is 'region' but the samples name no region; "
                "set a region on the samples or use 'spatial_block'."
            )
        return _whole_groups(places.regions, places.groups), None
    return dense(places.polygons if options.method == "polygon" else places.groups), None


def _whole_groups(values: Ints, groups: Ints) -> Ints:
    """Give every group the value of its first sample."""
    first = np.unique(groups, return_index=True)[1]
    return dense(values[first][groups])


def _assessed(
    labels: Ints, blocks: Ints, classes: Sequence[int], method: Method, warnings: list[str]
) -> Flags:
    n = len(classes)
    samples = np.bincount(labels, minlength=n)
    pairs = np.unique(np.stack([labels, blocks], axis=1), axis=0)
    spread = np.bincount(pairs[:, 0], minlength=n)
    assessed = (samples >= 2) & (spread >= 2)
    for code, ok, count, places in zip(classes, assessed, samples, spread, strict=True):
        if count and not ok:
            warnings.append(
                f"Class {code} has {count} sample(s) in {places} of the {_noun(method)}; it is "
                "trained, but its accuracy cannot be estimated (2 samples in 2 are needed)."
            )
    if assessed.sum() < 2:
        raise ParameterError(
            "Fewer than two classes have at least 2 samples in at least 2 "
            f"{_noun(method)}: nothing can be cross-validated. Add samples of more classes "
            "in more places, or set a smaller folds.block_size_m."
        )
    return np.asarray(assessed)


def _deal(labels: Ints, blocks: Ints, k: int, *, n_classes: int, seed: int) -> Ints:
    """Give blocks to folds so that every fold has about the same share of every class.

    Largest blocks first, each to the fold where the spread of class shares stays least (the
    greedy rule of scikit-learn's StratifiedGroupKFold).
    """
    n_blocks = int(blocks.max()) + 1
    cells = np.bincount(blocks * n_classes + labels, minlength=n_blocks * n_classes)
    counts = np.asarray(cells.reshape(n_blocks, n_classes), dtype=np.float64)
    shuffled = np.random.default_rng(seed).permutation(n_blocks)
    order = shuffled[np.argsort(-counts[shuffled].std(axis=1), kind="stable")]
    share = counts / np.maximum(counts.sum(axis=0), 1.0)
    filled = np.zeros((k, n_classes))
    sizes = np.zeros(k)
    of_block = np.zeros(n_blocks, dtype=np.int64)
    for done, block in enumerate(order):
        fold = _best_fold(filled, sizes, share[block], blocks_left=n_blocks - done)
        of_block[block] = fold
        filled[fold] += share[block]
        sizes[fold] += counts[block].sum()
    _spread_classes(of_block, counts, k)
    return of_block[blocks]


def _best_fold(
    filled: NDArray[np.float64],
    sizes: NDArray[np.float64],
    share: NDArray[np.float64],
    *,
    blocks_left: int,
) -> int:
    empty = np.flatnonzero(sizes == 0)
    if empty.size >= blocks_left:
        return int(empty[0])
    # Adding to fold f changes the variance over folds only through 2·filled[f]·share, so the
    # fold with the least weighted filling has the least spread.
    score = filled @ share
    return int(np.lexsort((sizes, np.round(score, 12)))[0])


def _spread_classes(of_block: Ints, counts: NDArray[np.float64], k: int) -> None:
    """Move one block of a class whose blocks all fell into one fold: it must be learnable."""
    for label in range(counts.shape[1]):
        holders = np.flatnonzero(counts[:, label])
        if holders.size < 2 or np.unique(of_block[holders]).size > 1:
            continue
        home = of_block[holders[0]]
        if np.count_nonzero(of_block == home) < 2:
            continue
        smallest = holders[np.argmin(counts[holders].sum(axis=1))]
        sizes = np.bincount(of_block, weights=counts.sum(axis=1), minlength=k)
        sizes[home] = np.inf
        of_block[smallest] = int(np.argmin(sizes))
