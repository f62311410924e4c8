"""Dominant Leaf Type 2018, 10 m, of the High Resolution Layer Forest.

Codes and colours of the product specification of the Copernicus Land Monitoring Service; 254 is
unclassifiable, 255 outside. There is no minimum mapping unit at 10 m.
"""

from workers.contracts.plugins import ProductSpec

SPEC = ProductSpec(
    slug="dominant_leaf_type",
    title="Dominant Leaf Type 2018",
    code="DLT",
    legend=(
        {"code": 0, "name": "no tree cover", "color": "#f0f0f0"},
        {"code": 1, "name": "broadleaved", "color": "#469e4a"},
        {"code": 2, "name": "coniferous", "color": "#1c5c24"},
    ),
    resolution_m=10.0,
)
