"""Nomenclatures: codes, colours, tree, versions."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.projects.domain.palette import CLASS_PALETTE, class_color
from apps.projects.models import NomenclatureClass, Project
from apps.projects.selectors import legend_of
from apps.projects.services import nomenclature_class_create
from tests.factories import api_as, make_member, make_project, make_user

URL = "/api/v1/nomenclatures/"
FOREST = {"code": 1, "name": "Forest", "color": "#117733", "parent": None}
BROADLEAVED = {"code": 11, "name": "Broadleaved", "color": "#44aa99", "parent": 1}
pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


def patch(project: Project, **body: Any) -> Any:
    manager = project.memberships.get(role="manager").user
    return api_as(manager).patch(f"{URL}{project.nomenclature_id}/", body, format="json")


def test_classes_are_written_and_read_back_as_a_tree(project: Project) -> None:
    response = patch(project, classes=[BROADLEAVED, FOREST])
    assert response.status_code == 200, response.json()
    assert response.json()["classes"] == [FOREST, BROADLEAVED]


def test_a_change_counts_the_version_up_and_no_change_does_not(project: Project) -> None:
    assert patch(project, classes=[FOREST]).json()["version"] == 2
    assert patch(project, classes=[FOREST]).json()["version"] == 2
    assert patch(project, name="Legend").json()["version"] == 3
    assert patch(project, classes=[FOREST | {"name": "Trees"}]).json()["version"] == 4


def test_a_class_keeps_its_row_when_its_name_changes(project: Project) -> None:
    patch(project, classes=[FOREST])
    row = NomenclatureClass.objects.get()
    patch(project, classes=[FOREST | {"name": "Trees"}, BROADLEAVED])
    assert NomenclatureClass.objects.get(code=1).pk == row.pk


def test_a_class_that_is_left_out_goes(project: Project) -> None:
    patch(project, classes=[FOREST, BROADLEAVED])
    assert patch(project, classes=[FOREST]).json()["classes"] == [FOREST]


def test_a_class_without_a_colour_gets_one_of_the_palette(project: Project) -> None:
    classes = [{"code": code, "name": f"Class {code}"} for code in (5, 3, 9)]
    found = patch(project, classes=classes).json()["classes"]
    assert {item["code"]: item["color"] for item in found} == {
        5: CLASS_PALETTE[0],
        3: CLASS_PALETTE[1],
        9: CLASS_PALETTE[2],
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": 254}, "classes.0.code"),
        ({"code": -1}, "classes.0.code"),
        ({"code": 11}, "classes.0.code"),
        ({"code": "x"}, "classes.0.code"),
        ({"name": " "}, "classes.0.name"),
        ({"color": "red"}, "classes.0.color"),
        ({"color": "#12345"}, "classes.0.color"),
        ({"parent": 77}, "classes.0.parent"),
        ({"parent": 1}, "classes.0.parent"),
        ({"parent": 11}, "classes.0.parent"),
    ],
)
def test_a_wrong_class_is_refused_and_named(
    project: Project, changes: dict[str, Any], field: str
) -> None:
    response = patch(project, classes=[FOREST | changes, BROADLEAVED])
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert NomenclatureClass.objects.count() == 0


def test_a_second_nomenclature_can_be_made_and_removed(project: Project) -> None:
    manager = project.memberships.get().user
    client = api_as(manager)
    body = {"project": str(project.pk), "name": "CORINE", "classes": [FOREST]}
    made = client.post(URL, body, format="json")
    assert made.status_code == 201
    assert made.json()["version"] == 1
    assert client.get(f"{URL}?project={project.pk}").json()["count"] == 2
    assert client.post(URL, body, format="json").status_code == 409
    assert client.delete(f"{URL}{made.json()['id']}/").status_code == 204


def test_the_nomenclature_of_the_project_stays(project: Project) -> None:
    manager = project.memberships.get().user
    assert api_as(manager).delete(f"{URL}{project.nomenclature_id}/").status_code == 409


def test_only_managers_write(project: Project) -> None:
    producer = api_as(make_member(project, Role.PRODUCER))
    target = f"{URL}{project.nomenclature_id}/"
    assert producer.get(target).status_code == 200
    assert producer.patch(target, {"name": "x"}, format="json").status_code == 403
    body = {"project": str(project.pk), "name": "x"}
    assert producer.post(URL, body, format="json").status_code == 403


def test_foreign_projects_are_not_found(project: Project) -> None:
    stranger = api_as(make_user())
    assert stranger.get(f"{URL}{project.nomenclature_id}/").status_code == 404
    assert stranger.get(f"{URL}?project={project.pk}").status_code == 404
    body = {"project": str(project.pk), "name": "x"}
    assert stranger.post(URL, body, format="json").status_code == 404
    missing = stranger.post(URL, {"name": "x"}, format="json")
    assert missing.status_code == 400
    assert list(missing.json()["errors"]) == ["project"]


def test_single_classes_are_added_with_checks(project: Project) -> None:
    assert project.nomenclature is not None
    nomenclature_class_create(project.nomenclature, code=2, name="Water")
    nomenclature_class_create(project.nomenclature, code=1, name="Forest", color="#00ff00")
    assert [(item.code, item.name, item.color) for item in legend_of(project)] == [
        (1, "Forest", "#00ff00"),
        (2, "Water", class_color(0)),
    ]
    with pytest.raises(InvalidInput, match="occurs twice"):
        nomenclature_class_create(project.nomenclature, code=2, name="Sea")
