from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="ndti",
    title="NDTI (tillage)",
    expression="(B11 - B12) / (B11 + B12)",
    reference="van Deventer et al. 1997",
)
