"""Areas of interest: drawn, uploaded, picked."""

from typing import Any

from apps.core.enums import Role
from apps.core.policy import role_covers
from apps.dashboard.selectors.areas import area_limits, areas_outside_imagery
from apps.dashboard.selectors.projects import imagery_extent, project_counts, project_extent
from apps.dashboard.views.base import ProjectPage


class AreasPage(ProjectPage):
    """List and map of the areas, linked; producers draw, upload, pick and change them."""

    template_name = "dashboard/areas.html"
    section = "areas"
    heading = "Areas"

    def page(self, project: Any) -> dict[str, Any]:
        user = self.request.user
        may_edit = role_covers(project.caller_role, Role.PRODUCER)
        data = {
            "project": str(project.pk),
            "slug": project.slug,
            "mayEdit": may_edit,
            "extent": project_extent(user, project),
            "imagery": imagery_extent(user, project),
            "outside": areas_outside_imagery(user, project),
            **area_limits(),
        }
        counts = project_counts(user, project)
        return {"data": data, "may_edit": may_edit, "counts": counts}
