"""Templates of parameters: shared in a project, checked when kept, told when they no longer fit."""

from typing import Any

import pytest

from apps.accounts.models import AuditEntry
from apps.core.enums import Role
from apps.orchestration.models import JobTemplate
from apps.products.services import manifest_store
from tests.factories import api_as, make_member, make_project
from workers.contracts.manifest import Manifest
from workers.workflows import predict_map, train_model

pytestmark = pytest.mark.django_db
URL = "/api/v1/job-templates/"


@pytest.fixture(autouse=True)
def workflows(db: None) -> None:
    manifest_store(Manifest(workflows=(predict_map.SPEC, train_model.SPEC)), source_sha="test")


@pytest.fixture
def project() -> Any:
    return make_project()


@pytest.fixture
def producer(project: Any) -> Any:
    return api_as(make_member(project, Role.PRODUCER))


def keep(client: Any, project: Any, name: str = "Spring", **more: Any) -> Any:
    body = {
        "project": str(project.pk),
        "name": name,
        "workflow": "train_model",
        "parameters": {"seed": 7, "folds": {"k": 4}},
        **more,
    }
    return client.post(URL, body, format="json")


def edit(client: Any, row: dict[str, Any], revision: int, **body: Any) -> Any:
    headers = {"If-Match": f'"{revision}"'}
    return client.patch(f"{URL}{row['id']}/", body, format="json", headers=headers)


def test_a_template_may_lack_required_parameters_and_is_audited(
    project: Any, producer: Any
) -> None:
    answer = keep(producer, project)
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert row["parameters"] == {"seed": 7, "folds": {"k": 4}}
    assert (row["revision"], row["misfits"], answer["ETag"]) == (1, {}, '"1"')
    assert AuditEntry.objects.filter(action="job_template.create", object_id=row["id"]).exists()
    listed = producer.get(URL, {"project": str(project.pk), "workflow": "predict_map"}).json()
    assert listed["count"] == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"parameters": {"sed": 7}}, "parameters.sed"),
        ({"parameters": {"folds": {"k": 1}}}, "parameters.folds.k"),
        ({"name": "  "}, "name"),
        ({"workflow": "train_modle"}, "workflow"),
        ({"parameters": {"classifier": "oracle"}}, "parameters.classifier"),
    ],
)
def test_what_does_not_fit_is_named(
    project: Any, producer: Any, more: dict[str, Any], field: str
) -> None:
    answer = keep(producer, project, **more)
    assert answer.status_code in {400, 404}
    assert field in answer.json()["errors"]


def test_a_name_is_taken_once_in_a_workflow(project: Any, producer: Any) -> None:
    keep(producer, project)
    again = keep(producer, project)
    assert again.status_code == 409
    assert "another name" in again.json()["errors"]["name"][0]
    other = keep(producer, project, workflow="predict_map", parameters={})
    assert other.status_code == 201


def test_an_edit_names_the_revision_it_was_made_from(project: Any, producer: Any) -> None:
    row = keep(producer, project).json()
    assert producer.patch(f"{URL}{row['id']}/", {"name": "x"}, format="json").status_code == 428
    assert edit(producer, row, 1, name="Summer").json()["revision"] == 2
    stale = edit(producer, row, 1, name="Autumn")
    assert stale.status_code == 412
    assert JobTemplate.objects.get().name == "Summer"


def test_a_workflow_has_one_default_in_a_project(project: Any, producer: Any) -> None:
    first = keep(producer, project, is_default=True).json()
    second = keep(producer, project, "Summer").json()
    edit(producer, second, 1, is_default=True)
    assert producer.get(f"{URL}{first['id']}/").json()["is_default"] is False
    assert producer.get(f"{URL}{second['id']}/").json()["is_default"] is True


def test_a_viewer_reads_and_changes_nothing(project: Any, producer: Any) -> None:
    row = keep(producer, project).json()
    viewer = api_as(make_member(project, Role.VIEWER))
    assert viewer.get(f"{URL}{row['id']}/").status_code == 200
    assert keep(viewer, project, "mine").status_code == 403
    assert edit(viewer, row, 1, name="mine").status_code == 403
    assert viewer.delete(f"{URL}{row['id']}/").status_code == 403
    assert producer.delete(f"{URL}{row['id']}/").status_code == 204
    assert AuditEntry.objects.filter(action="job_template.delete").count() == 1


def test_a_template_says_which_parameters_no_longer_fit(project: Any, producer: Any) -> None:
    row = keep(producer, project).json()
    JobTemplate.objects.update(parameters={"seed": 7, "n_trees": 5, "folds": {"k": 99}})
    misfits = producer.get(f"{URL}{row['id']}/").json()["misfits"]
    assert set(misfits) == {"parameters.n_trees", "parameters.folds.k"}
    assert edit(producer, row, 1, name="Renamed").status_code == 200, "a name may still change"
