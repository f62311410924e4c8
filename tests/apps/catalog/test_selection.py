"""Searching scenes and freezing selections."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon

from apps.aois.services import aoi_create
from apps.catalog.domain import period_parse
from apps.catalog.models import Scene
from apps.catalog.selectors import (
    scenes_search,
    selection_footprint,
    selection_scene_refs,
    selection_warnings,
)
from apps.catalog.services import scene_include, scene_selection_freeze
from apps.core.errors import InvalidInput
from tests.apps.catalog.conftest import SmallCatalog
from tests.factories import make_project

pytestmark = pytest.mark.django_db
Import = Callable[..., dict[str, Any]]


@pytest.fixture
def project(small: SmallCatalog, import_catalog: Import) -> Any:
    dates = ("2017-12-31", "2018-01-01", "2018-06-15", "2019-01-01")
    clouds = (0, 50, None, 90)
    for number, (date, cloud) in enumerate(zip(dates, clouds, strict=True)):
        small.raster(f"s{number}")
        properties: dict[str, Any] = {"datetime": f"{date}T10:00:00Z"}
        if cloud is not None:
            properties["eo:cloud_cover"] = cloud
        small.item(f"s{number}", properties=properties)
    project = make_project()
    import_catalog(project, small.folder)
    return project


def names(scenes: Any) -> list[str]:
    return [scene.item_id for scene in scenes.order_by("datetime")]


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ("../2018-01-01", ["s0", "s1"]),
        ("2018-01-01/..", ["s1", "s2", "s3"]),
        ("2018-01-01/2018-12-31", ["s1", "s2"]),
        ("2018-06-15", ["s2"]),
        ("2018", ["s1", "s2"]),
        ("2018-06/2019", ["s2", "s3"]),
        ("2018-06-15T10:00:00Z/2018-06-15T10:00:00Z", ["s2"]),
        ("/2017-12-31", ["s0"]),
    ],
)
def test_period_selects_whole_days(project: Any, period: str, found: list[str]) -> None:
    assert names(scenes_search(project, datetime=period)) == found


@pytest.mark.parametrize("text", ["", "..", "a/b", "2018-13-01", "2019/2018", "1/2/3"])
def test_period_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be used"):
        period_parse(text)


def test_cloud_limit_keeps_scenes_that_state_none(project: Any) -> None:
    assert names(scenes_search(project, cloud_cover_max=10)) == ["s0", "s2"]


def test_unknown_collection_is_named(project: Any) -> None:
    with pytest.raises(InvalidInput, match=r"no collection 'none-such'; it has: small"):
        scene_selection_freeze(project=project, spec={"collections": ["none-such"]})


def test_same_search_freezes_one_row_in_order(project: Any) -> None:
    first = scene_selection_freeze(project=project, spec={"datetime": "2018-01-01/.."})
    again = scene_selection_freeze(project=project, spec={"datetime": "2018-01-01/.."})
    assert first.pk == again.pk
    assert first.count == 3
    assert [ref.item_id for ref in selection_scene_refs(first)] == ["s1", "s2", "s3"]
    footprint = selection_footprint(first)
    assert footprint is not None
    assert footprint.extent == pytest.approx((5.0, 50.0, 5.1, 50.1))


def test_later_scenes_do_not_enter_a_frozen_selection(
    project: Any, small: SmallCatalog, import_catalog: Import
) -> None:
    frozen = scene_selection_freeze(project=project, spec={})
    small.raster("s9")
    small.item("s9")
    import_catalog(project, small.folder)
    assert len(selection_scene_refs(frozen)) == 4
    assert scene_selection_freeze(project=project, spec={}).count == 5


def test_empty_selection_counts_what_each_filter_left(project: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        scene_selection_freeze(project=project, spec={"datetime": "2030/2031"})
    assert "has 4 included scenes; 0 in 2030/2031" in caught.value.message
    assert list(caught.value.errors) == ["datetime"]


def test_area_outside_the_imagery_is_the_named_culprit(project: Any) -> None:
    ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    aoi = aoi_create(project=project, name="Gulf", geometry=geometry, user=None)
    with pytest.raises(InvalidInput, match="0 over the area of interest 'Gulf'"):
        scene_selection_freeze(project=project, spec={}, aoi=aoi)


def test_excluded_scene_stays_out(project: Any) -> None:
    scene_include(scene=Scene.objects.get(item_id="s2"), included=False, user=None)
    assert scene_selection_freeze(project=project, spec={}).count == 3


def test_refs_are_narrowed_by_place_and_source(project: Any) -> None:
    frozen = scene_selection_freeze(project=project, spec={})
    away = Polygon.from_bbox((8, 51, 9, 52))
    assert selection_scene_refs(frozen, geometry_4326=away) == []
    assert len(selection_scene_refs(frozen, sources=["red"])) == 4
    assert selection_scene_refs(frozen, sources=["nir"]) == []


def test_flagged_scene_stays_in_and_is_told(
    small: SmallCatalog, import_catalog: Import, project: Any
) -> None:
    (small.folder / "s1.tif").unlink()
    import_catalog(project, small.folder)
    frozen = scene_selection_freeze(project=project, spec={})
    assert frozen.count == 4
    (warning,) = selection_warnings(frozen)
    assert warning.startswith("Scene s1: asset red:")
    assert "s1" in [ref.item_id for ref in selection_scene_refs(frozen)]


@pytest.mark.data
def test_real_series_is_searched_by_season_and_cloud(
    data_root: Path, import_catalog: Import
) -> None:
    project = make_project()
    import_catalog(project, data_root / "romania-s2-hrl")
    assert scenes_search(project, datetime="2018-01-01/2018-12-31").count() == 34
    assert scenes_search(project, datetime="../2018-01-01").count() == 40
