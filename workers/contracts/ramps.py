"""Colour ramps by name: what a reader of a continuous layer may choose instead of its own."""

RAMPS: dict[str, tuple[str, ...]] = {
    "grey": ("#0b1f2e", "#e9f1f5"),
    "viridis": ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"),
    "cividis": ("#00224e", "#434e6c", "#7d7c78", "#bcaf6f", "#fee838"),
    "blues": ("#f5f6f8", "#c4d9ec", "#8cb6d9", "#3d76a8", "#184e80"),
    "greens": ("#fdeae4", "#f0d9a8", "#c5d86d", "#5fa04e", "#1f5e46"),
    "red_blue": ("#b3300f", "#f0b355", "#f7f3d0", "#8cb6d9", "#184e80"),
}
