from apps.layers.domain import layer_plan, layer_title, object_role, token_expiry
from workers.contracts.legend import LegendClass

FOREST = LegendClass(code=1, name="forest", color="#1a7a1a")
GRASS = LegendClass(code=3, name="grassland", color="#c5d86d")


def test_tokens_of_one_quarter_hour_share_an_expiry_15_to_30_minutes_away() -> None:
    start = 1_800_000_000 // 900 * 900
    expiries = {token_expiry(start + second) for second in (0, 1, 450, 899)}
    assert expiries == {start + 1800}
    assert token_expiry(start + 900) == start + 2700


def test_probability_becomes_one_layer_per_class_in_the_order_of_the_outputs() -> None:
    plan = layer_plan(["confidence", "probability", "class"], [FOREST, GRASS])
    assert plan == [
        ("confidence", None),
        ("probability", FOREST),
        ("probability", GRASS),
        ("class", None),
    ]


def test_a_probability_layer_names_its_class_and_its_kernel_output() -> None:
    assert layer_title("Base", "probability", GRASS) == "Base · Probability of grassland"
    assert layer_title("Base", "class", None) == "Base · Classes"
    assert object_role("probability", 3) == "probability_3"
    assert object_role("confidence", None) == "confidence"
