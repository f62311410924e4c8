from typing import Any

import pytest

from tests.apps.modelling.conftest import register
from tests.factories import api_as, make_member, make_project

pytestmark = pytest.mark.django_db
URL = "/api/v1/assessments/"

__all__ = ["register"]


def test_assessment_of_a_model_shows_matrix_and_intervals(register: Any) -> None:
    version = register()
    client = api_as(make_member(version.project))

    (body,) = client.get(URL, {"model_version": str(version.pk)}).json()["results"]

    assert body["classes"] == [1, 2]
    assert body["matrix"] == [[9, 1], [1, 9]]
    assert body["overall_accuracy"] == {"value": 0.9, "se": 0.01, "ci95": [0.88, 0.92]}
    assert {"code", "users_accuracy", "producers_accuracy", "f1", "area"} <= body["per_class"][
        0
    ].keys()
    assert body["design"]["method"] == "spatial_block"
    assert body["kind"] == "spatial_cv"
    assert body["model_version"] == str(version.pk)
    assert client.get(f"{URL}{body['id']}/").json() == body


def test_assessments_are_not_written_by_hand(register: Any) -> None:
    version = register()
    client = api_as(version.project.created_by)
    url = f"{URL}{version.assessments.get().pk}/"
    body = {"project": str(version.project_id)}
    closed = (403, 405)
    assert client.post(URL, body, format="json").status_code in closed
    assert client.patch(url, {}, format="json").status_code in closed
    assert client.delete(url).status_code in closed
    assert version.assessments.get().matrix == [[9, 1], [1, 9]]


def test_stranger_sees_no_assessment(register: Any) -> None:
    version = register()
    stranger = api_as(make_member(make_project()))
    assert stranger.get(f"{URL}{version.assessments.get().pk}/").status_code == 404
    assert stranger.get(URL).json()["count"] == 0


def test_filter_by_kind_and_unknown_kind(register: Any) -> None:
    version = register()
    client = api_as(make_member(version.project))
    assert client.get(URL, {"kind": "design"}).json()["count"] == 0
    assert client.get(URL, {"kind": "guess"}).status_code == 400
