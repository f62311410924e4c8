from tests.builders.index_pixels import units_apart, weighted


def test_tc_greenness_agrees_with_its_formula():
    assert (
        units_apart(
            "tc_greenness",
            lambda b: weighted(b, -0.1603, -0.2819, -0.4934, 0.7940, -0.0002, -0.1446),
        ).max()
        <= 1
    )
