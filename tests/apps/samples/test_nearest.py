"""Samples about a place: in order of metres, and with labels only for who may read them."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.samples.services import sample_set_create
from tests.apps.samples.conftest import point
from tests.factories import api_as, make_member, make_user

pytestmark = pytest.mark.django_db


def make(api: Any, sample_set: Any, **more: Any) -> str:
    answer = api.post("/api/v1/samples/", point(sample_set, **more), format="json")
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["id"])


def ask(api: Any, project: Any, /, **more: Any) -> Any:
    query = {"lon": 22.15, "lat": 60.0, **more}
    return api.get(f"/api/v1/projects/{project.pk}/samples/nearest/", query)


def test_order_is_that_of_metres_not_of_degrees(
    project: Any, training: Any, interpreter: Any
) -> None:
    north = make(interpreter, training, lon=22.15, lat=60.008, class_code=1)  # 891 m
    east = make(interpreter, training, lon=22.162, lat=60.0, class_code=2)  # 670 m
    make(interpreter, training, lon=23.0, lat=60.0, class_code=2)
    found = ask(interpreter, project, limit=2).json()["results"]
    assert [row["id"] for row in found] == [east, north]
    assert found[0]["distance_m"] == pytest.approx(670, abs=2)
    assert found[1]["distance_m"] == pytest.approx(891, abs=2)
    assert found[0]["label"]["name"] == "grassland"
    assert found[0]["sample_set"]["name"] == "Training"


def test_a_place_inside_a_polygon_is_no_metre_away(
    project: Any, training: Any, interpreter: Any
) -> None:
    ring = [[22.1, 59.9], [22.2, 59.9], [22.2, 60.1], [22.1, 60.1], [22.1, 59.9]]
    body = point(training, class_code=1) | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    assert interpreter.post("/api/v1/samples/", body, format="json").status_code == 201
    (row,) = ask(interpreter, project).json()["results"]
    assert row["distance_m"] == 0


def test_labels_are_told_to_who_may_read_them(project: Any, interpreter: Any) -> None:
    checks = sample_set_create(
        project=project, name="Checks", user=project.created_by, purpose="validation"
    )
    manager = api_as(make_member(project, Role.MANAGER))
    make(manager, checks, lat=60.0, class_code=1)
    (row,) = ask(manager, project).json()["results"]
    assert row["labels"] is True
    assert row["label"]["code"] == 1
    (row,) = ask(interpreter, project).json()["results"]
    assert row["labels"] is False
    assert row["label"] is None


def test_a_viewer_learns_where_samples_are_but_no_label(
    project: Any, training: Any, interpreter: Any
) -> None:
    make(interpreter, training, lat=60.0, class_code=1)
    viewer = api_as(make_member(project, Role.VIEWER))
    (row,) = ask(viewer, project).json()["results"]
    assert row["status"] == "new"
    assert row["label"] is None


def test_deleted_samples_and_those_of_other_projects_are_not_there(
    project: Any, training: Any, interpreter: Any
) -> None:
    gone = make(interpreter, training, lat=60.0)
    assert interpreter.delete(f"/api/v1/samples/{gone}/", HTTP_IF_MATCH='"1"').status_code == 204
    assert ask(interpreter, project).json()["results"] == []
    assert ask(api_as(make_user()), project).status_code == 404


@pytest.mark.parametrize("wrong", [{"lon": "east"}, {"lat": 91}, {"limit": 21}])
def test_a_wrong_question_is_answered_by_name(
    project: Any, interpreter: Any, wrong: dict[str, Any]
) -> None:
    answer = ask(interpreter, project, **wrong)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(wrong)
