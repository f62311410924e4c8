"""The frame of every page: projects to switch to, sections, who is signed in."""

from typing import Any

from django.urls import reverse

from apps.projects.selectors import projects_visible_to

SECTIONS = (
    ("project", "Board", "board", False),
    ("map", "Map", "map", False),
    ("scenes", "Scenes", "scenes", True),
    ("samples", "Samples", "samples", True),
    ("models", "Models", "models", False),
    ("jobs", "Jobs", "jobs", False),
)


def shell_of(user: Any, project: Any | None, section: str) -> dict[str, Any]:
    """Return what the shell template needs."""
    frame: dict[str, Any] = {"initials": initials_of(user)}
    if project is not None:
        frame["projects"] = list(projects_visible_to(user))
        frame["role"] = str(getattr(project, "caller_role", "") or "").capitalize()
        frame["rail"] = [
            {
                "word": word,
                "icon": icon,
                "minor": minor,
                "current": name == section,
                "url": reverse(f"dashboard:{name}", args=[project.slug]),
            }
            for name, word, icon, minor in SECTIONS
        ]
    return frame


def initials_of(user: Any) -> str:
    """Return one or two letters for a person."""
    names = user.get_full_name().split() or [user.username]
    return "".join(name[0] for name in names[:2]).upper()
