"""Bulk edits, deletion with a way back, and what others hear of it."""

from typing import Any

import pytest

from apps.accounts.models import AuditEntry
from apps.core.enums import Role
from apps.samples.models import ReferenceSample, SampleRevision, SampleSet
from apps.samples.services import sample_create
from tests.apps.samples.conftest import point
from tests.factories import api_as, make_member, make_project

pytestmark = pytest.mark.django_db
URL = "/api/v1/samples/"
PLACE = {"type": "Point", "coordinates": [22.15, 45.2]}


@pytest.fixture
def ids(training: Any) -> list[str]:
    rows = [
        sample_create(sample_set=training, geometry=PLACE, values={"class_code": 1}, user=None)
        for _ in range(4)
    ]
    return sorted(str(row.pk) for row in rows)


def items(ids: list[str], revision: int = 1, **values: Any) -> dict[str, Any]:
    return {"samples": [{"id": name, "revision": revision, **values} for name in ids]}


def revisions() -> set[int]:
    return set(ReferenceSample.objects.values_list("revision", flat=True))


def test_stale_items_of_a_bulk_edit_are_all_named(
    interpreter: Any, ids: list[str], training: Any
) -> None:
    other = api_as(make_member(training.project, Role.PRODUCER, username="other"))
    done = other.patch(URL, items(ids[1:3], class_code=2), format="json")
    assert done.status_code == 200, done.json()
    refused = interpreter.patch(URL, items(ids, status="ok"), format="json")
    assert refused.status_code == 412
    stale = refused.json()["stale"]
    assert [row["id"] for row in stale] == ids[1:3]
    assert {(row["given"], row["revision"], row["edited_by"]) for row in stale} == {(1, 2, "other")}
    assert stale[0]["current"]["properties"]["class_code"] == 2
    assert not ReferenceSample.objects.filter(status="ok").exists()


def test_deleted_samples_come_back_as_they_were(interpreter: Any, ids: list[str]) -> None:
    gone = interpreter.post(f"{URL}delete/", items(ids[:2]), format="json")
    assert gone.status_code == 200, gone.json()
    assert {row["revision"] for row in gone.json()["samples"]} == {2}
    assert interpreter.get(URL).json()["count"] == 2
    back = interpreter.post(f"{URL}restore/", gone.json(), format="json")
    assert back.status_code == 200, back.json()
    assert {f["properties"]["class_code"] for f in back.json()["features"]} == {1}
    assert interpreter.get(URL).json()["count"] == 4
    actions = SampleRevision.objects.filter(sample__pk=ids[0]).values_list("action", flat=True)
    assert list(actions) == ["created", "deleted", "restored"]
    assert AuditEntry.objects.filter(action="sample.restore").count() == 1
    assert AuditEntry.objects.filter(action="sample.bulk_delete").count() == 1


def test_bulk_delete_is_all_or_nothing(interpreter: Any, ids: list[str]) -> None:
    body = items(ids)
    body["samples"][3]["revision"] = 9
    assert interpreter.post(f"{URL}delete/", body, format="json").status_code == 412
    assert revisions() == {1}
    del body["samples"][3]["revision"]
    assert interpreter.post(f"{URL}delete/", body, format="json").status_code == 428
    twice = items([ids[0], ids[0]])
    assert interpreter.post(f"{URL}delete/", twice, format="json").status_code == 400


def test_only_deleted_samples_can_be_restored(interpreter: Any, ids: list[str]) -> None:
    assert interpreter.post(f"{URL}restore/", items(ids[:1]), format="json").status_code == 404
    interpreter.post(f"{URL}delete/", items(ids[:1]), format="json")
    stale = interpreter.post(f"{URL}restore/", items(ids[:1], 1), format="json")
    assert stale.status_code == 412
    assert interpreter.post(f"{URL}restore/", items(ids[:1], 2), format="json").status_code == 200


def test_a_sample_whose_name_was_taken_stays_deleted(interpreter: Any, training: Any) -> None:
    named = point(training, external_id="plot-1")
    first = interpreter.post(URL, named, format="json").json()["id"]
    gone = interpreter.post(f"{URL}delete/", items([first]), format="json").json()
    interpreter.post(URL, named, format="json")
    answer = interpreter.post(f"{URL}restore/", gone, format="json")
    assert answer.status_code == 409
    assert "external_id" in answer.json()["detail"]


def test_foreign_and_lowly_callers_change_nothing(
    project: Any, ids: list[str], interpreter: Any
) -> None:
    viewer = api_as(make_member(project, Role.VIEWER))
    stranger = api_as(make_project().created_by)
    for person in (viewer, stranger):
        for part in ("delete/", "restore/"):
            assert person.post(f"{URL}{part}", items(ids), format="json").status_code == 404
        assert person.patch(URL, items(ids, status="ok"), format="json").status_code == 404
    assert revisions() == {1}


def test_many_edits_cost_few_queries_each(
    interpreter: Any, ids: list[str], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(24):
        interpreter.patch(URL, items(ids, class_code=2), format="json")


def test_each_edit_counts_the_set_up_and_is_told(
    interpreter: Any, training: Any, ids: list[str]
) -> None:
    before = SampleSet.objects.get(pk=training.pk).revision
    events = f"/api/v1/sample-sets/{training.pk}/events/"
    since = interpreter.get(events).json()["seq"]
    interpreter.patch(URL, items(ids[:2], class_code=2), format="json")
    interpreter.post(f"{URL}delete/", items(ids[2:]), format="json")
    interpreter.patch(URL, items(ids, 1, status="ok"), format="json")  # stale: told to nobody
    body = interpreter.get(f"{events}?since={since}").json()
    assert [message["type"] for message in body["results"]] == ["samples", "samples"]
    first, second = body["results"]
    assert first["samples"] == [
        {"id": name, "revision": 2, "action": "changed"} for name in ids[:2]
    ]
    assert {row["action"] for row in second["samples"]} == {"deleted"}
    assert "class_code" not in str(body["results"])
    assert second["revision"] == body["revision"] == before + 2
    assert first["by"].startswith("user-")
