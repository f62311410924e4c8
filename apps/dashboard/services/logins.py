"""The demo: people with known passwords and a project for them."""

from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.selectors import user_by_username
from apps.accounts.services import organisation_ensure, user_create
from apps.core.enums import Role
from apps.core.errors import Conflict, NotFound
from apps.dashboard.domain.demo import DEMO_SLUG
from apps.projects.selectors import project_get_by_slug, role_of
from apps.projects.services import member_set, project_create

DEMO_PASSWORD = "demo"  # noqa: S105 - known to everybody, refused in production
DEMO_NAME = "Demo: synthetic country"
DEMO_BLOCK_SIZE = 128
DEMO_MEMBERS = (Role.MANAGER, Role.PRODUCER, Role.INTERPRETER, Role.VIEWER)
STRANGER = "stranger"


@transaction.atomic
def demo_logins_make() -> Any:
    """Make the demo organisations, people and project; safe to repeat. Returns the project.

    ``manager``, ``producer``, ``interpreter`` and ``viewer`` of organisation ``demo`` are members
    of the project ``demo`` in the role of their name; ``stranger`` of organisation ``other`` is
    a member of nothing. The password of all is ``demo``.

    Raises:
        Conflict: These settings refuse demo log-ins, or the slug is another project's.
    """
    if not settings.DEMO:
        raise Conflict(
            "Demo log-ins are refused under these settings.",
            advice="Set DEMO=1 outside production, or create users of your own.",
        )
    home = organisation_ensure(slug="demo", name="Demo mapping agency")
    other = organisation_ensure(slug="other", name="Other company")
    people = {role: _person(role.value, home) for role in DEMO_MEMBERS}
    _person(STRANGER, other)
    project = _demo_project(people[Role.MANAGER])
    for role, user in people.items():
        if role_of(user, project) != role:
            member_set(project, user=people[Role.MANAGER], member=user, role=role)
    return project


def _person(username: str, organisation: Any) -> Any:
    found = user_by_username(username)
    if found is not None:
        return found
    return user_create(username=username, password=DEMO_PASSWORD, organisation=organisation)


def _demo_project(manager: Any) -> Any:
    try:
        return project_get_by_slug(manager, DEMO_SLUG, at_least=Role.MANAGER)
    except NotFound:
        grid = {"crs": "EPSG:3035", "resolution": [10, 10], "block_size": DEMO_BLOCK_SIZE}
        return project_create(user=manager, name=DEMO_NAME, slug=DEMO_SLUG, grid=grid)
