"""Small fitted forests and pixels that reach every corner of int16."""

from types import ModuleType
from typing import Any

import numpy as np

from workers import registry


def training(n: int = 600, *, features: int = 12, classes: int = 5) -> tuple[Any, Any]:
    """Noisy int16 features with missing values and class codes with gaps."""
    rng = np.random.default_rng(8)
    codes = (rng.integers(0, classes, n) * 3 + 1).astype(np.uint8)
    rows = codes[:, None] * 40 + rng.normal(0, 250, (n, features))
    rows = rows.astype(np.int16)
    rows[rng.random((n, features)) < 0.1] = -32_768
    return rows, codes


def fitted(slug: str, **settings: Any) -> tuple[ModuleType, Any]:
    plugin = registry.classifier(slug)
    rows, codes = training()
    values = plugin.Parameters(n_estimators=30, **settings).resolved(len(codes))
    return plugin, plugin.fit(rows, codes, values, seed=4)


def pixels(n: int = 5_003, *, features: int = 12) -> Any:
    """Any int16 there is, the extremes included; n is no multiple of a batch."""
    rng = np.random.default_rng(1)
    rows = rng.integers(-32_768, 32_768, (n, features)).astype(np.int16)
    rows[: n // 2] = rng.integers(-600, 900, (n // 2, features)).astype(np.int16)
    rows[0], rows[1] = -32_768, 32_767
    return rows
