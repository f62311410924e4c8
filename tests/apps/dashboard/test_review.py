"""What the review screen starts with."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.dashboard.selectors.review import clearest_scene, review_data, season_distance
from tests.factories import PASSWORD, make_user
from tests.factories.production import Production, make_production

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(db: Any) -> Production:
    return make_production(make_user(username="manager"))


def test_the_screen_knows_its_layers_and_the_ramps(production: Production) -> None:
    from django.contrib.auth import get_user_model

    data = review_data(get_user_model().objects.get(username="manager"), production.project)
    assert data["layers"][0]["id"] == str(production.layer.pk)
    assert data["layers"][0]["release"] == 1
    assert "viridis" in data["ramps"]
    assert data["project"]["slug"] == production.project.slug


def test_dates_on_both_sides_of_new_year_are_equally_far_from_summer() -> None:
    assert season_distance(datetime(2018, 7, 15, tzinfo=UTC)) == 0
    assert season_distance(datetime(2018, 1, 10, tzinfo=UTC)) == 179
    assert season_distance(None) > season_distance(datetime(2018, 12, 31, tzinfo=UTC))


def test_the_scene_to_begin_with_has_little_cloud_and_lies_in_summer(
    production: Production,
) -> None:
    from apps.catalog.models import Scene

    rows = list(Scene.objects.filter(project=production.project).order_by("pk"))
    assert len(rows) >= 3
    Scene.objects.filter(project=production.project).update(
        cloud_cover=70, datetime=datetime(2018, 7, 15, tzinfo=UTC)
    )
    Scene.objects.filter(pk=rows[0].pk).update(
        cloud_cover=1, datetime=datetime(2018, 12, 1, tzinfo=UTC)
    )
    Scene.objects.filter(pk=rows[1].pk).update(
        cloud_cover=3, datetime=datetime(2018, 6, 1, tzinfo=UTC)
    )
    assert clearest_scene(production.project) == str(rows[1].pk)
    Scene.objects.filter(pk=rows[1].pk).update(included=False)
    assert clearest_scene(production.project) == str(rows[0].pk)


def test_only_who_may_launch_is_offered_a_launch(production: Production, client: Client) -> None:
    from apps.layers.models import Layer
    from apps.projects.models import Membership

    Layer.objects.update(current_release=None)
    address = reverse("dashboard:map", args=[production.project.slug])
    client.login(username="manager", password=PASSWORD)
    assert "Train and map…" in client.get(address).content.decode()
    Membership.objects.filter(user__username="manager").update(role="viewer")
    page = client.get(address).content.decode()
    assert "No layers yet." in page
    assert "Train and map…" not in page
