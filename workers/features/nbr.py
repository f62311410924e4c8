from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="nbr",
    title="NBR",
    expression="(B08 - B12) / (B08 + B12)",
    reference="Key and Benson 2006",
)
