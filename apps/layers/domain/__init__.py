"""Pure rules of layers: token life, styles, what a layer is called."""

from typing import Any

from apps.layers.enums import LayerRole
from workers.contracts.legend import LegendClass

TOKEN_STEP_SECONDS = 15 * 60
MARGIN_RAMP = ("#b3300f", "#f0b355", "#f7f3d0", "#8cb6d9", "#184e80")
PROBABILITY_RAMP = ("#f5f6f8", "#c4d9ec", "#8cb6d9", "#3d76a8", "#184e80")
SCORE_RAMP = ("#fdeae4", "#f0d9a8", "#c5d86d", "#5fa04e", "#1f5e46")

STYLES: dict[str, dict[str, Any]] = {
    LayerRole.CLASS: {"kind": "classes", "nodata": 255},
    LayerRole.PROBABILITY: {
        "kind": "ramp", "ramp": PROBABILITY_RAMP, "rescale": (0, 250), "nodata": 255,
        "unit": "probability", "labels": ("0", "1"),
    },
    LayerRole.CONFIDENCE: {
        "kind": "ramp", "ramp": MARGIN_RAMP, "rescale": (0, 100), "nodata": 255,
        "unit": "margin", "labels": ("0", "100"),
    },
    LayerRole.DATA_SCORE: {
        "kind": "ramp", "ramp": SCORE_RAMP, "rescale": (0, 60), "nodata": 65535,
        "unit": "valid observations", "labels": ("0", "60"),
    },
}  # fmt: skip

ROLE_TITLES = {
    LayerRole.CLASS: "Classes",
    LayerRole.PROBABILITY: "Probability",
    LayerRole.CONFIDENCE: "Confidence margin",
    LayerRole.DATA_SCORE: "Data score",
}


def token_expiry(now: float) -> int:
    """Return an expiry on the 15-minute grid, 15 to 30 minutes away: tile caches can share it."""
    return (int(now) // TOKEN_STEP_SECONDS + 2) * TOKEN_STEP_SECONDS


def layer_title(prefix: str, role: str, cls: LegendClass | None) -> str:
    """Return the name of one output of a job: ``Base map · Probability of forest``."""
    title = ROLE_TITLES[LayerRole(role)]
    return f"{prefix} · {title} of {cls.name}" if cls else f"{prefix} · {title}"


def layer_plan(
    outputs: list[str], legend: list[LegendClass]
) -> list[tuple[str, LegendClass | None]]:
    """Return (role, class) of every layer, in the order of the outputs; probability per class."""
    plan: list[tuple[str, LegendClass | None]] = []
    for output in outputs:
        if output == LayerRole.PROBABILITY:
            plan += [(output, cls) for cls in legend]
        else:
            plan.append((output, None))
    return plan


def object_role(role: str, class_code: int | None) -> str:
    """Return the role of the kernel's output file that fills a layer."""
    return f"probability_{class_code}" if role == LayerRole.PROBABILITY else role
