from tests.builders.index_pixels import units_apart


def test_cross_ratio_agrees_with_its_formula():
    assert units_apart("cross_ratio", lambda b: b["VH"] - b["VV"]).max() <= 1
