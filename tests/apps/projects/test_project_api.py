"""Projects by API: who sees what, and which grid one gets."""

import json
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.core.enums import Role
from apps.projects.models import Membership, Nomenclature, Project
from tests.factories import api_as, make_member, make_organisation, make_project, make_user

URL = "/api/v1/projects/"
pytestmark = pytest.mark.django_db


def create(user: Any = None, **body: Any) -> Any:
    return api_as(user or make_user()).post(URL, {"name": "HRL Forest", **body}, format="json")


def test_a_project_shows_the_fields_that_clients_rely_on() -> None:
    user = make_user()
    body = create(user, reference_year=2018).json()
    assert body["name"] == "HRL Forest"
    assert body["slug"] == "hrl-forest"
    assert body["organisation"] == str(user.organisation_id)
    assert body["reference_year"] == 2018
    assert body["role"] == "manager"
    assert body["grid"] == {
        "crs": "EPSG:3035",
        "resolution": [10.0, 10.0],
        "origin": [0.0, 0.0],
        "block_size": 512,
    }
    assert Nomenclature.objects.get(pk=body["nomenclature"]).project_id is not None


def test_a_native_grid_is_null_until_the_first_imagery() -> None:
    body = create(grid="native").json()
    assert body["grid"] is None
    assert body["grid_native"] is True


def test_a_grid_can_be_given() -> None:
    grid = {"crs": "EPSG:32634", "resolution": [20, 20], "origin": [500, 1000], "block_size": 128}
    body = create(grid=grid).json()
    assert body["grid"]["crs"] == "EPSG:32634"
    assert body["grid"]["resolution"] == [20, 20]
    assert body["grid"]["block_size"] == 128


@pytest.mark.parametrize(
    ("grid", "field"),
    [
        ({"crs": "EPSG:4326", "resolution": [1, 1]}, "grid.crs"),
        ({"crs": "EPSG:999999", "resolution": [10, 10]}, "grid.crs"),
        ({"crs": "/etc/passwd", "resolution": [10, 10]}, "grid.crs"),
        ({"crs": "https://example.org/crs", "resolution": [10, 10]}, "grid.crs"),
        ({"crs": "PROJCS[", "resolution": [10, 10]}, "grid.crs"),
        ({"crs": "EPSG:3035", "resolution": [0, 10]}, "grid.resolution.0"),
        ({"crs": "EPSG:3035", "resolution": [10]}, "grid.resolution.1"),
        ({"crs": "EPSG:3035", "resolution": [10, 10], "block_size": 63}, "grid.block_size"),
        ({"crs": "EPSG:3035", "resolution": [10, 10], "block_size": 2049}, "grid.block_size"),
        ({"crs": "EPSG:3035", "resolution": [10, 10], "colour": 1}, "grid.colour"),
        ({"crs": "EPSG:3035"}, "grid.resolution"),
        ("local", "grid"),
        ([], "grid"),
    ],
)
def test_a_wrong_grid_is_refused_and_the_field_named(grid: Any, field: str) -> None:
    response = create(grid=grid)
    assert response.status_code == 400, response.json()
    assert field in response.json()["errors"]
    assert Project.objects.count() == 0


def test_names_and_slugs_are_checked() -> None:
    assert create(name=" ").status_code == 400
    assert create(slug="Not A Slug").json()["errors"]["slug"]
    assert create(slug="taken").status_code == 201
    assert create(slug="taken").status_code == 409
    assert create(name="Лес").json()["slug"].startswith("project")


def test_two_projects_of_one_name_get_two_slugs() -> None:
    slugs = {create().json()["slug"] for _ in range(3)}
    assert len(slugs) == 3


def test_who_belongs_nowhere_cannot_own_a_project() -> None:
    loner = make_user()
    loner.organisation = None
    loner.save()
    response = create(loner)
    assert response.status_code == 403
    assert "no organisation" in response.json()["detail"]


def test_a_foreign_organisation_is_refused() -> None:
    response = create(organisation=str(make_organisation().pk))
    assert response.status_code == 403
    user = make_user()
    assert user.organisation is not None
    assert create(user, organisation=user.organisation.slug).status_code == 201


def test_foreign_and_unknown_projects_look_the_same() -> None:
    foreign = make_project()
    client = api_as(make_user())
    answers = [
        client.get(f"{URL}{key}/")
        for key in (foreign.pk, "00000000-0000-4000-8000-000000000000", "nonsense")
    ]
    assert {item.status_code for item in answers} == {404}
    assert len({item.content for item in answers}) == 1
    assert client.get(URL).json()["count"] == 0


def test_a_membership_that_is_over_shows_nothing() -> None:
    project = make_project()
    user = make_member(project, Role.MANAGER)
    assert api_as(user).get(f"{URL}{project.pk}/").status_code == 200
    Membership.objects.filter(user=user).update(valid_until=timezone.now())
    assert api_as(user).get(f"{URL}{project.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.INTERPRETER, Role.PRODUCER])
def test_only_managers_change_or_delete_a_project(role: Role) -> None:
    project = make_project()
    client = api_as(make_member(project, role))
    assert client.patch(f"{URL}{project.pk}/", {"name": "x"}, format="json").status_code == 403
    assert client.delete(f"{URL}{project.pk}/").status_code == 403
    assert client.get(f"{URL}{project.pk}/").json()["role"] == role


def test_a_manager_changes_what_may_change() -> None:
    user = make_user()
    project = make_project(manager=user)
    before = api_as(user).get(f"{URL}{project.pk}/").json()
    changes = {
        "name": "New",
        "reference_year": None,
        "slug": "stolen",
        "organisation": str(make_organisation().pk),
        "grid": "native",
        "role": "viewer",
        "id": "00000000-0000-4000-8000-000000000000",
    }
    refused = api_as(user).patch(f"{URL}{project.pk}/", changes, format="json")
    assert refused.status_code == 400
    assert {"slug", "organisation", "role", "id"} <= set(refused.json()["errors"])
    changes = {"name": "New", "reference_year": None}
    after = api_as(user).patch(f"{URL}{project.pk}/", changes, format="json").json()
    assert after == before | changes


def test_a_project_takes_no_foreign_nomenclature() -> None:
    user = make_user()
    project, other = make_project(manager=user), make_project(manager=user)
    body = {"nomenclature": str(other.nomenclature_id)}
    response = api_as(user).patch(f"{URL}{project.pk}/", body, format="json")
    assert response.status_code == 404


def test_deleting_removes_everything_of_the_project() -> None:
    user = make_user()
    project = make_project(manager=user, classes={1: "Forest"})
    assert api_as(user).delete(f"{URL}{project.pk}/").status_code == 204
    assert Nomenclature.objects.count() == 0


def test_the_list_costs_the_same_for_many_projects(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user = make_user()
    client = api_as(user)
    for number in range(12):
        make_project(manager=user, name=f"Project {number}")
        if number in (0, 11):
            # transaction savepoint and release, count, page
            with django_assert_num_queries(4):
                client.get(URL)


def test_pages_have_a_size_up_to_500() -> None:
    user = make_user()
    for number in range(3):
        make_project(manager=user, name=f"Project {number}")
    page = api_as(user).get(f"{URL}?page_size=2").json()
    assert (page["count"], len(page["results"]), page["previous"]) == (3, 2, None)
    assert "page=2" in page["next"]
    assert api_as(user).get(f"{URL}?page_size=100000").status_code == 200
    assert api_as(user).get(f"{URL}?page=9").status_code == 404


def test_lists_can_be_ordered_by_what_is_allowed() -> None:
    user = make_user()
    for name in ("B", "A", "C"):
        make_project(manager=user, name=name)
    client = api_as(user)
    rows = client.get(f"{URL}?ordering=-name").json()["results"]
    assert [row["name"] for row in rows] == ["C", "B", "A"]
    response = client.get(f"{URL}?ordering=created_by__password")
    assert response.status_code == 400
    assert "known: created_at, name, slug" in response.json()["detail"]


def grid_of(**fields: Any) -> dict[str, Any]:
    return {
        "crs": "EPSG:3035",
        "resolution": [20, 20],
        "origin": [0, 0],
        "block_size": 256,
    } | fields


def test_the_grid_of_a_project_is_fixed_and_says_so() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.MANAGER))
    answer = client.patch(f"{URL}{project.pk}/", {"grid": grid_of()}, format="json")
    assert answer.status_code == 400
    told = answer.json()
    assert "is fixed" in told["detail"]
    assert "another project" in told["advice"]
    assert list(told["errors"]) == ["grid"]


def test_a_native_project_takes_a_grid_before_its_first_imagery_and_then_no_other() -> None:
    user = make_user(organisation=make_organisation())
    client = api_as(user)
    made = client.post(URL, {"name": "Later", "grid": "native"}, format="json").json()
    assert made["grid"] is None
    address = f"{URL}{made['id']}/"
    wrong = client.patch(address, {"grid": grid_of(block_size=1)}, format="json")
    assert wrong.status_code == 400
    assert "grid" in json.dumps(wrong.json()["errors"])
    given = client.patch(address, {"grid": grid_of()}, format="json")
    assert given.status_code == 200
    assert given.json()["grid"]["block_size"] == 256
    again = client.patch(address, {"grid": grid_of(block_size=128)}, format="json")
    assert again.status_code == 400


def test_what_was_shown_may_be_sent_back_with_one_change() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.MANAGER))
    shown = client.get(f"{URL}{project.pk}/").json()
    answer = client.put(f"{URL}{project.pk}/", shown | {"name": "Renamed"}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json() == shown | {"name": "Renamed"}
    other = client.put(f"{URL}{project.pk}/", shown | {"slug": "other"}, format="json")
    assert other.status_code == 400
    assert "Cannot be changed here" in other.json()["errors"]["slug"][0]
