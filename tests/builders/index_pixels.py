"""An index plugin on random pixels, and its formula in numpy beside it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers import registry
from workers.contracts.expression import source_resolve
from workers.numerics.series import Jobs, series_run
from workers.numerics.series.layout import Job

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12", "VV", "VH")
TC_BANDS = ("B02", "B03", "B04", "B08", "B11", "B12")

type Bands = Mapping[str, NDArray[np.float64]]


def ratio(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return (a - b) / (a + b)


def weighted(b: Bands, *weights: float) -> Any:
    """Sum of the six tasselled cap bands."""
    return sum(w * b[name] for w, name in zip(weights, TC_BANDS, strict=True))


def units_apart(slug: str, formula: Callable[[Bands], Any]) -> NDArray[np.float64]:
    """Distance between the kernel's stored values and the rounded formula, a value a pixel."""
    indices = {module.SPEC.slug: module.SPEC for module in registry.all_of("features")}
    planes = np.random.default_rng(8).integers(50, 6000, (len(BANDS), 3000)).astype(np.int16)
    program = source_resolve(slug, assets=BANDS, common_names=(), indices=indices)
    jobs = Jobs(days=np.array([700_000]), day_of_year=np.array([100]))
    rows = np.array([[BANDS.index(leaf)] for leaf in program.leaves])
    scale = indices[slug].scale
    jobs.add_source(program, scale, [10_000.0] * len(program.leaves), rows)
    jobs.jobs.append(Job(0, (0,), (("max", 0, 1),)))
    found = series_run(planes, np.ones((1, 3000), np.uint8), jobs.table(), 1)[0]
    assert np.unique(found).size > 30
    values = formula({name: planes[k] / 10_000 for k, name in enumerate(BANDS)}) * scale
    return np.abs(found - np.clip(np.floor(values + 0.5), -32767, 32766))
