from tests.builders.index_pixels import ratio, units_apart


def test_ndmi_agrees_with_its_formula():
    assert units_apart("ndmi", lambda b: ratio(b["B08"], b["B11"])).max() <= 1
