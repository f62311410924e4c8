from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="cross_ratio",
    title="VH - VV (dB)",
    expression="VH - VV",
    scale=100,
    reference="ratio of backscatter in dB",
)
