"""Launching: choose a workflow, then its form with scope and consequence on one page."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.core.enums import Role
from apps.core.policy import Access, role_covers
from apps.dashboard.selectors.launch import (
    Beginning,
    launch_balances,
    launch_beginning,
    launch_fields,
    launch_places,
)
from apps.dashboard.selectors.projects import project_extent
from apps.dashboard.selectors.workflows import maps_area, trains_model, workflow_cards
from apps.dashboard.views.base import Crumb, ProjectPage, section_crumb
from apps.products.selectors import workflow_get

NO_JOB = UUID(int=0)


class LaunchIndexPage(ProjectPage):
    """The workflows, with what each takes and makes."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/launch_index.html"
    section = "jobs"

    def crumbs(self, project: Any) -> list[Crumb]:
        return [section_crumb(project, "jobs", "Jobs"), Crumb("Launch")]

    def page(self, project: Any) -> dict[str, Any]:
        return {
            "cards": workflow_cards(self.request.user, project),
            "may_launch": role_covers(project.caller_role, Role.PRODUCER),
        }


class LaunchPage(ProjectPage):
    """The form of one workflow; the query fills it in (``from``, ``template``, parameters)."""

    access = Access(read=Role.VIEWER)
    template_name = "dashboard/launch.html"
    section = "jobs"

    def crumbs(self, project: Any) -> list[Crumb]:
        launch = Crumb("Launch", reverse("dashboard:launch-index", args=[project.slug]))
        return [section_crumb(project, "jobs", "Jobs"), launch, Crumb(self.workflow.title)]

    def page(self, project: Any) -> dict[str, Any]:
        self.workflow = workflow = workflow_get(self.kwargs["workflow"])
        user, query = self.request.user, self.request.GET
        begin = launch_beginning(user, project, workflow, query)
        schema = workflow.parameters_schema
        return {
            "workflow": workflow,
            "fields": launch_fields(user, project, schema, begin.parameters),
            "earlier": begin.job,
            "maps_area": maps_area(workflow),
            "may_launch": role_covers(project.caller_role, Role.PRODUCER),
            "data": self._data(project, begin),
        }

    def _data(self, project: Any, begin: Beginning) -> dict[str, Any]:
        user = self.request.user
        return {
            "project": str(project.pk),
            "slug": project.slug,
            "workflow": self.workflow.slug,
            "jobUrl": reverse("dashboard:job", args=[NO_JOB]),
            "mayLaunch": role_covers(project.caller_role, Role.PRODUCER),
            "mapsArea": maps_area(self.workflow),
            "trains": trains_model(self.workflow),
            "begin": begin.__dict__,
            "extent": project_extent(user, project),
            "places": launch_places(user, project) if maps_area(self.workflow) else [],
            "balances": launch_balances(user, project),
        }
