from workers.contracts.plugins import IndexSpec

SPEC = IndexSpec(
    slug="bri",
    title="Brightness",
    expression="sqrt((B03 ** 2 + B04 ** 2 + B08 ** 2 + B11 ** 2) / 4)",
    reference="own definition",
)
