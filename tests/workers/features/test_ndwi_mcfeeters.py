from tests.builders.index_pixels import ratio, units_apart


def test_ndwi_mcfeeters_agrees_with_its_formula():
    assert units_apart("ndwi_mcfeeters", lambda b: ratio(b["B03"], b["B08"])).max() <= 1
