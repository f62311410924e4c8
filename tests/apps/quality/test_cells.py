"""From a cell of the confusion matrix to its samples."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.gis.geos import Point

from apps.core.enums import Role
from apps.core.storage import store_open
from apps.quality.models import AccuracyAssessment
from apps.quality.services import assessment_create_from_cv
from apps.samples.models import ReferenceSample
from tests.apps.modelling.conftest import REPORT, register
from tests.factories import api_as, make_member, make_project

pytestmark = pytest.mark.django_db

__all__ = ["register"]


@pytest.fixture
def cell(register: Any) -> tuple[AccuracyAssessment, list[ReferenceSample]]:
    """Three samples mapped as class 1 whose reference is 2; the last was deleted since."""
    version = register()
    samples = [
        ReferenceSample.objects.create(
            project=version.project,
            sample_set=version.sample_set_version.sample_set,
            geometry=Point(22.1 + n / 100, 45.2, srid=4326),
            class_code=2,
        )
        for n in range(3)
    ]
    told = {"cells": {"1:2": [[str(sample.pk), 1 + n] for n, sample in enumerate(samples)]}}
    stored = store_open().put_bytes(json.dumps(told).encode(), ".json")
    row = assessment_create_from_cv(
        model_version=version,
        run=None,
        report=REPORT,
        predictions=SimpleNamespace(object_key=stored.key, sha256=stored.sha256),
    )
    samples.pop().delete()
    return row, samples


def url(row: AccuracyAssessment) -> str:
    return f"/api/v1/assessments/{row.pk}/samples/"


def test_cell_names_its_samples_and_how_many_are_gone(cell: Any) -> None:
    row, samples = cell
    client = api_as(make_member(row.project, Role.INTERPRETER))
    body = client.get(url(row), {"row": 1, "column": 2}).json()
    assert (body["count"], body["missing"]) == (3, 1)
    assert {f["id"] for f in body["features"]} == {str(sample.pk) for sample in samples}
    assert {f["properties"]["mapped"] for f in body["features"]} == {1}
    assert sorted(f["properties"]["pixels"] for f in body["features"]) == [1, 2]


def test_empty_cell_is_empty_and_unknown_class_is_named(cell: Any) -> None:
    row, _ = cell
    client = api_as(make_member(row.project, Role.INTERPRETER))
    assert client.get(url(row), {"row": 2, "column": 1}).json()["count"] == 0
    assert client.get(url(row), {"row": 9, "column": 1}).status_code == 400
    assert client.get(url(row), {"row": "x", "column": 1}).status_code == 400
    assert "column" in client.get(url(row), {"row": 1}).json()["errors"]


def test_older_assessment_says_what_to_do(register: Any) -> None:
    row = register().assessments.get()
    client = api_as(make_member(row.project, Role.INTERPRETER))
    answer = client.get(url(row), {"row": 1, "column": 2})
    assert answer.status_code == 409
    assert "Train the model again" in str(answer.json())


def test_labels_stay_closed_to_viewers_and_strangers(cell: Any) -> None:
    row, _ = cell
    query = {"row": 1, "column": 2}
    assert api_as(make_member(row.project, Role.VIEWER)).get(url(row), query).status_code == 403
    assert api_as(make_member(make_project())).get(url(row), query).status_code == 404
