from tests.builders.index_pixels import units_apart


def test_evi_agrees_with_its_formula():
    assert (
        units_apart(
            "evi",
            lambda b: 2.5 * (b["B08"] - b["B04"]) / (b["B08"] + 6 * b["B04"] - 7.5 * b["B02"] + 1),
        ).max()
        <= 1
    )
