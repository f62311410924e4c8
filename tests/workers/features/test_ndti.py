from tests.builders.index_pixels import ratio, units_apart


def test_ndti_agrees_with_its_formula():
    assert units_apart("ndti", lambda b: ratio(b["B11"], b["B12"])).max() <= 1
