"""The expression language: what it takes, what it refuses and where it says so."""

import pytest

from workers import registry
from workers.contracts.expression import ExpressionError, expression_parse, source_resolve
from workers.contracts.plugins import IndexSpec

INDICES = {module.SPEC.slug: module.SPEC for module in registry.all_of("features")}
S2 = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12", "VV", "VH")


def resolve(text, assets=S2, common=(), indices=INDICES):
    return source_resolve(text, assets=assets, common_names=common, indices=indices)


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("B04.real", 1, "attribute"),
        ("1 + B04[0]", 5, "subscript"),
        ("B04 + 'a'", 7, "text"),
        ("B04 < B08", 1, "comparison"),
        ("B04 and B08", 1, "logical"),
        ("lambda: B04", 1, "lambda"),
        ("B04 if B08 else 1", 1, "condition"),
        ("clip(B04, 0, high=1)", 19, "keywords"),
        ("B04 + lat", 7, "coordinate"),
        ("B04 ** 5", 8, "2, 3, 4"),
        ("B04 ** B08", 8, "2, 3, 4"),
        ("B04 * 1e7", 7, "number greater"),
        ("open(B04)", 1, "functions"),
        ("B04.__class__()", 1, "functions"),
        ("sqrt(B04, B08)", 1, "takes"),
        ("sqrt + B04", 1, "parentheses"),
        ("B04 +", 6, "not an expression"),
        ("B04; B08", 4, "not an expression"),
        ("  B04 + @", 7, "not an expression"),
        ("True + B04", 1, "constant"),
        ("1j * B04", 1, "constant"),
        ("[B04]", 1, "List"),
        ("-" * 21 + "B04", 21, "deeper"),
        ("+".join(["B04"] * 102), 1, "deeper"),
        ("B04 // 2", 1, "not allowed"),
        ("B04 + B99", 7, "unknown name 'B99'"),
        ("elevation / 2", 1, "static layer"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_column(text, column, word):
    with pytest.raises(ExpressionError) as caught:
        resolve(text)
    assert word in str(caught.value)
    assert caught.value.column == column or word == "deeper"


def test_too_many_terms_are_refused():
    wide = "max(" + ", ".join(["max(" + ", ".join(["1"] * 16) + ")"] * 13) + ")"
    with pytest.raises(ExpressionError, match="more than 200 terms"):
        expression_parse(wide)


def test_a_very_long_text_is_refused_before_it_is_parsed():
    with pytest.raises(ExpressionError, match="longer than"):
        expression_parse("(" * 5000)


def test_equal_formulas_have_one_canonical_form():
    forms = {
        expression_parse(text).canonical
        for text in ("(B08-B04)/(B08+B04)", " ((B08) - B04) / ( B08 + (B04) )")
    }
    assert forms == {"(B08 - B04) / (B08 + B04)"}


def test_an_asset_key_comes_before_an_index_of_the_same_name():
    assert resolve("ndvi", assets=("ndvi", "B04", "B08")).kind == "band"
    assert resolve("NDVI").kind == "index"


def test_a_common_name_comes_before_an_index():
    assert resolve("nbr", assets=("B08", "B12"), common=("nbr",)).kind == "band"


def test_an_index_is_found_by_common_names_of_its_bands():
    program = resolve("ndvi", assets=("a1", "a2"), common=("red", "nir"))
    assert (program.kind, program.leaves) == ("index", ("B08", "B04"))


def test_an_index_without_its_bands_names_the_missing_one():
    with pytest.raises(ExpressionError, match="B07"):
        resolve("ireci", assets=("B04", "B05", "B06"))


def test_indices_may_stand_in_expressions():
    program = resolve("ndvi - ndmi")
    assert program.leaves == ("B08", "B04", "B11")
    assert program.canonical == "ndvi - ndmi"


def test_an_index_that_contains_itself_is_refused():
    loop = {
        "aa": IndexSpec(slug="aa", title="", expression="bb + B04"),
        "bb": IndexSpec(slug="bb", title="", expression="aa * 2"),
    }
    with pytest.raises(ExpressionError, match="contains itself"):
        resolve("aa + 1", indices=loop)


def test_ratios_are_dimensionless_and_sums_are_not():
    assert resolve("(B08 - B04) / (B08 + B04 + 1)").dimensionless
    assert not resolve("VH - VV").dimensionless
    assert not resolve("B08 ** 2 / B04").dimensionless


def test_precedence_and_unary_minus_are_kept_by_the_canonical_form():
    assert expression_parse("-(B04+B08)**2/B02").canonical == "-(B04 + B08) ** 2 / B02"
