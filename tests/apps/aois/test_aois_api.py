"""Areas of interest over the API."""

from typing import Any

import pytest

from apps.core.enums import Role
from apps.projects.models import Project
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db

SQUARE = [[[22.14, 45.20], [22.16, 45.20], [22.16, 45.21], [22.14, 45.21], [22.14, 45.20]]]
BOW_TIE = [[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]


def feature(project: Project | None, coordinates: Any = SQUARE, **more: Any) -> dict[str, Any]:
    properties: dict[str, Any] = {"name": "Clearing"}
    if project is not None:
        properties["project"] = str(project.pk)
    geometry = {"type": "Polygon", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties, **more}


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def producer(project: Project) -> Any:
    return api_as(make_member(project, Role.PRODUCER))


def test_area_is_created_and_measured_on_the_ellipsoid(project: Project, producer: Any) -> None:
    answer = producer.post("/api/v1/aois/", feature(project), format="json")
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert body["type"] == "Feature"
    assert body["geometry"]["type"] == "MultiPolygon"
    assert body["properties"]["project"] == str(project.pk)
    assert body["properties"]["area_km2"] == pytest.approx(1.7466, abs=1e-3)
    assert answer["ETag"] == '"1"'
    listed = producer.get(f"/api/v1/aois/?project={project.pk}").json()
    assert (listed["type"], listed["count"]) == ("FeatureCollection", 1)


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (None, "missing"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": BOW_TIE}, "crosses itself near longitude 0.5"),
        ({"type": "Polygon", "coordinates": [SQUARE[0][:-1]]}, "not closed"),
        ({"type": "Polygon", "coordinates": [[[200, 0], [201, 0], [201, 1], [200, 0]]]}, "range"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}, "zero"),
        ({"type": "Point", "coordinates": [1, 2]}, "Polygon"),
        ({"type": "Polygon", "coordinates": [[["a", 0], [1, 1], [2, 2], ["a", 0]]]}, "number"),
        ({"type": "GeometryCollection", "geometries": []}, "not accepted"),
        ({"type": "Polygon", "coordinates": [[[-170, 0], [170, 0], [0, 60], [-170, 0]]]}, "180"),
    ],
)
def test_bad_geometry_is_refused_by_name(
    project: Project, producer: Any, geometry: Any, words: str
) -> None:
    body = {**feature(project), "geometry": geometry}
    answer = producer.post("/api/v1/aois/", body, format="json")
    assert answer.status_code == 400
    assert words in answer.json()["errors"]["geometry"][0]
    assert producer.get(f"/api/v1/aois/?project={project.pk}").json()["count"] == 0


def test_area_over_the_limit_is_refused(project: Project, producer: Any, settings: Any) -> None:
    settings.AOI_MAX_KM2 = 1
    answer = producer.post("/api/v1/aois/", feature(project), format="json")
    assert answer.status_code == 400
    assert "more than the limit of 1 km²" in answer.json()["detail"]


def test_area_with_too_many_vertices_is_refused(
    project: Project, producer: Any, settings: Any
) -> None:
    settings.AOI_MAX_VERTICES = 4
    answer = producer.post("/api/v1/aois/", feature(project), format="json")
    assert answer.status_code == 413
    assert "5 vertices" in answer.json()["detail"]


def test_edit_counts_revisions_and_refuses_a_stale_one(project: Project, producer: Any) -> None:
    created = producer.post("/api/v1/aois/", feature(project), format="json").json()
    url = f"/api/v1/aois/{created['id']}/"
    edit = {"properties": {"name": "Other"}}
    assert producer.patch(url, edit, format="json", HTTP_IF_MATCH='"1"')["ETag"] == '"2"'
    stale = producer.patch(url, edit, format="json", HTTP_IF_MATCH='"1"')
    assert stale.status_code == 412
    assert stale.json()["current"]["revision"] == 2
    assert producer.get(url).json()["properties"]["name"] == "Other"
    assert producer.delete(url).status_code == 204
    assert producer.get(url).status_code == 404


def test_stranger_sees_nothing_and_viewer_cannot_write(project: Project, producer: Any) -> None:
    created = producer.post("/api/v1/aois/", feature(project), format="json").json()
    url = f"/api/v1/aois/{created['id']}/"
    stranger = api_as(make_user())
    assert stranger.get(url).status_code == 404
    assert stranger.delete(url).status_code == 404
    assert stranger.get("/api/v1/aois/").json()["count"] == 0
    assert stranger.post("/api/v1/aois/", feature(project), format="json").status_code == 404
    viewer = api_as(make_member(project, Role.VIEWER))
    assert viewer.get(url).status_code == 200
    assert viewer.delete(url).status_code == 403


def test_area_never_changes_its_project(project: Project, producer: Any) -> None:
    created = producer.post("/api/v1/aois/", feature(project), format="json").json()
    other = make_project()
    edit = {"properties": {"project": str(other.pk)}}
    answer = producer.patch(f"/api/v1/aois/{created['id']}/", edit, format="json")
    assert answer.status_code == 400
    assert "project" in answer.json()["errors"]


def test_regions_and_units_are_kept_by_code(project: Project, producer: Any) -> None:
    body = feature(project)
    body["properties"] |= {"code": "ALP", "name": "Alpine"}
    region = producer.post("/api/v1/regions/", body, format="json")
    assert region.status_code == 201, region.json()
    assert producer.post("/api/v1/regions/", body, format="json").status_code == 409
    body["properties"] |= {"code": "RO-1", "region": region.json()["id"], "partner": "A"}
    unit = producer.post("/api/v1/production-units/", body, format="json")
    assert unit.status_code == 201, unit.json()
    assert unit.json()["properties"]["status"] == "planned"
    url = f"/api/v1/production-units/{unit.json()['id']}/"
    wrong = producer.patch(url, {"properties": {"status": "lost"}}, format="json")
    assert wrong.status_code == 400
    right = producer.patch(url, {"properties": {"status": "ready"}}, format="json")
    assert right.json()["properties"]["status"] == "ready"


def test_unit_of_a_foreign_region_is_refused(project: Project, producer: Any) -> None:
    other = make_project()
    manager = api_as(other.created_by)
    body = feature(other)
    body["properties"] |= {"code": "X"}
    foreign = manager.post("/api/v1/regions/", body, format="json").json()["id"]
    body = feature(project)
    body["properties"] |= {"code": "U", "region": foreign}
    answer = producer.post("/api/v1/production-units/", body, format="json")
    assert answer.status_code == 400
    assert "region" in answer.json()["errors"]
