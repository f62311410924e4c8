"""The control board: home of a project."""

from dataclasses import asdict
from typing import Any

from apps.core.enums import Role
from apps.core.policy import role_covers
from apps.dashboard.selectors.board import board_of
from apps.dashboard.selectors.projects import latest_accuracies, project_counts
from apps.dashboard.selectors.steps import board_steps
from apps.dashboard.views.base import ProjectPage


class BoardPage(ProjectPage):
    """In time, and what is stuck? Map by stage, jobs under way, failures, accuracies."""

    template_name = "dashboard/board.html"
    section = "project"
    heading = "Board"

    def page(self, project: Any) -> dict[str, Any]:
        user = self.request.user
        board, counts = board_of(user, project), project_counts(user, project)
        steps = board_steps(project, counts, [job.workflow for job in board.jobs])
        return {
            "board": board,
            "counts": counts,
            "steps": steps,
            "all_done": all(step.state.state == "done" for step in steps),
            "accuracies": latest_accuracies(user, project),
            "may_edit": role_covers(project.caller_role, Role.PRODUCER),
            "data": board_data(project, board),
        }


class BoardPartPage(BoardPage):
    """The parts of the board that change, asked for again when something happened."""

    template_name = "dashboard/parts/board_live.html"


def board_data(project: Any, board: Any) -> dict[str, Any]:
    """Return what the page's script needs: areas without outlines, jobs to follow."""
    return {
        "project": str(project.pk),
        "slug": project.slug,
        "mayEdit": role_covers(project.caller_role, Role.PRODUCER),
        "areas": [asdict(area) for area in board.areas],
        "stages": board.stages,
        "states": board.states,
        "jobs": [
            {"id": job.id, "status": job.status, "progress": job.progress} for job in board.jobs
        ],
    }
