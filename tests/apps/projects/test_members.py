"""Members: managed by managers, and never without one."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.projects.models import Membership, Project
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db


def url_of(project: Project, *parts: Any) -> str:
    tail = "".join(f"{part}/" for part in parts)
    return f"/api/v1/projects/{project.pk}/members/{tail}"


def test_a_manager_adds_somebody_of_another_organisation() -> None:
    manager, partner = make_user(), make_user()
    project = make_project(manager=manager)
    body = {"username": partner.username, "role": "producer"}
    response = api_as(manager).post(url_of(project), body, format="json")
    assert response.status_code == 201
    assert response.json()["user"] == str(partner.pk)
    assert api_as(partner).get(f"/api/v1/projects/{project.pk}/").json()["role"] == "producer"


def test_the_list_names_people_and_roles() -> None:
    manager = make_user()
    project = make_project(manager=manager)
    viewer = make_member(project, Role.VIEWER)
    rows = api_as(viewer).get(url_of(project)).json()["results"]
    assert {(row["username"], row["role"]) for row in rows} == {
        (manager.username, "manager"),
        (viewer.username, "viewer"),
    }


def test_adding_a_member_twice_changes_the_role() -> None:
    manager = make_user()
    project = make_project(manager=manager)
    viewer = make_member(project, Role.VIEWER)
    body = {"username": viewer.username, "role": "interpreter"}
    api_as(manager).post(url_of(project), body, format="json")
    assert Membership.objects.get(user=viewer).role == Role.INTERPRETER


@pytest.mark.parametrize("role", [Role.VIEWER, Role.INTERPRETER, Role.PRODUCER])
def test_others_cannot_manage_members(role: Role) -> None:
    project = make_project()
    member, guest = make_member(project, role), make_user()
    body = {"username": guest.username, "role": "viewer"}
    assert api_as(member).post(url_of(project), body, format="json").status_code == 403
    row = Membership.objects.get(user=member)
    client = api_as(member)
    patch = client.patch(url_of(project, row.pk), {"role": "manager"}, format="json")
    assert patch.status_code == 403
    assert client.delete(url_of(project, row.pk)).status_code == 403


def test_a_stranger_finds_no_members() -> None:
    project = make_project()
    assert api_as(make_user()).get(url_of(project)).status_code == 404


def test_an_unknown_name_or_role_is_named() -> None:
    manager = make_user()
    project = make_project(manager=manager)
    client = api_as(manager)
    wrong_name = client.post(url_of(project), {"username": "?", "role": "viewer"}, format="json")
    wrong_role = client.post(
        url_of(project), {"username": manager.username, "role": "king"}, format="json"
    )
    assert list(wrong_name.json()["errors"]) == ["username"]
    assert list(wrong_role.json()["errors"]) == ["role"]


@pytest.mark.parametrize("act", ["delete", "demote", "end"])
def test_the_last_manager_stays(act: str) -> None:
    manager = make_user()
    project = make_project(manager=manager)
    client, target = api_as(manager), url_of(project, manager.pk)
    if act == "delete":
        response = client.delete(target)
    else:
        change = {"role": "viewer"} if act == "demote" else {"valid_until": "2030-01-01T00:00:00Z"}
        response = client.patch(target, change, format="json")
    assert response.status_code == 409
    assert "only manager" in response.json()["detail"]


def test_a_removed_member_sees_the_project_no_more() -> None:
    manager = make_user()
    project = make_project(manager=manager)
    viewer = make_member(project, Role.VIEWER)
    assert api_as(manager).delete(url_of(project, viewer.pk)).status_code == 204
    assert api_as(viewer).get(f"/api/v1/projects/{project.pk}/").status_code == 404


def test_a_member_of_another_project_is_not_found_here() -> None:
    manager = make_user()
    project, other = make_project(manager=manager), make_project(manager=manager)
    viewer = make_member(other, Role.VIEWER)
    assert api_as(manager).delete(url_of(project, viewer.pk)).status_code == 404
    assert api_as(manager).delete(url_of(project, "nonsense")).status_code == 404
