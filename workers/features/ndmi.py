from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="ndmi",
    title="NDMI",
    expression="(B08 - B11) / (B08 + B11)",
    reference="Gao 1996, with broad NIR",
)
