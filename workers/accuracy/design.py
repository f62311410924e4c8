"""Design-based estimators of map accuracy and class areas.

``stratified``: strata are the map classes (Olofsson et al. 2014, Remote Sensing of Environment
148, 42-57). ``stratified_ratio``: any strata (Stehman 2014, International Journal of Remote
Sensing 35, 4923-4939). Areas are in the unit of the total area handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.accuracy.estimates import Estimate
from workers.accuracy.matrix import Counts, Floats, class_positions
from workers.errors import ParameterError


@dataclass(frozen=True)
class ClassAccuracy:
    """``None`` where the class is never mapped (user's) or never the reference (producer's)."""

    code: int
    users: Estimate | None
    producers: Estimate | None
    area: Estimate

    @property
    def f1(self) -> float | None:
        if self.users is None or self.producers is None:
            return None
        total = self.users.value + self.producers.value
        return 2 * self.users.value * self.producers.value / total if total else 0.0


@dataclass(frozen=True)
class DesignAccuracy:
    """``proportions``: estimated area shares (map class, reference class), summing to 1."""

    classes: tuple[int, ...]
    proportions: Floats
    overall: Estimate
    per_class: tuple[ClassAccuracy, ...]


def stratified(
    matrix: Counts, mapped: Sequence[float], classes: Sequence[int], *, total_area: float = 1.0
) -> DesignAccuracy:
    """Estimate accuracies and areas from a sample stratified by the map classes.

    Args:
        matrix: sample counts (map class, reference class).
        mapped: mapped pixels or area of each map class, any unit.
        classes: codes of rows and columns.
        total_area: area of the whole map; class areas come in its unit.

    Raises:
        ParameterError: a mapped class has fewer than two samples, so its variance is unknown.
    """
    counts = np.asarray(matrix, dtype=np.float64)
    size = np.asarray(mapped, dtype=np.float64)
    n = counts.sum(axis=1)
    short = [c for c, k, a in zip(classes, n, size, strict=True) if k < 2 and (k > 0 or a > 0)]
    if short:
        raise ParameterError(
            f"Map classes {short} have fewer than two samples each; draw more samples there "
            "or merge the classes before assessing."
        )
    weight = size / size.sum()
    share = np.divide(counts, n[:, None], out=np.zeros_like(counts), where=n[:, None] > 0)
    spread = share * (1 - share) / np.maximum(n - 1, 1)[:, None]
    cells = weight[:, None] * share
    users_variance = np.diagonal(spread)
    overall = Estimate.share(float(np.trace(cells)), float(weight**2 @ users_variance))
    per_class = tuple(
        ClassAccuracy(
            code=int(code),
            users=Estimate.share(float(share[k, k]), float(spread[k, k])) if n[k] else None,
            producers=_producers(k, weight, share, spread),
            area=Estimate.normal(
                total_area * float(cells[:, k].sum()),
                total_area**2 * float(weight**2 @ spread[:, k]),
            ),
        )
        for k, code in enumerate(classes)
    )
    return DesignAccuracy(tuple(int(c) for c in classes), cells, overall, per_class)


def _producers(k: int, weight: Floats, share: Floats, spread: Floats) -> Estimate | None:
    """Equation 7 of Olofsson et al. 2014 with weights in place of mapped pixel counts."""
    reference = float(weight @ share[:, k])
    if reference == 0:
        return None
    value = float(weight[k] * share[k, k]) / reference
    others = np.delete(weight**2 * spread[:, k], k).sum()
    variance = (weight[k] ** 2 * (1 - value) ** 2 * spread[k, k] + value**2 * others) / reference**2
    return Estimate.share(value, float(variance))


@dataclass(frozen=True)
class StratifiedSample:
    """Units of a stratified random sample: stratum, mapped and reference code of each unit.

    ``sizes`` maps a stratum to its population N*.
    """

    strata: NDArray[np.integer]
    mapped: NDArray[np.integer]
    reference: NDArray[np.integer]
    sizes: dict[int, float]

    def parts(self) -> list[tuple[float, NDArray[np.bool_]]]:
        """Return (population, members) of each stratum; refuse strata without a variance."""
        present = set(np.unique(self.strata).tolist())
        parts = []
        for stratum, size in self.sizes.items():
            members = self.strata == stratum
            if int(members.sum()) < 2:
                raise ParameterError(
                    f"Stratum {stratum} has fewer than two samples; draw more samples there."
                )
            parts.append((size, members))
        if present - set(self.sizes):
            raise ParameterError(
                f"No population size is given for strata {sorted(present - set(self.sizes))}."
            )
        return parts

    @property
    def population(self) -> float:
        return float(sum(self.sizes.values()))


def estimate_mean(sample: StratifiedSample, y: Floats) -> tuple[float, float]:
    """Return the population mean of y and its variance (Stehman 2014, eq. 3 and 25)."""
    mean = variance = 0.0
    for size, members in sample.parts():
        values = y[members]
        n = values.size
        mean += size * float(values.mean())
        variance += size**2 * (1 - n / size) * float(values.var(ddof=1)) / n
    return mean / sample.population, variance / sample.population**2


def estimate_ratio(sample: StratifiedSample, y: Floats, x: Floats) -> tuple[float, float] | None:
    """Return Σy / Σx over the population and its variance (eq. 27, 28); None when Σx is 0."""
    parts = sample.parts()
    x_total = sum(size * float(x[members].mean()) for size, members in parts)
    if x_total == 0:
        return None
    ratio = sum(size * float(y[members].mean()) for size, members in parts) / x_total
    variance = 0.0
    for size, members in parts:
        ys, xs = y[members], x[members]
        n = ys.size
        residual = (
            ys.var(ddof=1) + ratio**2 * xs.var(ddof=1) - 2 * ratio * np.cov(ys, xs, ddof=1)[0, 1]
        )
        variance += size**2 * (1 - n / size) * float(residual) / n
    return ratio, variance / x_total**2


def stratified_ratio(
    sample: StratifiedSample, classes: Sequence[int], *, total_area: float = 1.0
) -> DesignAccuracy:
    """Estimate accuracies and areas when the strata are not the map classes.

    Raises:
        ParameterError: a stratum has fewer than two units, or a code is not among ``classes``.
    """
    rows = class_positions(np.asarray(sample.mapped), classes, "map")
    columns = class_positions(np.asarray(sample.reference), classes, "reference")
    n = len(classes)
    cells = np.zeros((n, n))
    for i, j in np.ndindex(n, n):
        cells[i, j] = estimate_mean(sample, ((rows == i) & (columns == j)).astype(float))[0]
    agree = (rows == columns).astype(float)
    per_class = []
    for k, code in enumerate(classes):
        is_map, is_ref = (rows == k).astype(float), (columns == k).astype(float)
        area, variance = estimate_mean(sample, is_ref)
        users = estimate_ratio(sample, is_map * is_ref, is_map)
        producers = estimate_ratio(sample, is_map * is_ref, is_ref)
        per_class.append(
            ClassAccuracy(
                code=int(code),
                users=Estimate.share(*users) if users else None,
                producers=Estimate.share(*producers) if producers else None,
                area=Estimate.normal(total_area * area, total_area**2 * variance),
            )
        )
    overall = Estimate.share(*estimate_mean(sample, agree))
    return DesignAccuracy(tuple(int(c) for c in classes), cells, overall, tuple(per_class))
