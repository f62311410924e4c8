"""Projects, the catalogue and the samples of one."""

from typing import Any

from apps.core.policy import SIGNED_IN
from apps.dashboard.selectors.projects import (
    class_colors,
    project_cards,
)
from apps.dashboard.selectors.samples import sample_set_rows
from apps.dashboard.views.base import ProjectPage, ShellPage


class ProjectsPage(ShellPage):
    """The caller's projects."""

    access = SIGNED_IN
    template_name = "dashboard/projects.html"
    heading = "Projects"

    def page(self, project: Any) -> dict[str, Any]:
        return {"cards": project_cards(self.request.user)}


class SamplesPage(ProjectPage):
    """Sample sets on the map, with their class balance."""

    template_name = "dashboard/samples.html"
    section = "samples"
    heading = "Samples"

    def page(self, project: Any) -> dict[str, Any]:
        return {
            "sets": sample_set_rows(self.request.user, project),
            "extent": {
                "colors": class_colors(project),
                "sources": [
                    _source("samples", project, "sample"),
                    _source("aois", project, "aoi"),
                ],
            },
        }


def _source(route: str, project: Any, kind: str) -> dict[str, str]:
    return {"url": f"/api/v1/{route}/?project={project.pk}&page_size=500", "kind": kind}
