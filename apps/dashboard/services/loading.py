"""A STAC catalogue as a project of its own (``CATALOG=… make run``)."""

from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django.utils.text import slugify

from apps.accounts.selectors import user_by_username
from apps.core.enums import Role
from apps.core.errors import NotFound
from apps.dashboard.services.logins import DEMO_MEMBERS
from apps.jobs.models import Job
from apps.orchestration.services.job_launch import job_submit_internal
from apps.projects.selectors import project_get_by_slug, role_of
from apps.projects.services import member_set, project_create


def catalogue_project_load(*, href: str, username: str) -> Job:
    """Import a catalogue into a project named after it, made on the imagery's own grid.

    The demo people become members in the role of their name where they exist.

    Raises:
        NotFound: there is no such user to own the project.
    """
    owner = user_by_username(username)
    if owner is None:
        raise NotFound(f"There is no user {username!r} to own the project.")
    slug = catalogue_slug(href)
    try:
        project = project_get_by_slug(owner, slug, at_least=Role.MANAGER)
    except NotFound:
        project = project_create(
            user=owner, name=slug.replace("-", " ").capitalize(), slug=slug, grid="native"
        )
    for role in DEMO_MEMBERS:
        person: Any = user_by_username(role.value)
        if person is not None and role_of(person, project) is None:
            member_set(project, user=owner, member=person, role=role)
    return job_submit_internal(
        user=owner, project=project, workflow="import_catalog", parameters={"href": href}
    )


def catalogue_slug(href: str) -> str:
    """Return a project slug for a catalogue: its folder's name, or the host's."""
    parts = urlsplit(href)
    path = PurePath(parts.path)
    name = path.parent.name if path.suffix == ".json" else path.name
    return slugify(name or parts.netloc)[:50] or "catalogue"
