"""Every index against its formula in numpy, on pixels."""

import numpy as np
import pytest

from workers import registry
from workers.contracts.expression import source_resolve
from workers.numerics.series import Jobs, series_run
from workers.numerics.series.layout import Job

INDICES = {module.SPEC.slug: module.SPEC for module in registry.all_of("features")}
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12", "VV", "VH")


def ratio(a, b):
    return (a - b) / (a + b)


FORMULAS = {
    "ndvi": lambda b: ratio(b["B08"], b["B04"]),
    "ndmi": lambda b: ratio(b["B08"], b["B11"]),
    "ndwi_gao": lambda b: ratio(b["B08"], b["B11"]),
    "ndwi_mcfeeters": lambda b: ratio(b["B03"], b["B08"]),
    "nbr": lambda b: ratio(b["B08"], b["B12"]),
    "ndti": lambda b: ratio(b["B11"], b["B12"]),
    "evi": lambda b: 2.5 * (b["B08"] - b["B04"]) / (b["B08"] + 6 * b["B04"] - 7.5 * b["B02"] + 1),
    "ireci": lambda b: (b["B07"] - b["B04"]) / (b["B05"] / b["B06"]),
    "bri": lambda b: np.sqrt((b["B03"] ** 2 + b["B04"] ** 2 + b["B08"] ** 2 + b["B11"] ** 2) / 4),
    "tc_brightness": lambda b: weighted(b, 0.2043, 0.4158, 0.5524, 0.5741, 0.3124, 0.2303),
    "tc_greenness": lambda b: weighted(b, -0.1603, -0.2819, -0.4934, 0.7940, -0.0002, -0.1446),
    "tc_wetness": lambda b: weighted(b, 0.0315, 0.2021, 0.3102, 0.1594, -0.6806, -0.6109),
    "cross_ratio": lambda b: b["VH"] - b["VV"],
}


def weighted(b, *weights):
    names = ("B02", "B03", "B04", "B08", "B11", "B12")
    return sum(w * b[name] for w, name in zip(weights, names, strict=True))


def test_every_index_has_a_formula_here():
    assert set(INDICES) == set(FORMULAS)


@pytest.mark.parametrize("slug", sorted(FORMULAS))
def test_index_agrees_with_its_formula(slug):
    rng = np.random.default_rng(8)
    planes = rng.integers(50, 6000, (len(BANDS), 3000)).astype(np.int16)
    program = source_resolve(slug, assets=BANDS, common_names=(), indices=INDICES)
    jobs = Jobs(days=np.array([700_000]), day_of_year=np.array([100]))
    rows = np.array([[BANDS.index(leaf)] for leaf in program.leaves])
    scale = INDICES[slug].scale
    jobs.add_source(program, scale, [10_000.0] * len(program.leaves), rows)
    jobs.jobs.append(Job(0, (0,), (("max", 0, 1),)))
    mask = np.ones((1, planes.shape[1]), dtype=np.uint8)
    found = series_run(planes, mask, jobs.table(), 1)[0]
    values = FORMULAS[slug]({name: planes[k] / 10_000 for k, name in enumerate(BANDS)}) * scale
    assert (np.abs(found - np.clip(np.floor(values + 0.5), -32767, 32766)) <= 1).all()
    assert np.unique(found).size > 30
