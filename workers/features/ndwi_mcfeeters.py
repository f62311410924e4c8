from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="ndwi_mcfeeters",
    title="NDWI (McFeeters)",
    expression="(B03 - B08) / (B03 + B08)",
    reference="McFeeters 1996",
)
