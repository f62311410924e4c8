"""The queue, and a job that fills in live."""

from typing import Any

from apps.core.enums import Role
from apps.core.policy import Access
from apps.dashboard.selectors.jobs import job_log, job_of, job_rows, job_view
from apps.dashboard.views.base import Crumb, ProjectPage, ShellPage, section_crumb
from apps.products.selectors import workflows_public

PARTS = ("head", "details", "log")


class JobsPage(ProjectPage):
    """Jobs of a project; htmx asks for the rows alone."""

    section = "jobs"
    heading = "Jobs"

    def get_template_names(self) -> list[str]:
        partial = getattr(self.request, "htmx", None)
        return ["dashboard/parts/job_table.html" if partial else "dashboard/jobs.html"]

    def page(self, project: Any) -> dict[str, Any]:
        status = self.request.GET.get("status", "")
        return {
            "jobs": job_rows(self.request.user, project, status=status),
            "status": status,
            "workflows": workflows_public(),
        }


class JobPage(ShellPage):
    """One job."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/job.html"
    section = "jobs"

    def current_project(self) -> Any:
        self.job = job_of(self.request.user, self.kwargs["job_id"])
        return self.job.project

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "jobs", "Jobs"), Crumb(str(self.job.pk)[:8])]

    def page(self, project: Any) -> dict[str, Any]:
        view = job_view(self.job)
        data = {"id": view.row.id, "status": view.row.status, "progress": view.row.progress}
        return {"job": view, "log": job_log(self.job), "data": data}


class JobPartPage(JobPage):
    """A piece of the job page, asked for again when something happened."""

    def get_template_names(self) -> list[str]:
        return [f"dashboard/parts/job_{self.kwargs['part']}.html"]
