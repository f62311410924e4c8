"""The catalogue: imagery searched, looked at, taken in and left out, frozen."""

from typing import Any

from apps.dashboard.selectors.catalogue import catalogue_page
from apps.dashboard.views.base import ProjectPage


class CataloguePage(ProjectPage):
    """Scenes of a project; the address keeps search, scene, style and place."""

    template_name = "dashboard/scenes.html"
    section = "scenes"
    heading = "Scenes"

    def page(self, project: Any) -> dict[str, Any]:
        return catalogue_page(self.request.user, project)
