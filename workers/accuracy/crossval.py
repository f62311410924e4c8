"""Accuracy from out-of-fold predictions, with intervals that respect the blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.accuracy.estimates import Estimate, wilson
from workers.accuracy.matrix import Rates, rates

REPLICATES = 1_000
INTERVAL = (
    "95 % percentile interval of a block bootstrap (1,000 draws of whole blocks); "
    "Wilson's interval where all draws agree"
)
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OutOfFold:
    """One row a sample: positions of the predicted and reference class, and its block."""

    predicted: Ints
    reference: Ints
    blocks: Ints


def bootstrap_matrices(
    result: OutOfFold, n_classes: int, *, rng: np.random.Generator, replicates: int = REPLICATES
) -> Floats:
    """Return matrices (replicate, map, reference) of draws of whole blocks with replacement."""
    cells = result.predicted * n_classes + result.reference
    n_blocks = int(result.blocks.max()) + 1
    out = np.empty((replicates, n_classes * n_classes))
    for r in range(replicates):
        drawn = np.bincount(rng.integers(0, n_blocks, n_blocks), minlength=n_blocks)
        out[r] = np.bincount(cells, weights=drawn[result.blocks], minlength=n_classes**2)
    return out.reshape(replicates, n_classes, n_classes)


def estimate_of(value: float, draws: Floats, hits: float, n: float) -> Estimate | None:
    """Return a share with its bootstrap interval, or Wilson's where the draws say nothing."""
    if not np.isfinite(value):
        return None
    finite = draws[np.isfinite(draws)]
    counted = wilson(hits, n)
    if counted is not None and (finite.size < 2 or float(np.ptp(finite)) == 0.0):
        return Estimate(value, counted.se, counted.low, counted.high)
    low, high = np.quantile(finite, (0.025, 0.975))
    return Estimate(
        value, float(finite.std(ddof=1)), min(float(low), value), max(float(high), value)
    )


def assessment_report(
    result: OutOfFold, classes: Sequence[int], assessed: NDArray[np.bool_], *, seed: int
) -> dict[str, Any]:
    """Return classes, matrix, overall_accuracy, macro_f1 and per_class as plain JSON.

    Rows are the prediction, columns the reference. ``assessed`` marks classes whose accuracy can
    be estimated; the others carry null and are left out of macro F1. ``area`` is null: samples
    for training are no probability sample.
    """
    n = len(classes)
    matrix = np.bincount(result.predicted * n + result.reference, minlength=n * n).reshape(n, n)
    draws = bootstrap_matrices(result, n, rng=np.random.default_rng(seed))
    point, spread = rates(matrix), rates(draws)
    with np.errstate(invalid="ignore"):
        macro = _macro(np.where(assessed, point.f1, np.nan))
        macro_draws = _macro(np.where(assessed, spread.f1, np.nan))
    hits, total = float(np.trace(matrix)), float(matrix.sum())
    overall = estimate_of(float(point.overall), spread.overall, hits, total)
    macro_f1 = estimate_of(float(macro), macro_draws, hits, total)
    return {
        "classes": [int(code) for code in classes],
        "matrix": matrix.tolist(),
        "overall_accuracy": overall.as_json() if overall else None,
        "macro_f1": macro_f1.as_json() if macro_f1 else None,
        "per_class": [
            _class_row(int(code), k, matrix, point, spread, assessed=assessed)
            for k, code in enumerate(classes)
        ],
        "interval": INTERVAL,
    }


def _macro(f1: Floats) -> Floats:
    counted = np.isfinite(f1).sum(axis=-1)
    total: Floats = np.nansum(f1, axis=-1)
    return np.asarray(np.where(counted > 0, total / np.maximum(counted, 1), np.nan))


def _class_row(
    code: int, k: int, matrix: Ints, point: Rates, draws: Rates, *, assessed: NDArray[np.bool_]
) -> dict[str, Any]:
    hits, mapped, reference = matrix[k, k], matrix[k].sum(), matrix[:, k].sum()
    row: dict[str, Any] = {"code": code, "mapped": int(mapped), "reference": int(reference)}
    figures = {
        "users_accuracy": (point.users[k], draws.users[:, k], hits, mapped),
        "producers_accuracy": (point.producers[k], draws.producers[:, k], hits, reference),
        "f1": (point.f1[k], draws.f1[:, k], 2 * hits, mapped + reference),
    }
    for name, (value, spread, good, n) in figures.items():
        found = estimate_of(float(value), spread, float(good), float(n)) if assessed[k] else None
        row[name] = found.value if found else None
        row[f"{name}_se"] = found.se if found else None
        row[f"{name}_ci95"] = [found.low, found.high] if found else None
    row["area"] = None
    return row
