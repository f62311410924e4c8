"""The catalogue over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.enums import Role
from tests.apps.catalog.conftest import SmallCatalog
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db
Import = Callable[..., dict[str, Any]]


@pytest.fixture
def project(small: SmallCatalog, import_catalog: Import) -> Any:
    small.raster("one")
    small.item(
        "one", properties={"datetime": "2020-06-01T10:00:00Z", "eo:cloud_cover": 80, "gsd": 20}
    )
    small.raster("two")
    small.item("two", properties={"datetime": "2020-07-01T10:00:00Z", "platform": "sentinel-2"})
    labels = {"href": "./labels.gpkg", "type": "application/geopackage+sqlite3"}
    small.write("labels.gpkg", "")
    small.item("truth", assets={"labels": {**labels, "roles": ["labels"]}})
    project = make_project()
    import_catalog(project, small.folder)
    return project


@pytest.fixture
def viewer(project: Any) -> Any:
    return api_as(make_member(project))


def test_scenes_are_a_feature_collection_of_stac_like_items(project: Any, viewer: Any) -> None:
    body = viewer.get(f"/api/v1/catalog/scenes/?project={project.pk}").json()
    assert (body["type"], body["count"]) == ("FeatureCollection", 2)
    one, two = body["features"]
    assert one["properties"]["item_id"] == "one"
    assert one["properties"]["eo:cloud_cover"] == 80
    assert one["properties"]["platform"] is None
    assert two["properties"]["platform"] == "sentinel-2"
    assert two["collection"] == "small"
    href = one["assets"]["red"]["href"]
    assert href == f"http://testserver/api/v1/catalog/scenes/{one['id']}/assets/red/"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("bbox=5.05,50.05,6,51", 2),
        ("bbox=8,51,9,52", 0),
        ("datetime=2020-06-15/..", 1),
        ("cloud_cover_max=10", 1),
        ("collection=small", 2),
        ("collection=other", 0),
        ('intersects={"type":"Point","coordinates":[5.05,50.05]}', 2),
        ("sensor=generic", 2),
    ],
)
def test_scenes_are_filtered(project: Any, viewer: Any, query: str, count: int) -> None:
    body = viewer.get(f"/api/v1/catalog/scenes/?project={project.pk}&{query}").json()
    assert body["count"] == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=nan,0,1,1", "bbox"),
        ("bbox=5,0,1,1", "bbox"),
        ("datetime=whenever", "datetime"),
        ("cloud_cover_max=lots", "cloud_cover_max"),
        ("cloud_cover_max=1000", "cloud_cover_max"),
        ("intersects=POINT(1 2)", "intersects"),
    ],
)
def test_wrong_filter_is_named(project: Any, viewer: Any, query: str, field: str) -> None:
    answer = viewer.get(f"/api/v1/catalog/scenes/?project={project.pk}&{query}")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_scene_is_excluded_by_producers_only(project: Any, viewer: Any) -> None:
    scene = viewer.get("/api/v1/catalog/scenes/").json()["features"][0]["id"]
    url = f"/api/v1/catalog/scenes/{scene}/"
    assert viewer.patch(url, {"included": False}, format="json").status_code == 403
    producer = api_as(make_member(project, Role.PRODUCER))
    answer = producer.patch(url, {"included": False}, format="json")
    assert answer.json()["properties"]["included"] is False
    stranger = api_as(make_user())
    assert stranger.get(url).status_code == 404
    assert stranger.get("/api/v1/catalog/scenes/").json()["count"] == 0


def test_collections_and_references_are_listed(project: Any, viewer: Any) -> None:
    (collection,) = viewer.get(f"/api/v1/catalog/collections/?project={project.pk}").json()[
        "results"
    ]
    assert (collection["id"], collection["scenes"]) == ("small", 2)
    (reference,) = viewer.get("/api/v1/catalog/references/").json()["results"]
    assert reference["item_id"] == "truth"
    assert [asset["key"] for asset in reference["assets"]] == ["labels"]


def test_selection_is_frozen_over_the_api(project: Any, viewer: Any) -> None:
    producer = api_as(make_member(project, Role.PRODUCER))
    body = {"project": str(project.pk), "scenes": {"cloud_cover_max": 10}}
    answer = producer.post("/api/v1/scene-selections/", body, format="json")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["count"], answer.json()["warnings"]) == (1, [])
    assert viewer.get(f"/api/v1/scene-selections/{answer.json()['id']}/").status_code == 200
    assert viewer.post("/api/v1/scene-selections/", body, format="json").status_code == 403
    body["scenes"] = {"colour": "blue"}
    wrong = producer.post("/api/v1/scene-selections/", body, format="json")
    assert wrong.status_code == 400
    assert "colour" in wrong.json()["errors"]


def test_list_of_scenes_asks_as_often_for_two_as_for_one(
    project: Any, viewer: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        viewer.get("/api/v1/catalog/scenes/?page_size=1")
    with django_assert_num_queries(len(one)):
        viewer.get("/api/v1/catalog/scenes/?page_size=2")
