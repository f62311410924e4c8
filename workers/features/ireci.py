from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="ireci",
    title="IRECI",
    expression="(B07 - B04) / (B05 / B06)",
    reference="Frampton et al. 2013",
)
