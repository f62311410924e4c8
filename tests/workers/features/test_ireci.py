from tests.builders.index_pixels import units_apart


def test_ireci_agrees_with_its_formula():
    assert units_apart("ireci", lambda b: (b["B07"] - b["B04"]) / (b["B05"] / b["B06"])).max() <= 1
