"""Samples over the API: edits with If-Match, history, filters, roles."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.samples.models import ReferenceSample, SampleRevision
from apps.samples.services import sample_set_create
from tests.apps.samples.conftest import point
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db
URL = "/api/v1/samples/"


def make(api: Any, sample_set: Any, **properties: Any) -> dict[str, Any]:
    answer = api.post(URL, point(sample_set, **properties), format="json")
    assert answer.status_code == 201, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def test_sample_is_created_with_its_etag(training: Any, interpreter: Any) -> None:
    answer = interpreter.post(URL, point(training, class_code=1), format="json")
    assert answer.status_code == 201, answer.json()
    assert answer["ETag"] == '"1"'
    properties = answer.json()["properties"]
    assert (properties["class_code"], properties["status"]) == (1, "new")
    read = interpreter.get(f"{URL}{answer.json()['id']}/")
    assert read["ETag"] == '"1"'


def test_edit_without_if_match_is_refused(training: Any, interpreter: Any) -> None:
    url = f"{URL}{make(interpreter, training)['id']}/"
    edit = {"properties": {"class_code": 2}}
    assert interpreter.patch(url, edit, format="json").status_code == 428
    assert interpreter.delete(url).status_code == 428


def test_stale_edit_answers_the_state_now(training: Any, interpreter: Any) -> None:
    url = f"{URL}{make(interpreter, training)['id']}/"
    first = interpreter.patch(
        url, {"properties": {"class_code": 2}}, format="json", HTTP_IF_MATCH='"1"'
    )
    assert (first.status_code, first["ETag"]) == (200, '"2"')
    second = interpreter.patch(
        url, {"properties": {"class_code": 1}}, format="json", HTTP_IF_MATCH='"1"'
    )
    assert second.status_code == 412
    assert second.json()["current"]["properties"]["class_code"] == 2
    assert interpreter.delete(url, HTTP_IF_MATCH='"1"').status_code == 412
    assert interpreter.delete(url, HTTP_IF_MATCH='"2"').status_code == 204
    assert interpreter.get(url).status_code == 404


def test_history_keeps_every_accepted_edit(training: Any, interpreter: Any) -> None:
    url = f"{URL}{make(interpreter, training)['id']}/"
    for revision, code in ((1, 2), (2, 1)):
        edit = {"properties": {"class_code": code}}
        interpreter.patch(url, edit, format="json", HTTP_IF_MATCH=f'"{revision}"')
    body = interpreter.get(f"{url}history/").json()
    assert [entry["revision"] for entry in body["results"]] == [1, 2, 3]
    codes = [entry["state"]["properties"]["class_code"] for entry in body["results"]]
    assert codes == [None, 2, 1]
    assert body["results"][0]["actor"].startswith("user-")


@pytest.mark.parametrize(
    ("properties", "field", "words"),
    [
        ({"class_code": 42}, "class_code", "'42' is not in nomenclature"),
        ({"class_code": "forest"}, "class_code", "not an integer"),
        ({"status": "perfect"}, "status", "unknown"),
        ({"valid_from": "2018-05-01", "valid_to": "2018-01-01"}, "valid_to", "before"),
        ({"valid_from": "spring"}, "valid_from", "not a date"),
        ({"colour": "red"}, "colour", "Unknown"),
        ({"region": "nowhere"}, "region", "no region"),
    ],
)
def test_wrong_field_is_named(
    training: Any, interpreter: Any, properties: Any, field: str, words: str
) -> None:
    answer = interpreter.post(URL, point(training, **properties), format="json")
    assert answer.status_code == 400
    assert words in answer.json()["errors"][field][0]
    assert ReferenceSample.objects.count() == 0


def test_revision_and_set_are_not_writable(training: Any, interpreter: Any, project: Any) -> None:
    url = f"{URL}{make(interpreter, training)['id']}/"
    other = sample_set_create(project=project, name="Other", user=project.created_by)
    edit = {"properties": {"sample_set": str(other.pk), "class_code": 1}}
    refused = interpreter.patch(url, edit, format="json", HTTP_IF_MATCH='"1"')
    assert refused.status_code == 400
    assert "Cannot be changed here" in refused.json()["errors"]["sample_set"][0]
    edit = {"properties": {"revision": 77, "sample_set": str(training.pk), "class_code": 1}}
    body = interpreter.patch(url, edit, format="json", HTTP_IF_MATCH='"1"').json()
    assert body["properties"]["revision"] == 2


def test_list_is_filtered(training: Any, interpreter: Any) -> None:
    make(interpreter, training, class_code=1)
    make(interpreter, training, class_code=2, status="ok")
    for query, count in (
        ("class=1", 1),
        ("class=1,2", 2),
        ("status=ok", 1),
        (f"sample_set={training.pk}", 2),
        ("bbox=22,45,23,46", 2),
        ("bbox=0,0,1,1", 0),
    ):
        assert interpreter.get(f"{URL}?{query}").json()["count"] == count, query
    for query in ("class=one", "status=fine", "bbox=1"):
        assert interpreter.get(f"{URL}?{query}").status_code == 400, query


def test_bulk_edit_is_all_or_nothing(training: Any, interpreter: Any) -> None:
    ids = [make(interpreter, training)["id"] for _ in range(3)]
    items = [{"id": name, "revision": 1, "class_code": 1} for name in ids]
    done = interpreter.patch(URL, {"samples": items}, format="json")
    assert done.status_code == 200, done.json()
    assert {f["properties"]["revision"] for f in done.json()["features"]} == {2}
    items = [{"id": name, "revision": 2, "class_code": 2} for name in ids]
    items[2]["revision"] = 1
    stale = interpreter.patch(URL, {"samples": items}, format="json")
    assert stale.status_code == 412
    assert set(ReferenceSample.objects.values_list("class_code", "revision")) == {(1, 2)}
    assert SampleRevision.objects.count() == 6
    del items[2]["revision"]
    assert interpreter.patch(URL, {"samples": items}, format="json").status_code == 428


def test_bulk_edit_of_a_foreign_sample_is_not_found(training: Any, interpreter: Any) -> None:
    other = make_project(classes={1: "forest"})
    foreign = sample_set_create(project=other, name="F", user=other.created_by)
    theirs = make(api_as(other.created_by), foreign)["id"]
    mine = make(interpreter, training)["id"]
    items = [{"id": name, "revision": 1, "class_code": 1} for name in (mine, theirs)]
    assert interpreter.patch(URL, {"samples": items}, format="json").status_code == 404
    assert set(ReferenceSample.objects.values_list("revision", flat=True)) == {1}


def test_roles_and_strangers(training: Any, interpreter: Any, project: Any) -> None:
    url = f"{URL}{make(interpreter, training)['id']}/"
    stranger = api_as(make_user())
    assert stranger.get(url).status_code == 404
    assert stranger.post(URL, point(training), format="json").status_code == 404
    viewer = api_as(make_member(project, Role.VIEWER))
    assert viewer.get(URL).json()["count"] == 0
    assert viewer.post(URL, point(training), format="json").status_code == 403


def test_validation_labels_are_hidden_from_all_but_managers(project: Any) -> None:
    manager = api_as(project.created_by)
    validation = sample_set_create(
        project=project, name="V", purpose="validation", user=project.created_by
    )
    url = f"{URL}{make(manager, validation, class_code=2, attributes={'name': 'x'})['id']}/"
    producer = api_as(make_member(project, Role.PRODUCER))
    seen = producer.get(url).json()["properties"]
    assert (seen["class_code"], seen["attributes"]) == (None, {})
    assert producer.get(f"{URL}?class=2").json()["count"] == 0
    assert producer.get(f"{url}history/").status_code == 403
    sets = f"/api/v1/sample-sets/{validation.pk}/"
    assert producer.get(f"{sets}export/").status_code == 403
    assert producer.post(f"{sets}freeze/").status_code == 403
    assert manager.get(url).json()["properties"]["class_code"] == 2
    assert manager.get(f"{URL}?class=2").json()["count"] == 1


def test_own_reading_of_a_validation_sample_stays_visible(project: Any, interpreter: Any) -> None:
    validation = sample_set_create(
        project=project, name="V", purpose="validation", user=project.created_by
    )
    body = make(interpreter, validation, class_code=1)
    assert body["properties"]["class_code"] == 1
