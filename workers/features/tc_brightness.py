from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="tc_brightness",
    title="Tasselled cap brightness",
    expression=(
        "0.2043 * B02 + 0.4158 * B03 + 0.5524 * B04 + 0.5741 * B08 + 0.3124 * B11 + 0.2303 * B12"
    ),
    reference="Crist 1985",
)
