"""Remarks: what a reader pins to the map is never lost and says who did what."""

from typing import Any

import pytest

from apps.accounts.models import AuditEntry
from apps.core.enums import Role
from apps.quality.models import Remark, RemarkEvent
from apps.quality.selectors import open_remarks_within
from tests.factories import api_as, make_member, make_project

pytestmark = pytest.mark.django_db
URL = "/api/v1/remarks/"
POINT = {"type": "Point", "coordinates": [22.16, 45.21]}


def body(project: Any, **properties: Any) -> dict[str, Any]:
    given = {"project": str(project.pk), "text": "Clear-cut mapped as forest", **properties}
    return {"type": "Feature", "geometry": POINT, "properties": given}


def pinned(client: Any, project: Any, **properties: Any) -> dict[str, Any]:
    answer = client.post(URL, body(project, **properties), format="json")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def changed(client: Any, remark: dict[str, Any], match: int | None = None, **given: Any) -> Any:
    headers = {} if match is None else {"HTTP_IF_MATCH": f'"{match}"'}
    return client.patch(f"{URL}{remark['id']}/", {"properties": given}, format="json", **headers)


def test_remark_is_numbered_and_shown_with_its_author() -> None:
    project = make_project()
    person = make_member(project, Role.INTERPRETER)
    client = api_as(person)
    first, second = pinned(client, project), pinned(client, project, severity="major")
    assert [first["properties"]["number"], second["properties"]["number"]] == [1, 2]
    assert second["properties"]["created_by"]["username"] == person.username
    listed = client.get(URL, {"project": str(project.pk)}).json()
    assert listed["type"] == "FeatureCollection"
    assert [f["properties"]["number"] for f in listed["features"]] == [2, 1]
    assert AuditEntry.objects.filter(action="remark.create").count() == 2


def test_change_names_person_before_and_after() -> None:
    project = make_project()
    mate = make_member(project, Role.PRODUCER)
    client = api_as(make_member(project, Role.INTERPRETER))
    remark = pinned(client, project)
    answer = changed(
        client, remark, 1, status="resolved", assignee=str(mate.pk), comment="Fixed in v3"
    )
    assert answer.status_code == 200, answer.content
    assert answer["ETag"] == '"2"'
    history = client.get(f"{URL}{remark['id']}/history/").json()["results"]
    assert [event["kind"] for event in history] == ["created", "changed"]
    assert history[1]["changes"] == {
        "status": ["open", "resolved"],
        "assignee": [None, mate.username],
    }
    assert history[1]["comment"] == "Fixed in v3"


def test_edit_without_or_with_a_stale_revision_is_refused() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.INTERPRETER))
    remark = pinned(client, project)
    assert changed(client, remark, status="resolved").status_code == 428
    assert changed(client, remark, 1, status="resolved").status_code == 200
    stale = changed(client, remark, 1, status="dismissed")
    assert stale.status_code == 412
    assert Remark.objects.get().status == "resolved"


def test_comment_needs_no_revision_and_changes_nothing() -> None:
    project = make_project()
    client = api_as(make_member(project, Role.INTERPRETER))
    remark = pinned(client, project)
    answer = client.post(f"{URL}{remark['id']}/comments/", {"text": "Seen too"}, format="json")
    assert answer.status_code == 201
    assert Remark.objects.get().revision == 1
    assert client.post(f"{URL}{remark['id']}/comments/", {}, format="json").status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", " "), ("status", "gone"), ("severity", "huge"), ("due", "tomorrow"),
     ("layer", "x"), ("assignee", "x")],
)  # fmt: skip
def test_bad_field_is_named(field: str, value: str) -> None:
    project = make_project()
    client = api_as(make_member(project, Role.INTERPRETER))
    answer = client.post(URL, body(project, **{field: value}), format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Remark.objects.exists()


def test_assignee_must_be_a_member() -> None:
    project = make_project()
    foreigner = make_member(make_project())
    client = api_as(make_member(project, Role.INTERPRETER))
    answer = client.post(URL, body(project, assignee=str(foreigner.pk)), format="json")
    assert answer.status_code == 404
    assert not Remark.objects.exists()


def test_viewer_reads_and_a_stranger_sees_nothing() -> None:
    project = make_project()
    remark = pinned(api_as(make_member(project, Role.INTERPRETER)), project)
    viewer = api_as(make_member(project, Role.VIEWER))
    assert viewer.get(f"{URL}{remark['id']}/").status_code == 200
    assert viewer.post(URL, body(project), format="json").status_code == 403
    assert changed(viewer, remark, 1, status="resolved").status_code == 403
    stranger = api_as(make_member(make_project()))
    assert stranger.get(f"{URL}{remark['id']}/").status_code == 404
    assert stranger.get(URL).json()["count"] == 0


def test_only_author_or_manager_deletes_and_the_history_stays() -> None:
    project = make_project()
    author = api_as(make_member(project, Role.INTERPRETER))
    other = api_as(make_member(project, Role.PRODUCER))
    remark = pinned(author, project)
    url = f"{URL}{remark['id']}/"
    assert other.delete(url, HTTP_IF_MATCH='"1"').status_code == 403
    assert author.delete(url, HTTP_IF_MATCH='"1"').status_code == 204
    assert author.get(url).status_code == 404
    assert RemarkEvent.objects.filter(remark_id=remark["id"]).count() == 2


def test_filters_by_status_assignee_and_window() -> None:
    project = make_project()
    person = make_member(project, Role.INTERPRETER)
    client = api_as(person)
    mine = pinned(client, project, assignee=str(person.pk))
    done = pinned(client, project, status="dismissed")

    def ids(**query: str) -> list[str]:
        return [f["id"] for f in client.get(URL, query).json()["features"]]

    assert ids(status="unresolved") == [mine["id"]]
    assert ids(status="closed") == [done["id"]]
    assert ids(assignee="me") == [mine["id"]]
    assert len(ids(bbox="22,45,23,46")) == 2
    assert ids(bbox="0,0,1,1") == []
    assert client.get(URL, {"status": "gone"}).status_code == 400
    assert list(open_remarks_within(project).values_list("pk", flat=True).order_by()) != []
