"""The frame of every page: projects to switch to, sections, who is signed in."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from apps.accounts.selectors import notifications_unread
from apps.core.enums import Role
from apps.core.policy import role_covers
from apps.dashboard.domain.demo import DEMO_SLUG
from apps.jobs.selectors import job_visible_to, stream_last
from apps.products.selectors import workflows_public
from apps.projects.selectors import projects_visible_to

# Pauses that end only when somebody decides.
NEEDS_A_PERSON = ("failure_budget", "quota")
SECTIONS = (
    ("project", "Board", "board", False),
    ("map", "Map", "map", False),
    ("areas", "Areas", "areas", True),
    ("scenes", "Scenes", "scenes", True),
    ("samples", "Samples", "samples", True),
    ("features", "Features", "features", True),
    ("models", "Models", "models", False),
    ("jobs", "Jobs", "jobs", False),
)


def shell_of(user: Any, project: Any | None, section: str) -> dict[str, Any]:
    """Return what the shell template needs; ``data`` is what its scripts need."""
    projects: list[Any] = list(projects_visible_to(user).order_by("name"))
    held = next((row.caller_role for row in projects if project and row.pk == project.pk), "")
    frame: dict[str, Any] = {
        "initials": initials_of(user),
        "projects": projects,
        "unread": notifications_unread(user),
        "rail": _rail(user, project, section) if project else [],
        "role": held.capitalize(),
    }
    return {**frame, "data": _data(user, project, held, frame)}


def _rail(user: Any, project: Any, section: str) -> list[dict[str, Any]]:
    stuck = Q(runs__state="paused", runs__pause_reason__in=NEEDS_A_PERSON)
    counts = {"jobs": job_visible_to(user).filter(stuck, project=project).count()}
    return [
        {
            "word": word,
            "icon": icon,
            "minor": minor,
            "current": name == section,
            "count": counts.get(name, 0),
            "url": reverse(f"dashboard:{name}", args=[project.slug]),
        }
        for name, word, icon, minor in SECTIONS
    ]


def _data(user: Any, project: Any | None, role: str, frame: dict[str, Any]) -> dict[str, Any]:
    """Where the command palette can go, and what the person keeps on the server."""
    data: dict[str, Any] = {
        "user": str(user.pk),
        "project": None,
        "pages": [{k: row[k] for k in ("word", "icon", "url")} for row in frame["rail"]],
        "launch": [],
        "new": [],
        "projects": [
            {"name": row.name, "url": reverse("dashboard:project", args=[row.slug])}
            for row in frame["projects"]
        ],
        "unread": frame["unread"],
        "seq": stream_last(f"user:{user.pk}"),
        "preferences": user.preferences,
        "demo": _demo_board(frame["projects"]),
    }
    if project is not None:
        data["project"] = {"id": str(project.pk), "name": project.name, "role": role}
        if role and role_covers(role, Role.PRODUCER):
            data["launch"] = [_launch(project, row) for row in workflows_public()]
            address = reverse("dashboard:features-new", args=[project.slug])
            data["new"] = [{"word": "New feature set", "icon": "features", "url": address}]
    return data


def _launch(project: Any, workflow: Any) -> dict[str, str]:
    address = reverse("dashboard:launch", args=[project.slug, workflow.slug])
    return {"word": workflow.title, "url": address}


def _demo_board(projects: list[Any]) -> str:
    """The board of the demo project, where the tour begins; empty for non-members."""
    held = any(row.slug == DEMO_SLUG for row in projects)
    return reverse("dashboard:project", args=[DEMO_SLUG]) if held else ""


def initials_of(user: Any) -> str:
    """Return one or two letters for a person."""
    names = user.get_full_name().split() or [user.username]
    return "".join(name[0] for name in names[:2]).upper()
