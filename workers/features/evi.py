from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="evi",
    title="EVI",
    expression="2.5 * (B08 - B04) / (B08 + 6 * B04 - 7.5 * B02 + 1)",
    reference="Huete et al. 2002",
)
