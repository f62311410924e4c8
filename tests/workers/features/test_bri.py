import numpy as np

from tests.builders.index_pixels import units_apart


def test_bri_agrees_with_its_formula():
    assert (
        units_apart(
            "bri",
            lambda b: np.sqrt((b["B03"] ** 2 + b["B04"] ** 2 + b["B08"] ** 2 + b["B11"] ** 2) / 4),
        ).max()
        <= 1
    )
