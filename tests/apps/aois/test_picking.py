"""Picked units and cells become areas: one each, or one together."""

from typing import Any

import pytest

from apps.accounts.models import AuditEntry
from apps.aois.models import AreaOfInterest
from apps.core.enums import Role
from apps.projects.models import Project
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db
CELLS = "/api/v1/aois/grid-cells/"
BATCH = "/api/v1/aois/batch/"


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def producer(project: Project) -> Any:
    return api_as(make_member(project, Role.PRODUCER))


def cells(caller: Any, **query: Any) -> list[dict[str, Any]]:
    answer = caller.get(CELLS, query)
    assert answer.status_code == 200, answer.json()
    return list(answer.json()["features"])


def test_cells_of_a_window_are_features_named_by_code(producer: Any) -> None:
    found = cells(producer, bbox="22,45,22.5,45.3", size=10)
    assert 8 < len(found) < 40
    assert all(cell["properties"]["code"].startswith("10kmE") for cell in found)
    assert cells(producer, codes=found[0]["id"]) == [found[0]]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"bbox": "-20,35,40,70", "size": 10}, "bbox", "more than the limit of 1,000"),
        ({"bbox": "22,45,23,46", "size": 25}, "size", "10, 20, 50, 100"),
        ({"bbox": "22,45,23,46", "size": "x"}, "size", "edge of a cell in km"),
        ({"size": 10}, "bbox", "Give bbox"),
        ({"bbox": "1,2,3", "size": 10}, "bbox", "not four numbers"),
        ({"codes": "nonsense"}, "code", "write it like 100kmE42N26"),
        ({"codes": ",".join(f"100kmE42N{n}" for n in range(501))}, "codes", "limit of 500"),
    ],
)
def test_wrong_questions_are_answered_by_field(
    producer: Any, query: dict[str, Any], field: str, words: str
) -> None:
    answer = producer.get(CELLS, query)
    assert answer.status_code == 400
    assert words in answer.json()["errors"][field][0]


def test_cells_need_a_log_in(api: Any) -> None:
    assert api.get(CELLS, {"bbox": "22,45,23,46", "size": 100}).status_code in (401, 403)


def test_each_cell_becomes_an_area(project: Project, producer: Any) -> None:
    chosen = cells(producer, codes="100kmE52N25,100kmE53N25")
    body = {"project": str(project.pk), "features": chosen}
    answer = producer.post(BATCH, body, format="json")
    assert answer.status_code == 201, answer.json()
    names = [row["properties"]["name"] for row in answer.json()["features"]]
    assert names == ["100kmE52N25", "100kmE53N25"]
    for row in AreaOfInterest.objects.all():
        assert row.area_km2 == pytest.approx(10_000, rel=2e-3)  # equal-area cells
    assert AuditEntry.objects.filter(action="aoi.create").count() == 2


def test_neighbours_merge_to_one_polygon(project: Project, producer: Any) -> None:
    chosen = cells(producer, codes="100kmE52N25,100kmE53N25")
    body = {"project": str(project.pk), "features": chosen, "merged_name": "Both"}
    answer = producer.post(BATCH, body, format="json")
    assert answer.status_code == 201, answer.json()
    aoi = AreaOfInterest.objects.get()
    assert (aoi.name, len(aoi.geometry)) == ("Both", 1)
    assert aoi.area_km2 == pytest.approx(20_000, rel=2e-3)


def test_one_bad_feature_is_named_and_nothing_is_made(project: Project, producer: Any) -> None:
    good = cells(producer, codes="100kmE52N25")
    ring = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    bad = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    body = {"project": str(project.pk), "features": [*good, bad]}
    answer = producer.post(BATCH, body, format="json")
    assert answer.status_code == 400
    assert "Area 2: The polygon crosses itself" in answer.json()["errors"]["features.1"][0]
    assert not AreaOfInterest.objects.exists()


def test_limits_and_rights_of_many_at_once(project: Project, producer: Any) -> None:
    chosen = cells(producer, codes="100kmE52N25")
    body = {"project": str(project.pk), "features": chosen * 501}
    assert producer.post(BATCH, body, format="json").status_code == 413
    assert producer.post(BATCH, {**body, "features": []}, format="json").status_code == 400
    body["features"] = chosen
    viewer = api_as(make_member(project, Role.VIEWER))
    assert viewer.post(BATCH, body, format="json").status_code == 403
    assert api_as(make_user()).post(BATCH, body, format="json").status_code == 404
