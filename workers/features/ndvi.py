from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="ndvi",
    title="NDVI",
    expression="(B08 - B04) / (B08 + B04)",
    reference="Rouse et al. 1974",
)
