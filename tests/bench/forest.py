"""The forest walker against scikit-learn on the same forest and pixels, one thread."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from workers.classifiers import random_forest

FEATURES, CLASSES, TREES = 140, 8, 200
SHAPES: dict[str, dict[str, Any]] = {
    "full": {"min_samples_leaf": 1},
    "leaf 5": {"min_samples_leaf": 5},
    "depth 12": {"min_samples_leaf": 1, "max_depth": 12},
}


def run(*, pixels: int = 65_536, samples: int = 8_000, rounds: int = 5) -> dict[str, Any]:
    """Return kpx/s (CPU seconds, median of A B A B rounds) and the ratio for each forest.

    Raises:
        AssertionError: a class differs, or a probability by more than 1e-6.
    """
    rows, codes = _scene(samples, seed=1)
    target = _scene(pixels, seed=2)[0]
    planes = np.ascontiguousarray(target.T)
    return {
        name: _compare(settings, rows, codes, target, planes, rounds)
        for name, settings in SHAPES.items()
    }


def _scene(n: int, *, seed: int) -> tuple[Any, Any]:
    """Correlated int16 features of eight classes, 12 % of the labels wrong."""
    centres = np.random.default_rng(0).normal(0, 500, (CLASSES, FEATURES))
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, CLASSES, n)
    noise = rng.normal(0, 900, (n, FEATURES)) + rng.normal(0, 700, (n, 1))
    rows = np.clip(centres[codes] + noise, -32_767, 32_766).astype(np.int16)
    wrong = rng.random(n) < 0.12
    return rows, np.where(wrong, rng.integers(0, CLASSES, n), codes).astype(np.uint8)


def _compare(
    settings: dict[str, Any], rows: Any, codes: Any, target: Any, planes: Any, rounds: int
) -> dict[str, Any]:
    values = random_forest.Parameters(n_estimators=TREES, **settings).resolved(len(codes))
    model = random_forest.fit(rows, codes, values, seed=0)
    forest = random_forest.pack(model, feature_hash="")
    theirs, ours = model.predict_proba(target).T, forest.probabilities(planes)
    assert np.abs(theirs - ours).max() <= 1e-6, "probabilities differ"
    assert (theirs.argmax(axis=0) == ours.argmax(axis=0)).all(), "classes differ"
    seconds: dict[str, list[float]] = {"sklearn": [], "ours": []}
    for _ in range(rounds):
        seconds["sklearn"].append(_cpu(lambda: model.predict_proba(target)))
        seconds["ours"].append(_cpu(lambda: forest.probabilities(planes)))
    peer, own = (statistics.median(seconds[name]) for name in ("sklearn", "ours"))
    n = target.shape[0] / 1_000
    return {
        "nodes": int(forest.nodes.size),
        "sklearn_kpx_s": round(n / peer, 1),
        "ours_kpx_s": round(n / own, 1),
        "ratio": round(peer / own, 2),
        "target": 1.7 if "max_depth" in settings else 1.3,
    }


def _cpu(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
