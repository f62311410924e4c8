"""A look into a file, then its import, without sending the file twice; who may do so."""

import io
import json
from typing import Any

import pytest

from apps.accounts.selectors import notifications_of
from apps.core.enums import Role
from apps.jobs.models import Job
from apps.projects.models import Project
from apps.samples.models import ReferenceSample
from tests.builders.main_job import API, Operator
from tests.factories import make_member, make_user

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
ODD = b"Ost;Nord;Bedeckung;Trakt\n22.15;45.20;Wald;a\n22.16;45.21;Wiese;a\n22.17;95.0;Wald;b\n"
CUT = "No file arrived whole"


@pytest.fixture
def sample_set(operator: Operator) -> dict[str, Any]:
    project = operator.project("odd")
    legend = {"classes": [{"code": 7, "name": "forest", "color": "#117733"}]}
    own = operator.get(f"projects/{project['id']}/")["nomenclature"]
    name = own["id"] if isinstance(own, dict) else own
    assert operator.client.patch(
        f"{API}/nomenclatures/{name}/", legend, format="json"
    ).status_code == 200  # fmt: skip
    body = {"project": project["id"], "name": "Odd", "purpose": "training"}
    return operator.post("sample-sets/", body)


def address(sample_set: dict[str, Any], job: Any = None) -> str:
    home = f"{API}/sample-sets/{sample_set['id']}/import/inspect/"
    return f"{home}{job['id']}/" if job else home


def sent(who: Operator, sample_set: dict[str, Any], name: str, data: bytes) -> Any:
    file = io.BytesIO(data)
    file.name = name
    return who.client.post(address(sample_set), {"file": file}, format="multipart")


def inspected(who: Operator, sample_set: dict[str, Any], name: str = "odd.csv") -> dict[str, Any]:
    answer = sent(who, sample_set, name, ODD)
    assert answer.status_code == 202, answer.content
    return who.finish(answer.json())


def colleague(sample_set: dict[str, Any], role: Role) -> Operator:
    return Operator(make_member(Project.objects.get(pk=sample_set["project"]), role))


def test_a_file_is_sent_once_looked_into_and_imported(
    operator: Operator, sample_set: dict[str, Any]
) -> None:
    job = inspected(operator, sample_set)
    assert job["status"] == "finished", job
    assert "Wald" not in json.dumps(job)  # labels are not told with the job
    me = Job.objects.get(pk=job["id"]).created_by
    assert not notifications_of(me).exists()  # who looks into a file waits for it
    told = operator.client.get(address(sample_set, job)).json()
    [layer] = told["inspection"]["layers"]
    assert (told["file_name"], layer["rows"]) == ("odd.csv", 3)
    assert [row["name"] for row in layer["columns"]] == ["Ost", "Nord", "Bedeckung", "Trakt"]
    options = {
        **{"class_field": "Bedeckung", "x_field": "Ost", "y_field": "Nord", "crs": "EPSG:4326"},
        **{"group_field": "Trakt", "class_map": {"Wald": 7}, "create_classes": True},
        "skip_invalid": True,
    }
    answer = operator.client.post(address(sample_set, job), options, format="json")
    assert answer.status_code == 202, answer.content
    done = operator.finish(answer.json())
    assert done["status"] == "finished", done
    assert (done["result"]["imported"], done["result"]["refused"]) == (2, 1)
    assert done["result"]["rows"][0]["row"] == 3
    rows = ReferenceSample.objects.filter(sample_set=sample_set["id"])
    assert sorted(rows.values_list("nomenclature_class__name", "group")) == [
        ("Wiese", "a"),
        ("forest", "a"),
    ]


def test_a_file_that_cannot_be_read_ends_its_job_by_name(
    operator: Operator, sample_set: dict[str, Any]
) -> None:
    job = operator.finish(sent(operator, sample_set, "torn.gpkg", b"SQLite format 3\x00").json())
    assert job["status"] == "error"
    told = operator.client.get(address(sample_set, job)).json()
    assert told["inspection"] is None
    assert "torn.gpkg" in told["error"]["message"]


def test_what_is_in_a_file_is_told_to_its_sender_and_to_managers_only(
    operator: Operator, sample_set: dict[str, Any]
) -> None:
    sender = colleague(sample_set, Role.PRODUCER)
    job = inspected(sender, sample_set)
    other, viewer = (colleague(sample_set, role) for role in (Role.PRODUCER, Role.VIEWER))
    stranger = Operator(make_user())
    asked = {who: who.client.get(address(sample_set, job)) for who in (sender, operator, other)}
    assert [answer.status_code for answer in asked.values()] == [200, 200, 404]
    assert viewer.client.get(address(sample_set, job)).status_code == 403
    assert stranger.client.get(address(sample_set, job)).status_code == 404


def test_a_viewer_may_not_and_a_stranger_finds_nothing(sample_set: dict[str, Any]) -> None:
    for who, status in ((colleague(sample_set, Role.VIEWER), 403), (Operator(make_user()), 404)):
        assert sent(who, sample_set, "odd.csv", ODD).status_code == status
    interpreter = colleague(sample_set, Role.INTERPRETER)
    assert sent(interpreter, sample_set, "odd.csv", ODD).status_code == 403
    assert not Job.objects.exists()


def test_an_inspection_of_another_set_cannot_be_imported(
    operator: Operator, sample_set: dict[str, Any]
) -> None:
    job = inspected(operator, sample_set)
    body = {"project": sample_set["project"], "name": "Other", "purpose": "training"}
    other = operator.post("sample-sets/", body)
    answer = operator.client.post(address(other, job), {"class_field": "c"}, format="json")
    assert answer.status_code == 404


def test_an_import_without_a_class_field_is_refused_by_name(
    operator: Operator, sample_set: dict[str, Any]
) -> None:
    job = inspected(operator, sample_set)
    for body, field in (({}, "class_field"), ({"class_feld": "c"}, "class_feld")):
        answer = operator.client.post(address(sample_set, job), body, format="json")
        assert answer.status_code == 400
        assert field in answer.json()["errors"]


@pytest.mark.parametrize("path", ["import/", "import/inspect/"])
def test_an_upload_that_was_cut_is_refused_and_nothing_of_it_is_kept(
    sample_set: dict[str, Any], path: str, operator: Operator
) -> None:
    head = (
        '--b\r\nContent-Disposition: form-data; name="class_field"\r\n\r\nBedeckung\r\n--b\r\n'
        if path == "import/"
        else "--b\r\n"
    ) + 'Content-Disposition: form-data; name="file"; filename="odd.csv"\r\n\r\n'
    client: Any = operator.client
    whole = head.encode() + ODD + b"\r\n--b--\r\n"
    target = f"{API}/sample-sets/{sample_set['id']}/{path}"
    for length in (len(whole) - 6, len(whole) - 30):
        answer = client.generic(
            "POST", target, whole[:length], content_type="multipart/form-data; boundary=b"
        )
        assert answer.status_code == 400, answer.content
        assert CUT in json.dumps(answer.json())
    assert not Job.objects.exists()
    answer = client.generic("POST", target, whole, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 202, answer.content


@pytest.mark.parametrize("path", ["import/", "import/inspect/"])
def test_a_file_over_the_limit_or_of_another_kind_is_refused_at_the_door(
    sample_set: dict[str, Any], path: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.orchestration.api.imports.MAX_UPLOAD_BYTES", 20)
    target = f"{API}/sample-sets/{sample_set['id']}/{path}"
    more = {"class_field": "Bedeckung"} if path == "import/" else {}
    for name, status, says in (("odd.csv", 413, "larger"), ("odd.kml", 400, "extension")):
        file = io.BytesIO(ODD)
        file.name = name
        answer = operator.client.post(target, {"file": file, **more}, format="multipart")
        assert answer.status_code == status, answer.content
        assert says in answer.json()["detail"]
    assert not Job.objects.exists()


def test_a_cut_upload_of_a_browser_session_is_refused_too(sample_set: dict[str, Any]) -> None:
    """With a session the CSRF check reads the form before the API does."""
    from django.test import Client

    project = Project.objects.get(pk=sample_set["project"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(project, Role.PRODUCER))
    client.get(f"/projects/{project.slug}/samples/?set={sample_set['id']}")
    answer = client.generic(
        "POST",
        address(sample_set),
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx,y,c\n1,1',
        content_type="multipart/form-data; boundary=b",
        headers={"X-CSRFToken": client.cookies["csrftoken"].value},
    )
    assert answer.status_code == 400, answer.content
    assert CUT in answer.content.decode()
    assert not Job.objects.exists()
