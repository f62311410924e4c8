"""The address of a static layer's tiles, which need no date."""

from typing import Any

import pytest

from apps.catalog.enums import SceneKind
from apps.catalog.models import Asset, Scene
from tests.apps.layers.test_scene_tiles import FORM
from tests.factories import api_as, make_member, make_user
from tests.factories.production import make_production

pytestmark = pytest.mark.django_db


@pytest.fixture
def static(store: Any) -> Scene:
    production = make_production(make_user(username="manager"))
    row = Scene.objects.filter(project=production.project).order_by("pk")[0]
    row.kind, row.datetime, row.sensor, row.item_id = SceneKind.STATIC, None, "", "terrain"
    row.save()
    row.assets.all().delete()
    for key, path in (("elevation", "/data/dem.tif"), ("slope", "")):
        Asset.objects.create(project=row.project, scene=row, key=key, path=path, **FORM)
    return row


@pytest.fixture
def address(static: Scene) -> str:
    return f"/api/v1/catalog/statics/{static.pk}/"


@pytest.fixture
def viewer(static: Scene) -> Any:
    return api_as(make_member(static.project))


def test_first_raster_is_drawn_when_none_is_named(viewer: Any, address: str, store: Any) -> None:
    told = viewer.get(f"{address}tiles/").json()
    assert told["tiles"].startswith("/tiles/")
    assert told["drawn"] == ["elevation"]
    assert told["tiles_expire_at"]
    shown = viewer.get(address).json()
    assert shown["properties"]["item_id"] == "terrain"
    assert shown["properties"]["datetime"] is None


def test_a_stretch_is_kept_in_the_address(viewer: Any, address: str) -> None:
    told = viewer.get(f"{address}tiles/", {"style": "elevation", "stretch": "range,0,900"}).json()
    assert told["stretch"] == "range"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"style": "rgb"}, 400),
        ({"style": "aspect"}, 400),
        ({"style": "elevation", "stretch": "range,9,1"}, 400),
        ({"style": "slope"}, 409),
    ],
)
def test_what_cannot_be_drawn_is_named(
    viewer: Any, address: str, query: dict[str, str], status: int
) -> None:
    answer = viewer.get(f"{address}tiles/", query)
    assert answer.status_code == status
    assert "/data" not in answer.content.decode()


def test_a_scene_is_no_static_layer_and_strangers_see_neither(
    viewer: Any, address: str, static: Scene
) -> None:
    scene = Scene.objects.filter(project=static.project, kind=SceneKind.SCENE)[0]
    assert viewer.get(f"/api/v1/catalog/statics/{scene.pk}/tiles/").status_code == 404
    stranger = api_as(make_user())
    assert stranger.get(f"{address}tiles/").status_code == 404
    assert stranger.get(address).status_code == 404
