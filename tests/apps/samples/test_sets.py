"""Sample sets: creation, freezing, export."""

import csv
import io
import json
from typing import Any

import pytest

from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.samples.domain import cell_safe
from apps.samples.services import (
    sample_create,
    sample_set_create,
    sample_set_freeze,
    sample_update,
)
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db
URL = "/api/v1/sample-sets/"
PLACE = {"type": "Point", "coordinates": [22.123456789, 45.2]}


def label(sample_set: Any, code: int | None, **values: Any) -> Any:
    fields = {"class_code": code, **values}
    return sample_create(sample_set=sample_set, geometry=PLACE, values=fields, user=None)


def test_set_takes_the_nomenclature_of_its_project(project: Any, producer: Any) -> None:
    body = {"project": str(project.pk), "name": "Forest points"}
    answer = producer.post(URL, body, format="json")
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert made["nomenclature"] == str(project.nomenclature_id)
    assert (made["purpose"], made["count"], made["version"]) == ("training", 0, None)
    assert made["slug"] == "forest-points"


def test_foreign_nomenclature_and_unknown_purpose_are_refused(project: Any, producer: Any) -> None:
    body = {"project": str(project.pk), "name": "x"}
    foreign = {**body, "nomenclature": str(make_project().nomenclature_id)}
    assert producer.post(URL, foreign, format="json").status_code == 404
    wrong = producer.post(URL, {**body, "purpose": "testing"}, format="json")
    assert "purpose" in wrong.json()["errors"]


def test_purpose_never_changes(training: Any, producer: Any) -> None:
    edit = {"purpose": "validation", "name": "Renamed"}
    refused = producer.patch(f"{URL}{training.pk}/", edit, format="json")
    assert refused.status_code == 400
    assert "Cannot be changed here" in refused.json()["errors"]["purpose"][0]
    edit["purpose"] = "training"
    body = producer.patch(f"{URL}{training.pk}/", edit, format="json").json()
    assert (body["purpose"], body["name"]) == ("training", "Renamed")


def test_freeze_writes_the_usable_labels_sorted_by_id(training: Any, store: Any) -> None:
    usable = [label(training, 1), label(training, 2, status="ok", group="g")]
    label(training, None)
    label(training, 1, status="suspect")
    label(training, 1, status="rejected")
    version = sample_set_freeze(sample_set=training)
    lines = store.read_bytes(version.object_key).decode().splitlines()
    features = [json.loads(line) for line in lines]
    assert [f["id"] for f in features] == sorted(str(sample.pk) for sample in usable)
    assert features[0]["geometry"] == PLACE
    assert set(features[0]["properties"]) == {
        "class_code", "group", "valid_from", "valid_to", "region",
    }  # fmt: skip
    assert (version.number, version.count) == (1, 2)
    assert version.class_counts == {"1": 1, "2": 1}
    assert store.sha256_of(version.object_key) == version.sha256 == version.checksum


def test_freeze_again_gives_the_same_version_until_something_changes(
    training: Any, store: Any
) -> None:
    sample = label(training, 1)
    first = sample_set_freeze(sample_set=training)
    assert sample_set_freeze(sample_set=training).pk == first.pk
    sample_update(sample=sample, changes={"class_code": 2}, if_match=1, user=None)
    second = sample_set_freeze(sample_set=training)
    assert (second.number, second.checksum == first.checksum) == (2, False)


def test_frozen_version_is_not_touched_by_later_edits(training: Any, store: Any) -> None:
    sample = label(training, 1)
    version = sample_set_freeze(sample_set=training)
    before = store.read_bytes(version.object_key)
    sample_update(sample=sample, changes={"class_code": 2}, if_match=1, user=None)
    sample_set_freeze(sample_set=training)
    assert store.read_bytes(version.object_key) == before


def test_set_without_a_usable_label_cannot_be_frozen(training: Any, store: Any) -> None:
    label(training, None)
    with pytest.raises(InvalidInput, match="has 1 samples, none of them labelled"):
        sample_set_freeze(sample_set=training)


def test_freeze_over_the_api_names_the_version(training: Any, producer: Any, store: Any) -> None:
    label(training, 1)
    answer = producer.post(f"{URL}{training.pk}/freeze/")
    assert (answer.status_code, answer.json()["number"]) == (201, 1)
    assert producer.get(f"{URL}{training.pk}/").json()["version"] == 1
    assert producer.get(f"{URL}{training.pk}/versions/").json()["count"] == 1


def test_versions_tell_who_froze_them_and_are_sent_as_they_were(
    training: Any, producer: Any, store: Any
) -> None:
    sample = label(training, 1)
    frozen = producer.post(f"{URL}{training.pk}/freeze/").json()
    sample_update(sample=sample, changes={"class_code": 2}, if_match=1, user=None)
    (told,) = producer.get(f"{URL}{training.pk}/versions/").json()["results"]
    assert told["created_by"] == training.versions.get().created_by.username
    answer = producer.get(f"{URL}{training.pk}/versions/{frozen['number']}/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="training-v1.geojson"'
    (feature,) = json.loads(answer.content)["features"]
    assert (feature["id"], feature["properties"]["class_code"]) == (str(sample.pk), 1)
    assert producer.get(f"{URL}{training.pk}/versions/9/export/").status_code == 404


def test_a_viewer_neither_freezes_nor_takes_a_version_and_a_stranger_finds_none(
    training: Any, producer: Any, project: Any, store: Any
) -> None:
    label(training, 1)
    producer.post(f"{URL}{training.pk}/freeze/")
    viewer, stranger = api_as(make_member(project, Role.VIEWER)), api_as(make_user())
    for who, status in ((viewer, 403), (stranger, 404)):
        assert who.post(f"{URL}{training.pk}/freeze/").status_code == status
        assert who.get(f"{URL}{training.pk}/versions/1/export/").status_code == status
    assert viewer.get(f"{URL}{training.pk}/versions/").status_code == 200
    assert training.versions.count() == 1


def test_versions_of_a_validation_set_are_sent_to_managers_only(
    project: Any, producer: Any, store: Any
) -> None:
    hidden = sample_set_create(
        project=project, name="Check", purpose="validation", user=project.created_by
    )
    label(hidden, 1)
    sample_set_freeze(sample_set=hidden)
    manager = api_as(make_member(project, Role.MANAGER))
    path = f"{URL}{hidden.pk}/versions/1/export/"
    assert (producer.get(path).status_code, manager.get(path).status_code) == (403, 200)


def test_export_neutralises_formulas_and_keeps_numbers(training: Any, producer: Any) -> None:
    label(training, 1, source="=cmd|' /C calc'!A0", attributes={"@x": "+1", "n": -5})
    answer = producer.get(f"{URL}{training.pk}/export/?format=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="training.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["source"] == "'=cmd|' /C calc'!A0"
    assert row["'@x"] == "'+1"
    assert row["n"] == "-5"
    assert (row["lon"], row["class_name"]) == ("22.123456789", "forest")


def test_export_as_geojson_and_unknown_format(training: Any, producer: Any, project: Any) -> None:
    label(training, 1)
    body = json.loads(producer.get(f"{URL}{training.pk}/export/?format=geojson").content)
    assert body["features"][0]["properties"]["class_code"] == 1
    assert producer.get(f"{URL}{training.pk}/export/?format=xlsx").status_code == 400
    viewer = api_as(make_member(project, Role.VIEWER))
    assert viewer.get(f"{URL}{training.pk}/export/").status_code == 403


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "＝1"])
def test_formula_cells_are_quoted_and_read_back(text: str) -> None:
    from workers.vector.table import _plain

    assert cell_safe(text) == f"'{text}"
    assert _plain(cell_safe(text)) == text


def test_numbers_are_never_quoted() -> None:
    assert cell_safe(-5) == -5
    assert cell_safe("'quoted'") == "'quoted'"
