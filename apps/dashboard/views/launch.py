"""A plain form for a workflow; it posts to the API like any other client."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.core.enums import Role
from apps.core.policy import Access, role_covers
from apps.dashboard.selectors.jobs import job_of
from apps.dashboard.selectors.launch import aoi_options, job_parameters, launch_fields
from apps.dashboard.views.base import Crumb, ProjectPage, section_crumb
from apps.products.selectors import workflow_get, workflows_public

NO_JOB = UUID(int=0)


class LaunchPage(ProjectPage):
    """The form of one workflow; ``?from=<job>`` or ``?model_version=<id>`` fill it in."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/launch.html"
    section = "jobs"

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "jobs", "Jobs"), Crumb("Launch")]

    def page(self, project: Any) -> dict[str, Any]:
        workflow = workflow_get(self.kwargs["workflow"])
        user, earlier = self.request.user, self._earlier()
        return {
            "workflow": workflow,
            "workflows": workflows_public(),
            "fields": launch_fields(
                user, project, workflow.parameters_schema, earlier["parameters"]
            ),
            "aois": aoi_options(user, project, earlier.get("aoi")),
            "earlier": earlier,
            "may_launch": role_covers(project.caller_role, Role.PRODUCER),
            "data": self._data(project, workflow),
        }

    def _earlier(self) -> dict[str, Any]:
        """Return what the form begins with: an earlier job's order, or a model to map with."""
        given = self.request.GET
        if "from" in given:
            return job_parameters(job_of(self.request.user, given["from"]))
        return {"parameters": {"model_version": given.get("model_version")}}

    @staticmethod
    def _data(project: Any, workflow: Any) -> dict[str, Any]:
        fixed = {"project": str(project.pk), "workflow": workflow.slug}
        return {"fixed": fixed, "jobUrl": reverse("dashboard:job", args=[NO_JOB])}
