from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="tc_wetness",
    title="Tasselled cap wetness",
    expression=(
        "0.0315 * B02 + 0.2021 * B03 + 0.3102 * B04 + 0.1594 * B08 - 0.6806 * B11 - 0.6109 * B12"
    ),
    reference="Crist 1985",
)
