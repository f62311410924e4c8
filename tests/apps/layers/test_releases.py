"""Releases of a layer over the API: the current one, older ones by number."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.layers.models import LayerRelease
from tests.factories import make_user
from tests.factories.production import Production, make_production

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(db: Any) -> Production:
    return make_production(make_user(username="manager"))


@pytest.fixture
def client(production: Production) -> APIClient:
    from django.contrib.auth import get_user_model

    client = APIClient()
    client.force_authenticate(get_user_model().objects.get(username="manager"))
    return client


def superseded(production: Production) -> LayerRelease:
    """Publish release 2 over release 1."""
    layer = production.layer
    old = layer.current_release
    assert old is not None
    classes = [{"code": 1, "pixels": 5, "area_km2": 0.5, "share": 1.0}]
    new = LayerRelease.objects.create(
        project=layer.project, layer=layer, number=2, state="published", run=old.run,
        model_version=old.model_version, legend=old.legend, style=old.style, bbox=old.bbox,
        statistics={"classes": classes}, published_at=timezone.now(),
    )  # fmt: skip
    LayerRelease.objects.filter(pk=old.pk).update(state="superseded")
    layer.current_release = new
    layer.save()
    return new


def test_a_superseded_release_can_still_be_shown_by_its_number(
    client: APIClient, production: Production
) -> None:
    superseded(production)
    address = f"/api/v1/layers/{production.layer.pk}/"
    now, then = client.get(address).json(), client.get(address, {"release": 1}).json()
    assert (now["release"], now["status"], now["newest_release"]) == (2, "published", 2)
    assert (then["release"], then["status"], then["newest_release"]) == (1, "superseded", 2)
    assert now["tiles"] != then["tiles"]
    assert then["tilejson"].endswith("/tilejson/?release=1")
    assert then["model"]["id"] == str(production.model.pk)
    listed = client.get(f"{address}releases/").json()
    assert [row["number"] for row in listed["results"]] == [2, 1]
    assert [row["status"] for row in listed["results"]] == ["published", "superseded"]


@pytest.mark.parametrize("number", ["9", "x", "-1", "²", "9" * 40])
def test_an_unknown_release_is_404(client: APIClient, production: Production, number: str) -> None:
    answer = client.get(f"/api/v1/layers/{production.layer.pk}/", {"release": number})
    assert answer.status_code == 404


def test_a_release_that_is_still_built_is_not_listed(
    client: APIClient, production: Production
) -> None:
    new = superseded(production)
    LayerRelease.objects.create(
        project=new.project, layer=new.layer, number=3, state="building", run=new.run
    )
    address = f"/api/v1/layers/{production.layer.pk}/"
    numbers = [row["number"] for row in client.get(f"{address}releases/").json()["results"]]
    assert numbers == [2, 1]
    assert client.get(address, {"release": 3}).status_code == 404


def test_statistics_are_downloaded_as_a_table(client: APIClient, production: Production) -> None:
    superseded(production)
    address = f"/api/v1/layers/{production.layer.pk}/statistics/"
    answer = client.get(address, {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert "class-r2-statistics" in answer["Content-Disposition"]
    assert answer.content.decode().splitlines()[1].startswith("1,")
    assert client.get(address).json()["classes"][0]["share"] == 1.0


def test_the_ramps_to_choose_from_come_with_the_style(
    client: APIClient, production: Production
) -> None:
    shown = client.get(f"/api/v1/layers/{production.layer.pk}/style/").json()
    assert {"viridis", "grey"} <= shown["ramps"].keys()
