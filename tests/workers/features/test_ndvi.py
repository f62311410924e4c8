from tests.builders.index_pixels import ratio, units_apart


def test_ndvi_agrees_with_its_formula():
    assert units_apart("ndvi", lambda b: ratio(b["B08"], b["B04"])).max() <= 1
