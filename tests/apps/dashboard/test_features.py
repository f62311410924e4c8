"""The pages of feature sets: who sees what, and what they are made of."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.enums import Role
from apps.dashboard.domain.feature_sets import features_summary, way_back
from apps.modelling.models import FeatureSet
from apps.modelling.services import feature_set_create
from tests.factories import api_as, make_member, make_project, make_user
from tests.factories.production import Production, make_production

pytestmark = pytest.mark.django_db
FEATURES = [
    {"name": "low", "source": "ndvi", "statistic": "p010"},
    {"name": "high", "source": "ndvi", "statistic": "p090", "window": "03-15/06-15"},
    {"name": "red", "source": "B04", "statistic": "p010"},
]


LIST_QUERIES = 12


@pytest.fixture
def production() -> Production:
    return make_production(make_user(username="manager"))


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, production: Production, *more: Any) -> str:
    return reverse(f"dashboard:{name}", args=[production.project.slug, *more])


def manager_of(production: Production) -> Any:
    return production.project.memberships.get(role=Role.MANAGER).user


def make_set(production: Production, name: str = "Free") -> FeatureSet:
    project = production.project
    user = manager_of(production)
    return feature_set_create(project=project, name=name, features=FEATURES, user=user)


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="features-data" type="application/json">(.*?)</script>', html)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def used(production: Production) -> FeatureSet:
    return production.model.feature_set


def test_the_list_tells_size_hash_and_users(production: Production) -> None:
    free = make_set(production)
    viewer = client_of(make_member(production.project, Role.VIEWER))
    html = viewer.get(address("features", production)).content.decode()
    assert used(production).hash[:12] in html
    assert free.hash[:12] in html
    assert str(production.model) in html
    assert "no model yet" in html
    assert re.search(r'<td class="num">\s*3\s*</td>', html)


def test_an_empty_list_says_what_to_do() -> None:
    manager = make_user()
    project = make_project(manager=manager)
    page = reverse("dashboard:features", args=[project.slug])
    html = client_of(manager).get(page).content.decode()
    assert "No feature set yet." in html
    assert reverse("dashboard:features-new", args=[project.slug]) in html
    viewer = client_of(make_member(project, Role.VIEWER)).get(page).content.decode()
    assert "No feature set yet." in viewer
    assert "features/new/" not in viewer


def test_a_viewer_sees_sets_and_no_action(production: Production) -> None:
    free = make_set(production)
    viewer = client_of(make_member(production.project, Role.VIEWER))
    html = viewer.get(address("features", production)).content.decode()
    assert address("feature-set", production, free.pk) in html
    assert "features/new/" not in html
    assert "data-delete-set" not in html
    shown = viewer.get(address("feature-set", production, free.pk)).content.decode()
    assert "<td>high</td>" in shown
    assert "features-data" not in shown
    assert viewer.get(address("features-new", production)).status_code == 403


def test_pages_of_another_project_are_missing(production: Production) -> None:
    free = make_set(production)
    stranger = client_of(make_user())
    pages = (("features",), ("features-new",), ("feature-set", free.pk))
    for name, *more in pages:
        assert stranger.get(address(name, production, *more)).status_code == 404, name
    other = make_project(manager=manager_of(production))
    manager = client_of(manager_of(production))
    foreign = reverse("dashboard:feature-set", args=[other.slug, free.pk])
    assert manager.get(foreign).status_code == 404
    copied = reverse("dashboard:features-new", args=[other.slug])
    assert manager.get(f"{copied}?copy={free.pk}").status_code == 404


def test_the_editor_holds_a_free_set_and_copies_a_used_one(production: Production) -> None:
    free = make_set(production)
    producer = client_of(make_member(production.project, Role.PRODUCER))
    data = data_of(producer.get(address("feature-set", production, free.pk)).content.decode())
    assert data["open"]["features"] == FEATURES
    assert data["copies"] is False
    kept = producer.get(address("feature-set", production, used(production).pk)).content.decode()
    data = data_of(kept)
    assert data["copies"] is True
    assert data["open"]["usedBy"] == [str(production.model)]
    copied = producer.get(f"{address('features-new', production)}?copy={free.pk}").content.decode()
    assert data_of(copied)["open"]["id"] == str(free.pk)
    assert data_of(copied)["copies"] is True


def test_the_editor_offers_what_the_api_offers(production: Production) -> None:
    producer = make_member(production.project, Role.PRODUCER)
    page = client_of(producer).get(address("features-new", production)).content.decode()
    query = {"project": str(production.project.pk)}
    told = api_as(producer).get("/api/v1/feature-sets/sources/", query).json()
    data = data_of(page)
    assert data["sources"] == told["results"]
    assert data["statistics"] == told["statistics"]


def test_the_way_back_leads_to_the_launch_form_of_this_project_only(
    production: Production,
) -> None:
    slug = production.project.slug
    launch = reverse("dashboard:launch", args=[slug, "train_and_map"])
    producer = client_of(make_member(production.project, Role.PRODUCER))
    page = producer.get(address("features-new", production), {"back": f"{launch}?aoi=x"})
    assert data_of(page.content.decode())["back"] == f"{launch}?aoi=x"
    root = reverse("dashboard:launch-index", args=[slug])
    for wrong in (
        f"https://elsewhere.example{launch}",
        f"//elsewhere.example{launch}",
        f"{root}../../../logout/",
        f"{root}\\..\\x",
        "/projects/other/launch/train_and_map/",
        "javascript:alert(1)",
    ):
        assert way_back(wrong, root) == "", wrong


def test_queries_of_the_list_do_not_grow_with_sets(
    production: Production, django_assert_num_queries: Any
) -> None:
    client = client_of(make_member(production.project, Role.PRODUCER))
    page = address("features", production)
    client.get(page)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(page)
    for number in range(5):
        make_set(production, f"More {number}")
    with django_assert_num_queries(LIST_QUERIES):
        client.get(page)


def test_a_summary_names_each_source_statistic_and_window_once() -> None:
    summary = features_summary(FEATURES)
    assert summary.sources == ("ndvi", "B04")
    assert summary.statistics == ("p010", "p090")
    assert summary.windows == ("whole selection", "03-15/06-15")


def test_the_palette_finds_a_set_by_name_and_offers_a_new_one(production: Production) -> None:
    free = make_set(production, "Percentiles of spring")
    producer = make_member(production.project, Role.PRODUCER)
    query = {"project": str(production.project.pk), "q": "spring perc"}
    (hit,) = api_as(producer).get("/api/v1/search/", query).json()["results"]
    assert hit["kind"] == "feature set"
    assert hit["url"] == address("feature-set", production, free.pk)
    html = client_of(producer).get(address("features", production)).content.decode()
    assert '"word": "New feature set"' in html
    viewer = client_of(make_member(production.project, Role.VIEWER))
    assert "New feature set" not in viewer.get(address("jobs", production)).content.decode()
