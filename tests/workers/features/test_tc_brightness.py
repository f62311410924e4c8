from tests.builders.index_pixels import units_apart, weighted


def test_tc_brightness_agrees_with_its_formula():
    assert (
        units_apart(
            "tc_brightness", lambda b: weighted(b, 0.2043, 0.4158, 0.5524, 0.5741, 0.3124, 0.2303)
        ).max()
        <= 1
    )
