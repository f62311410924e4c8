"""The map of a project: layers and scenes in a stack, compared and read pixel by pixel."""

from typing import Any

from apps.core.enums import Role
from apps.dashboard.selectors.review import review_data
from apps.dashboard.views.base import ProjectPage


class MapPage(ProjectPage):
    """The review screen; the address keeps the whole state, ``?layer=`` opens one layer."""

    template_name = "dashboard/map.html"
    section = "map"
    heading = "Map"

    def page(self, project: Any) -> dict[str, Any]:
        data = review_data(self.request.user, project)
        may_launch = data["project"]["role"] in {Role.PRODUCER, Role.MANAGER}
        return {"data": data, "may_launch": may_launch}
