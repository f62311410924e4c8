"""People, organisations and projects for tests."""

from itertools import count
from typing import Any

from rest_framework.test import APIClient

from apps.accounts.models import Organisation, User
from apps.core.enums import Role
from apps.projects.models import Membership, Project
from apps.projects.services import nomenclature_class_create, project_create

_number = count(1)
PASSWORD = "a long enough secret"


def make_organisation(**fields: Any) -> Organisation:
    number = next(_number)
    return Organisation.objects.create(
        **{"slug": f"org-{number}", "name": f"Organisation {number}", **fields}
    )


def make_user(
    *,
    role: str | None = None,
    project: Project | None = None,
    organisation: Organisation | None = None,
    **fields: Any,
) -> User:
    """Make a user; with ``project`` also a member of it (default role: viewer)."""
    number = next(_number)
    user = User(
        **{
            "username": f"user-{number}",
            "organisation": organisation or make_organisation(),
            **fields,
        }
    )
    user.set_password(PASSWORD)
    user.save(force_insert=True)
    if project is not None:
        Membership.objects.create(project=project, user=user, role=role or Role.VIEWER)
    return user


def make_project(
    *,
    manager: User | None = None,
    classes: dict[int, str] | None = None,
    **fields: Any,
) -> Project:
    """Make a project of a manager (a new one by default); ``classes`` maps code to name.

    ``grid`` is as in ``project_create``: absent, ``"native"``, an object or a contract Grid.
    """
    number = next(_number)
    user = manager or make_user()
    project = project_create(user=user, **{"name": f"Project {number}", **fields})
    for code, name in (classes or {}).items():
        assert project.nomenclature is not None
        nomenclature_class_create(project.nomenclature, code=code, name=name, user=user)
    return project


def make_member(project: Project, role: str = Role.VIEWER, **fields: Any) -> User:
    """Make a user with a role in a project."""
    return make_user(role=role, project=project, **fields)


def api_as(user: User | None = None) -> APIClient:
    """Return a client of the API signed in as a user (None: anonymous)."""
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client
