"""What the pages of a project share."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from apps.core.enums import Role
from apps.core.policy import Access
from apps.core.views import PageAccessMixin
from apps.dashboard.selectors.shell import shell_of


@dataclass(frozen=True)
class Crumb:
    name: str
    url: str = ""


class ShellPage(PageAccessMixin, TemplateView):
    """A page inside the shell; ``section`` marks its entry of the rail."""

    section = ""
    heading = ""

    def current_project(self) -> Any | None:
        return None

    def crumbs(self, project: Any | None) -> list[Crumb]:
        return [Crumb(self.heading)] if self.heading else []

    def page(self, project: Any) -> dict[str, Any]:
        """Return the page's own context."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project = self.current_project()
        frame = {
            "project": project,
            "shell": shell_of(self.request.user, project, self.section),
            "heading": self.heading,
        }
        page = self.page(project)
        crumbs = {"crumbs": self.crumbs(project)}
        return super().get_context_data(**kwargs) | frame | page | crumbs


class ProjectPage(ShellPage):
    """A page whose address names a project; any member may read it."""

    access = Access(read=Role.VIEWER)

    def current_project(self) -> Any:
        return self.project()


def section_crumb(project: Any, name: str, word: str) -> Crumb:
    return Crumb(word, reverse(f"dashboard:{name}", args=[project.slug]))
