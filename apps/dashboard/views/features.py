"""Feature sets: the list, and the editor in which one is put together."""

from typing import Any

from django.urls import reverse

from apps.core.enums import Role
from apps.core.policy import Access, role_covers
from apps.dashboard.domain.feature_sets import way_back
from apps.dashboard.selectors.features import editor_data, feature_set_row, feature_set_rows
from apps.dashboard.views.base import Crumb, ProjectPage, section_crumb
from apps.modelling.selectors import feature_set_get


class FeaturesPage(ProjectPage):
    """All sets of a project, with the models that use them."""

    template_name = "dashboard/features.html"
    section = "features"
    heading = "Features"

    def page(self, project: Any) -> dict[str, Any]:
        return {
            "rows": feature_set_rows(self.request.user, project),
            "chosen": self.request.GET.get("set", ""),
            "may_edit": role_covers(project.caller_role, Role.PRODUCER),
        }


class _EditorPage(ProjectPage):
    template_name = "dashboard/feature_editor.html"
    section = "features"

    def chosen(self, project: Any, key: Any) -> Any:
        return feature_set_get(self.request.user, key, project=project)

    def editor(self, project: Any, opened: Any, *, copies: bool) -> dict[str, Any]:
        launch = reverse("dashboard:launch-index", args=[project.slug])
        return {
            **editor_data(self.request.user, project, opened),
            "copies": copies,
            "listUrl": reverse("dashboard:features", args=[project.slug]),
            "back": way_back(self.request.GET.get("back", ""), launch),
        }


class FeatureSetNewPage(_EditorPage):
    """A new set, empty or with ``?copy=`` as a copy; ``?back=`` is where it was asked for."""

    access = Access(read=Role.PRODUCER)

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "features", "Features"), Crumb("New set")]

    def page(self, project: Any) -> dict[str, Any]:
        key = self.request.GET.get("copy")
        opened = self.chosen(project, key) if key else None
        return {"data": self.editor(project, opened, copies=opened is not None)}


class FeatureSetPage(_EditorPage):
    """One set: to read for viewers, in the editor for those who may change it."""

    access = Access(read=Role.VIEWER)

    def current_project(self) -> Any:
        project = super().current_project()
        self.set = self.chosen(project, self.kwargs["feature_set_id"])
        self.may_edit = role_covers(project.caller_role, Role.PRODUCER)
        return project

    def get_template_names(self) -> list[str]:
        return [self.template_name if self.may_edit else "dashboard/feature_set.html"]

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "features", "Features"), Crumb(self.set.name)]

    def page(self, project: Any) -> dict[str, Any]:
        row = feature_set_row(self.set)
        if not self.may_edit:
            return {"row": row}
        return {"row": row, "data": self.editor(project, self.set, copies=bool(row.used_by))}
