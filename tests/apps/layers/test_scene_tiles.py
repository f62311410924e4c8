"""The address of a scene's tiles: what is drawn, what is said when a band is lacking."""

from typing import Any

import pytest

from apps.catalog.models import Asset, Scene
from tests.factories import api_as, make_member, make_user
from tests.factories.production import make_production

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "driver": "GTiff", "dtype": "uint16", "crs": "EPSG:3035", "shape": [10, 10], "has_data": True,
    "transform": [10, 0, 0, 0, -10, 0], "roles": ["data"],
}  # fmt: skip


@pytest.fixture
def scene(store: Any) -> Scene:
    production = make_production(make_user(username="manager"))
    scene = Scene.objects.filter(project=production.project).order_by("pk")[0]
    for key, common, path in (("B04", "red", "/data/B04.tif"), ("B08", "nir", "")):
        Asset.objects.create(
            project=scene.project, scene=scene, key=key, common_name=common, path=path, **FORM
        )
    return scene


@pytest.fixture
def ask(scene: Scene) -> Any:
    viewer = api_as(make_member(scene.project))

    def get(**query: str) -> Any:
        return viewer.get(f"/api/v1/catalog/scenes/{scene.pk}/tiles/", query)

    return get


def test_one_band_with_a_stretch(ask: Any) -> None:
    told = ask(style="B04", stretch="percent,2,98").json()
    assert told["tiles"].startswith("/tiles/")
    assert (told["style"], told["stretch"], told["drawn"]) == ("B04", "percent", ["B04"])
    assert told["tiles_expire_at"]


def test_a_colour_that_lacks_a_band_falls_back_and_says_so(ask: Any) -> None:
    told = ask(style="rgb").json()
    assert told["drawn"] == ["B04"]
    assert "No green or blue band" in told["note"]


def test_a_remote_band_is_a_conflict_with_the_remedy(ask: Any) -> None:
    answer = ask(style="B08")
    assert answer.status_code == 409
    assert "allowed roots" in answer.json()["advice"]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"style": "B99"}, "style"), ({"style": "B04", "stretch": "percent,9,1"}, "stretch")],
)
def test_a_wrong_style_is_named(ask: Any, query: dict[str, str], field: str) -> None:
    answer = ask(**query)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_stranger_gets_no_tiles(scene: Scene) -> None:
    stranger = api_as(make_user())
    assert stranger.get(f"/api/v1/catalog/scenes/{scene.pk}/tiles/").status_code == 404
