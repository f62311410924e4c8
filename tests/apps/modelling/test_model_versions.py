from typing import Any

import pytest

from apps.accounts.models import AuditEntry
from apps.core.enums import Role
from apps.core.errors import Conflict
from apps.modelling.domain import model_signature_first
from apps.modelling.models import ModelVersion
from apps.modelling.services import model_version_promote, model_version_verify
from tests.factories import api_as, make_member, make_project

pytestmark = pytest.mark.django_db
URL = "/api/v1/model-versions/"


def test_version_shows_what_clients_rely_on(register: Any) -> None:
    version = register()
    client = api_as(make_member(version.project))

    body = client.get(f"{URL}{version.pk}/").json()

    assert body["number"] == 1
    assert body["parent"] is None
    assert body["region"] is None
    assert body["classifier"] == "random_forest"
    assert body["hyperparameters"] == {"n_estimators": 300, "min_samples_leaf": 3}
    assert body["feature_set"] == str(version.feature_set_id)
    assert body["sample_set_version"] == str(version.sample_set_version_id)
    assert body["metrics"]["spatial_cv"]["overall_accuracy"] == 0.9
    assert body["metrics"]["spatial_cv"]["per_class"][0]["code"] == 1
    assert body["feature_importance"][0] == {"name": "ndvi", "value": 0.8}
    assert body["sha256"] == "a" * 64
    assert body["status"] == "candidate"
    assert body["seed"] == 3
    assert body["assessment"] == str(version.assessments.get().pk)
    assert {"id", "project", "model", "classes", "folds", "created_at"} <= body.keys()


def test_versions_of_a_name_are_numbered_in_one_line(register: Any) -> None:
    project = make_project()
    first, second = register(project), register(project, sha="b" * 64)
    other = register(project, name="Crops", sha="c" * 64)

    assert (first.number, second.number, other.number) == (1, 2, 1)
    assert first.map_model_id == second.map_model_id != other.map_model_id
    client = api_as(make_member(project))
    models = client.get("/api/v1/models/", {"project": str(project.pk)}).json()
    assert {(m["name"], m["version_count"]) for m in models["results"]} == {
        ("Base", 2),
        ("Crops", 1),
    }
    found = client.get(URL, {"model": str(first.map_model_id)}).json()
    assert found["count"] == 2


def test_registering_leaves_an_audit_row(register: Any) -> None:
    version = register()
    actions = AuditEntry.objects.filter(object_id=str(version.pk)).values_list("action", flat=True)
    assert "model_version.register" in actions


def test_untouched_version_verifies(register: Any) -> None:
    model_version_verify(ModelVersion.objects.get(pk=register().pk))


@pytest.mark.parametrize("field", ["forest_sha256", "sha256", "hmac", "both"])
def test_changed_record_is_refused(register: Any, field: str) -> None:
    version = register()
    names = ("forest_sha256", "sha256") if field == "both" else (field,)
    ModelVersion.objects.filter(pk=version.pk).update(**dict.fromkeys(names, "e" * 64))

    with pytest.raises(Conflict, match="signature"):
        model_version_verify(ModelVersion.objects.get(pk=version.pk))


def test_changed_feature_set_is_refused(register: Any) -> None:
    version = register()
    version.feature_set.hash = "f" * 64
    version.feature_set.save()
    with pytest.raises(Conflict, match="signature"):
        model_version_verify(ModelVersion.objects.get(pk=version.pk))


@pytest.mark.parametrize(
    "changed",
    [
        {"classes": [{"code": 2, "name": "Other", "color": "#000000"}]},
        {"season": "2019-01-01/2019-12-31"},
    ],
)
def test_changed_classes_or_season_are_refused(register: Any, changed: dict[str, Any]) -> None:
    version = register()
    ModelVersion.objects.filter(pk=version.pk).update(**changed)
    with pytest.raises(Conflict, match=r"classes and season"):
        model_version_verify(ModelVersion.objects.get(pk=version.pk))


def test_a_version_signed_in_the_first_form_still_verifies(register: Any, settings: Any) -> None:
    version = register()
    first = model_signature_first(
        settings.MODEL_SIGNING_KEY,
        sha256=version.sha256,
        model_id=str(version.pk),
        feature_hash=version.feature_set.hash,
    )
    ModelVersion.objects.filter(pk=version.pk).update(hmac=first)
    model_version_verify(ModelVersion.objects.get(pk=version.pk))


def test_signature_of_one_version_does_not_serve_another(register: Any) -> None:
    project = make_project()
    one, two = register(project), register(project, sha="b" * 64)
    ModelVersion.objects.filter(pk=two.pk).update(
        hmac=one.hmac, sha256=one.sha256, forest_sha256=one.sha256
    )
    with pytest.raises(Conflict):
        model_version_verify(ModelVersion.objects.get(pk=two.pk))


def test_manager_promotes_and_the_former_version_retires(register: Any) -> None:
    project = make_project()
    first, second = register(project), register(project, sha="b" * 64)
    client = api_as(project.created_by)

    assert client.post(f"{URL}{first.pk}/promote/").json()["status"] == "promoted"
    answer = client.post(f"{URL}{second.pk}/promote/")

    assert answer.status_code == 200
    assert answer.json()["status"] == "promoted"
    first.refresh_from_db()
    assert first.status == "retired"
    assert client.get(URL, {"status": "promoted"}).json()["count"] == 1


def test_changed_version_is_not_promoted(register: Any) -> None:
    version = register()
    ModelVersion.objects.filter(pk=version.pk).update(hmac="0" * 64)
    with pytest.raises(Conflict):
        model_version_promote(version, user=version.project.created_by)
    version.refresh_from_db()
    assert version.status == "candidate"


def test_producer_retires_but_does_not_promote(register: Any) -> None:
    version = register()
    client = api_as(make_member(version.project, Role.PRODUCER))
    url = f"{URL}{version.pk}/"

    retired = client.patch(url, {"status": "retired"}, format="json")
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")
    assert client.patch(url, {"status": "promoted"}, format="json").status_code == 403
    assert client.post(f"{url}promote/").status_code == 403
    assert client.patch(url, {"status": "perfect"}, format="json").status_code == 400
    assert client.patch(url, {}, format="json").status_code == 400


def test_versions_are_neither_made_nor_deleted_by_the_api(register: Any) -> None:
    version = register()
    client = api_as(version.project.created_by)
    assert client.post(URL, {}, format="json").status_code == 405
    assert client.delete(f"{URL}{version.pk}/").status_code == 405


def test_viewer_cannot_write_and_stranger_sees_nothing(register: Any) -> None:
    version = register()
    viewer, stranger = api_as(make_member(version.project)), api_as(make_member(make_project()))
    url = f"{URL}{version.pk}/"

    assert viewer.patch(url, {"status": "retired"}, format="json").status_code == 403
    assert stranger.get(url).status_code == 404
    assert stranger.post(f"{url}promote/").status_code == 404
    assert stranger.get(URL).json()["count"] == 0
    assert stranger.get("/api/v1/models/").json()["count"] == 0
    assert stranger.get(URL, {"model": str(version.map_model_id)}).json()["count"] == 0


def test_list_costs_the_same_queries_for_one_and_for_many(
    register: Any, django_assert_max_num_queries: Any
) -> None:
    project = make_project()
    client = api_as(make_member(project))
    for letter in "abcdef":
        register(project, sha=letter * 64)
    with django_assert_max_num_queries(6):
        assert client.get(URL).json()["count"] == 6
