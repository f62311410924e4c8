from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="ndwi_gao",
    title="NDWI (Gao)",
    expression="(B08 - B11) / (B08 + B11)",
    reference="Gao 1996",
)
