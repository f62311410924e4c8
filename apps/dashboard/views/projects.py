"""The list of projects."""

from typing import Any

from apps.core.policy import SIGNED_IN
from apps.dashboard.selectors.projects import (
    project_cards,
)
from apps.dashboard.views.base import ShellPage


class ProjectsPage(ShellPage):
    """The caller's projects."""

    access = SIGNED_IN
    template_name = "dashboard/projects.html"
    heading = "Projects"

    def page(self, project: Any) -> dict[str, Any]:
        return {"cards": project_cards(self.request.user)}
