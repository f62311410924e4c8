"""Projects, the catalogue and the samples of one."""

from typing import Any

from django.core.paginator import Paginator

from apps.catalog.selectors import scenes_visible_to
from apps.core.policy import SIGNED_IN
from apps.dashboard.selectors.projects import (
    class_colors,
    collection_rows,
    project_cards,
)
from apps.dashboard.selectors.samples import sample_set_rows
from apps.dashboard.views.base import ProjectPage, ShellPage

SCENES_PER_PAGE = 50


class ProjectsPage(ShellPage):
    """The caller's projects."""

    access = SIGNED_IN
    template_name = "dashboard/projects.html"
    heading = "Projects"

    def page(self, project: Any) -> dict[str, Any]:
        return {"cards": project_cards(self.request.user)}


class ScenesPage(ProjectPage):
    """Scenes with their footprints; a form imports a catalogue."""

    template_name = "dashboard/scenes.html"
    section = "scenes"
    heading = "Scenes"

    def page(self, project: Any) -> dict[str, Any]:
        rows = scenes_visible_to(self.request.user).filter(project=project)
        page = Paginator(rows.order_by("-datetime", "item_id"), SCENES_PER_PAGE)
        return {
            "scenes": page.get_page(self.request.GET.get("page")),
            "collections": collection_rows(self.request.user, project),
            "extent": {
                "colors": {},
                "sources": [
                    _source("catalog/scenes", project, "scene"),
                    _source("aois", project, "aoi"),
                ],
            },
        }


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
