"""Projects, the board of a project, its catalogue and samples."""

from typing import Any

from django.core.paginator import Paginator

from apps.catalog.selectors import scenes_visible_to
from apps.core.policy import SIGNED_IN
from apps.dashboard.selectors.jobs import job_rows
from apps.dashboard.selectors.projects import (
    class_colors,
    collection_rows,
    latest_accuracies,
    project_cards,
    project_counts,
    project_todos,
)
from apps.dashboard.selectors.samples import sample_set_rows
from apps.dashboard.views.base import ProjectPage, ShellPage
from apps.projects.selectors import legend_of

SCENES_PER_PAGE = 50


class ProjectsPage(ShellPage):
    """The caller's projects."""

    access = SIGNED_IN
    template_name = "dashboard/projects.html"
    heading = "Projects"

    def page(self, project: Any) -> dict[str, Any]:
        return {"cards": project_cards(self.request.user)}


class ProjectBoardPage(ProjectPage):
    """Counters, running jobs, accuracies, and what to do next."""

    template_name = "dashboard/project.html"
    section = "project"
    heading = "Board"

    def page(self, project: Any) -> dict[str, Any]:
        user = self.request.user
        counts = project_counts(user, project)
        todos = project_todos(project, counts)
        return {
            "counts": counts,
            "todos": todos,
            "all_done": all(todo.done for todo in todos),
            "jobs": job_rows(user, project, limit=6),
            "accuracies": latest_accuracies(user, project),
            "legend": legend_of(project),
        }


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
