"""Models and their versions."""

from typing import Any

from apps.core.enums import Role
from apps.core.policy import Access, role_covers
from apps.dashboard.selectors.model_comparison import comparison_page
from apps.dashboard.selectors.models import model_page, model_tree, model_version_of
from apps.dashboard.views.base import Crumb, ProjectPage, ShellPage, section_crumb


class ModelsPage(ProjectPage):
    """Versions with their accuracy."""

    template_name = "dashboard/models.html"
    section = "models"
    heading = "Models"

    def page(self, project: Any) -> dict[str, Any]:
        may_launch = role_covers(project.caller_role, Role.PRODUCER)
        return {"models": model_tree(self.request.user, project), "may_launch": may_launch}


class ModelVersionPage(ShellPage):
    """One version: matrix, accuracies, importances, and what it was made from."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/model_version.html"
    section = "models"

    def current_project(self) -> Any:
        self.version = model_version_of(self.request.user, self.kwargs["version_id"])
        return self.version.project

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "models", "Models"), Crumb(str(self.version))]

    def page(self, project: Any) -> dict[str, Any]:
        return model_page(self.request.user, self.version)


class ModelComparePage(ShellPage):
    """Two versions side by side: accuracies, classes, features, samples, settings."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/model_compare.html"
    section = "models"

    def current_project(self) -> Any:
        user = self.request.user
        self.pair = tuple(model_version_of(user, self.kwargs[name]) for name in ("first", "second"))
        return self.pair[0].project

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "models", "Models"), Crumb("Compare")]

    def page(self, project: Any) -> dict[str, Any]:
        return comparison_page(self.request.user, *self.pair)
