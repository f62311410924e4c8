"""The queue, and a job that fills in live."""

from typing import Any

from apps.core.enums import Role
from apps.core.policy import Access, role_covers
from apps.dashboard.selectors.job_page import job_data, job_of, job_view
from apps.dashboard.selectors.jobs import ORDERS, STATUSES, jobs_list
from apps.dashboard.views.base import Crumb, ProjectPage, ShellPage, section_crumb
from apps.products.selectors import workflows_public

PARTS = ("head", "details", "attempts", "resources")


class JobsPage(ProjectPage):
    """Jobs of a project; htmx asks for the rows alone."""

    section = "jobs"
    heading = "Jobs"

    def get_template_names(self) -> list[str]:
        partial = getattr(self.request, "htmx", None)
        return ["dashboard/parts/job_table.html" if partial else "dashboard/jobs.html"]

    def page(self, project: Any) -> dict[str, Any]:
        return {
            "jobs": jobs_list(self.request.user, project, self.request.GET.dict()),
            "statuses": STATUSES,
            "orders": ORDERS,
            "may_launch": role_covers(project.caller_role, Role.PRODUCER),
            "workflows": workflows_public(),
            "data": {"project": str(project.pk)},
        }


class JobPage(ShellPage):
    """One job; ``?attempt=`` shows an earlier attempt."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/job.html"
    section = "jobs"

    def current_project(self) -> Any:
        self.job = job_of(self.request.user, self.kwargs["job_id"])
        return self.job.project

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "jobs", "Jobs"), Crumb(str(self.job.pk)[:8])]

    def page(self, project: Any) -> dict[str, Any]:
        view = job_view(self.job, self.request.GET.get("attempt", ""))
        return {"job": view, "data": job_data(self.job, view)}


class JobPartPage(JobPage):
    """A piece of the job page, asked for again when something happened."""

    def get_template_names(self) -> list[str]:
        return [f"dashboard/parts/job_{self.kwargs['part']}.html"]
