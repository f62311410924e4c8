"""Every component on one page."""

from typing import Any

from apps.core.policy import SIGNED_IN
from apps.dashboard.domain.status import Badge
from apps.dashboard.views.base import ShellPage

TONES = (
    Badge("good", "Finished"),
    Badge("running", "Running"),
    Badge("attention", "Finished with errors"),
    Badge("failed", "Error"),
    Badge("paused", "Paused"),
    Badge("waiting", "Queued"),
)
STAGES = ("Not started", "Model ready", "Mapped", "In review", "Accepted")
COLORS = ("bg", "surface", "sunk", "line", "control", "text-1", "text-2", "text-3", "accent")


class StyleguidePage(ShellPage):
    """The parts that all screens are made of, in both themes."""

    access = SIGNED_IN
    template_name = "dashboard/styleguide.html"
    heading = "Style guide"

    def page(self, project: Any) -> dict[str, Any]:
        return {"themes": ("light", "dark"), "tones": TONES, "stages": STAGES, "colors": COLORS}
