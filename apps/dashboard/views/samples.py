"""Sample sets of a project, and the editor of one of them."""

from typing import Any

from apps.dashboard.selectors.samples import (
    editor_data,
    editor_page,
    sample_set_rows,
    samples_page,
)
from apps.dashboard.views.base import Crumb, ProjectPage, section_crumb
from apps.samples.selectors import sample_set_get


class SamplesPage(ProjectPage):
    """All sets, or with ``?set=`` the samples of one on a map and in a table."""

    section = "samples"
    heading = "Samples"

    def current_project(self) -> Any:
        project = super().current_project()
        named = self.request.GET.get("set")
        self.chosen = sample_set_get(self.request.user, named, project=project) if named else None
        return project

    def get_template_names(self) -> list[str]:
        return ["dashboard/sample_editor.html" if self.chosen else "dashboard/samples.html"]

    def crumbs(self, project: Any) -> list[Crumb]:
        if self.chosen is None:
            return super().crumbs(project)
        return [section_crumb(project, "samples", "Samples"), Crumb(self.chosen.name)]

    def page(self, project: Any) -> dict[str, Any]:
        user = self.request.user
        common = samples_page(project)
        if self.chosen is None:
            return {"sets": sample_set_rows(user, project), **common}
        data = editor_data(user, project, self.chosen)
        return {"set": self.chosen, "data": data, **common, **editor_page(user, project)}
