"""Confusion matrices: rows are the map, columns the reference (Olofsson et al. 2014)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.errors import ParameterError

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def class_positions(codes: NDArray[np.integer], classes: Sequence[int], what: str) -> Counts:
    """Return the position of each code in ``classes``; refuse codes that are not there."""
    order = np.argsort(np.asarray(classes, dtype=np.int64), kind="stable")
    known = np.asarray(classes, dtype=np.int64)[order]
    at = np.searchsorted(known, codes)
    at = np.minimum(at, max(known.size - 1, 0))
    if known.size == 0 or (known[at] != codes).any():
        strange = sorted(set(np.unique(codes).tolist()) - set(known.tolist()))
        raise ParameterError(
            f"The {what} holds class codes {strange} that are not among the classes "
            f"{list(classes)}. Add them to the nomenclature or leave these samples out."
        )
    return np.asarray(order[at], dtype=np.int64)


def confusion_matrix(
    mapped: NDArray[np.integer], reference: NDArray[np.integer], classes: Sequence[int]
) -> Counts:
    """Count (mapped class, reference class) pairs; int64 (map class, reference class)."""
    rows = class_positions(np.asarray(mapped), classes, "map")
    columns = class_positions(np.asarray(reference), classes, "reference")
    n = len(classes)
    return np.bincount(rows * n + columns, minlength=n * n).reshape(n, n)


@dataclass(frozen=True)
class Rates:
    """Accuracies of matrices (..., class, class); NaN where the denominator is 0."""

    overall: Floats
    users: Floats
    producers: Floats
    f1: Floats


def rates(matrix: NDArray[np.number]) -> Rates:
    """Return overall, user's and producer's accuracy and F1 of one or many matrices.

    F1 = 2·hits / (mapped + reference), which is defined also when a class is never mapped.
    """
    counts = np.asarray(matrix, dtype=np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    mapped, reference = counts.sum(axis=-1), counts.sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Rates(
            overall=hits.sum(axis=-1) / counts.sum(axis=(-2, -1)),
            users=hits / mapped,
            producers=hits / reference,
            f1=2 * hits / (mapped + reference),
        )


def kappa(proportions: Floats) -> float:
    """Return Cohen's kappa of a matrix of counts or proportions."""
    p = np.asarray(proportions, dtype=np.float64) / np.sum(proportions)
    chance = float(p.sum(axis=1) @ p.sum(axis=0))
    return (float(np.trace(p)) - chance) / (1.0 - chance)
