from tests.builders.index_pixels import units_apart, weighted


def test_tc_wetness_agrees_with_its_formula():
    assert (
        units_apart(
            "tc_wetness", lambda b: weighted(b, 0.0315, 0.2021, 0.3102, 0.1594, -0.6806, -0.6109)
        ).max()
        <= 1
    )
