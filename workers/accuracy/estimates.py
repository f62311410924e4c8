"""A figure with its standard error and 95 % interval, and the intervals of counts."""

import math
from dataclasses import dataclass
from typing import Any

Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution


@dataclass(frozen=True)
class Estimate:
    """value with standard error; ``low`` and ``high`` bound the 95 % interval."""

    value: float
    se: float
    low: float
    high: float

    @classmethod
    def normal(
        cls, value: float, variance: float, *, floor: float = 0.0, ceiling: float = math.inf
    ) -> "Estimate":
        """Return value ± 1.96 √variance (exactly: ``Z95``), cut to what the quantity can be."""
        se = math.sqrt(max(variance, 0.0))
        return cls(value, se, max(floor, value - Z95 * se), min(ceiling, value + Z95 * se))

    @classmethod
    def share(cls, value: float, variance: float) -> "Estimate":
        return cls.normal(value, variance, ceiling=1.0)

    @property
    def half_width(self) -> float:
        """1.96 standard errors, as accuracies are usually printed."""
        return Z95 * self.se

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "se": self.se, "ci95": [self.low, self.high]}


def wilson(successes: float, n: float) -> Estimate | None:
    """Return a proportion with Wilson's 95 % score interval (Wilson 1927); None when n is 0.

    Unlike the normal interval it has a width when all or none succeed.
    """
    if n <= 0:
        return None
    p = successes / n
    scale = 1.0 / (1.0 + Z95**2 / n)
    centre = scale * (p + Z95**2 / (2 * n))
    half = scale * Z95 * math.sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Estimate(p, math.sqrt(p * (1 - p) / n), low, high)
