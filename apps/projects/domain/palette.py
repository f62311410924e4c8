"""Colours of classes that come without one: fixed, distinct, in a fixed order."""

# Paul Tol's "muted" and "light" schemes (SRON technical note EPS/TN/09-002), colour-blind safe,
# then darker and lighter kin for long legends.
CLASS_PALETTE = (
    "#117733", "#ddcc77", "#88ccee", "#cc6677", "#44aa99", "#332288", "#999933", "#882255",
    "#aa4499", "#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33",
    "#aaaa00", "#5f4690", "#1d6996", "#38a6a5", "#0f8554", "#73af48", "#edad08", "#e17c05",
    "#cc503e", "#94346e", "#6f4070", "#666666",
)  # fmt: skip


def class_color(position: int) -> str:
    """Return the colour of the n-th class (from 0); repeats after the palette's end."""
    return CLASS_PALETTE[position % len(CLASS_PALETTE)]


def class_palette(count: int) -> list[str]:
    """Return the colours of the first ``count`` classes."""
    return [class_color(position) for position in range(count)]
