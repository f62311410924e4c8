from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="tc_greenness",
    title="Tasselled cap greenness",
    expression=(
        "-0.1603 * B02 - 0.2819 * B03 - 0.4934 * B04 + 0.794 * B08 - 0.0002 * B11 - 0.1446 * B12"
    ),
    reference="Crist 1985",
)
