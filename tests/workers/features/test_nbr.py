from tests.builders.index_pixels import ratio, units_apart


def test_nbr_agrees_with_its_formula():
    assert units_apart("nbr", lambda b: ratio(b["B08"], b["B12"])).max() <= 1
