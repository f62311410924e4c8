"""Thousands of scenes at a glance: totals, ticks, distinct footprints, ten-day calendar."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from apps.aois.services import aoi_create
from apps.catalog.domain import Observation, calendar_of, ten_days_of
from apps.catalog.models import Collection, Scene
from apps.catalog.selectors import overview, scene_footprints
from tests.factories import api_as, make_member, make_project, make_user

pytestmark = pytest.mark.django_db
FIRST = datetime(2018, 3, 1, 10, tzinfo=UTC)
Add = Callable[..., Scene]


def box(west: float, south: float, size: float = 0.1) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, west + size, south + size)), srid=4326)


@pytest.fixture
def project() -> Any:
    return make_project()


@pytest.fixture
def add(project: Any) -> Add:
    collection = Collection.objects.create(project=project, stac_id="small")

    def one(days: int, **fields: Any) -> Scene:
        given: dict[str, Any] = {
            "item_id": f"item-{Scene.objects.count():05d}",
            "datetime": FIRST + timedelta(days=days),
            "footprint": box(5, 50),
            "sensor": "generic",
            **fields,
        }
        return Scene.objects.create(project=project, collection=collection, **given)

    return one


@pytest.fixture
def viewer(project: Any) -> Any:
    return api_as(make_member(project))


def area(project: Any, name: str, west: float) -> Any:
    shape = json.loads(box(west, 50).json)
    return aoi_create(project=project, name=name, geometry=shape, user=make_user())


def ask(viewer: Any, what: str, project: Any, **query: Any) -> dict[str, Any]:
    answer = viewer.get(f"/api/v1/catalog/scenes/{what}/", {"project": str(project.pk), **query})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2018, 2, 10), date(2018, 2, 1), date(2018, 2, 10)),
        (date(2018, 2, 11), date(2018, 2, 11), date(2018, 2, 20)),
        (date(2018, 2, 28), date(2018, 2, 21), date(2018, 2, 28)),
        (date(2020, 2, 29), date(2020, 2, 21), date(2020, 2, 29)),
        (date(2018, 12, 31), date(2018, 12, 21), date(2018, 12, 31)),
    ],
)
def test_a_month_has_three_periods(day: date, start: date, end: date) -> None:
    assert ten_days_of(day) == (start, end)


def test_calendar_counts_measured_before_stated_and_says_which() -> None:
    seen = [
        Observation(date(2018, 3, 1), 1.0, cloud_cover=90, valid_percent=40),
        Observation(date(2018, 3, 2), 0.5, cloud_cover=20),
        Observation(date(2018, 3, 25), 1.0),
    ]
    first, empty, last = calendar_of(seen)
    assert first.scenes == 2
    assert first.valid == pytest.approx(0.4 + 0.5 * 0.8)
    assert first.bases == {"measured": 1, "estimated": 1, "unknown": 0}
    assert (empty.scenes, empty.valid) == (0, 0)
    assert (last.valid, last.bases["unknown"]) == (1.0, 1)


def test_totals_count_what_a_selection_would_hold(project: Any, add: Add, viewer: Any) -> None:
    add(0, cloud_cover=10)
    add(1, cloud_cover=80)
    add(2, included=False)
    add(3, flagged_reason="asset B04: gone")
    told = ask(viewer, "overview", project)
    assert (told["count"], told["selectable"], told["excluded"], told["flagged"]) == (4, 3, 1, 1)
    assert told["ticks"]["day"] == ["2018-03-01", "2018-03-02", "2018-03-03", "2018-03-04"]
    assert told["ticks"]["cloud"] == [10, 80, None, None]
    assert told["ticks"]["state"] == "iief"
    assert ask(viewer, "overview", project, cloud_cover_max="50", state="included")["count"] == 2


def test_equal_footprints_are_drawn_once(project: Any, add: Add, viewer: Any) -> None:
    for days in range(5):
        add(days, cloud_cover=10 * days)
    add(9, footprint=box(6, 50))
    told = ask(viewer, "footprints", project)
    assert told["aggregated"] is False
    figures = sorted(row["properties"]["scenes"] for row in told["features"])
    assert figures == [1, 5]
    ticks = ask(viewer, "overview", project)["ticks"]
    assert set(ticks["shapes"]) == {row["id"] for row in told["features"]}
    assert ticks["shape"] == [0, 0, 0, 0, 0, 1]


def test_very_many_footprints_become_cells(
    project: Any, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "MAX_SHAPES", 3)
    for number in range(6):
        add(number, footprint=box(5 + number, 50))
    told = scene_footprints(Scene.objects.filter(project=project))
    assert told["aggregated"] is True
    assert sum(row["properties"]["scenes"] for row in told["features"]) == 6


def test_calendar_weighs_scenes_by_what_they_cover(project: Any, add: Add, viewer: Any) -> None:
    aoi = area(project, "half", 5.05)
    add(0, cloud_cover=0)
    add(1, cloud_cover=50, included=False)
    add(2, footprint=box(5.05, 50), valid_percent=25.0, cloud_cover=1)
    told = ask(viewer, "calendar", project, aoi=str(aoi.pk))
    (period,) = told["periods"]
    assert told["of"] == "area"
    assert (period["scenes"], period["measured"], period["estimated"]) == (2, 1, 1)
    assert period["valid"] == pytest.approx(0.5 + 0.25, abs=0.01)
    whole = ask(viewer, "calendar", project)
    assert whole["of"] == "footprints"
    assert whole["km2"] > told["km2"]


def test_search_by_text_state_sensor_and_area(project: Any, add: Add, viewer: Any) -> None:
    add(0, item_id="S2A_31UFS_20180301", platform="sentinel-2a")
    add(1, item_id="S1A_IW", sensor="sentinel1", platform="sentinel-1a", included=False)
    add(2, item_id="far", footprint=box(20, 50), flagged_reason="broken")
    aoi = area(project, "west", 5)

    def names(**query: Any) -> list[str]:
        answer = viewer.get("/api/v1/catalog/scenes/", {"project": str(project.pk), **query})
        return [row["properties"]["item_id"] for row in answer.json()["features"]]

    assert names(text="31ufs") == ["S2A_31UFS_20180301"]
    assert names(text="SENTINEL-1") == ["S1A_IW"]
    assert names(state="excluded") == ["S1A_IW"]
    assert names(state="flagged") == ["far"]
    assert names(sensor="sentinel1") == ["S1A_IW"]
    assert names(aoi=str(aoi.pk)) == ["S2A_31UFS_20180301", "S1A_IW"]
    assert names(ordering="-datetime")[0] == "far"


@pytest.mark.parametrize("query", [{"state": "half"}, {"aoi": "nonsense"}])
def test_wrong_search_is_an_error(project: Any, viewer: Any, query: dict[str, str]) -> None:
    answer = viewer.get("/api/v1/catalog/scenes/", {"project": str(project.pk), **query})
    assert answer.status_code in (400, 404)


def test_overview_of_another_project_does_not_exist(project: Any, add: Add) -> None:
    add(0)
    stranger = api_as(make_user())
    for what in ("overview", "footprints", "calendar"):
        answer = stranger.get(f"/api/v1/catalog/scenes/{what}/", {"project": str(project.pk)})
        assert answer.status_code == 404
        assert stranger.get(f"/api/v1/catalog/scenes/{what}/").status_code == 200


def test_ten_thousand_scenes_are_a_few_queries(
    project: Any, add: Add, viewer: Any, django_assert_max_num_queries: Any
) -> None:
    pattern = add(0)
    Scene.objects.bulk_create(
        Scene(
            project=project,
            collection=pattern.collection,
            item_id=f"many-{number}",
            datetime=FIRST + timedelta(hours=number),
            footprint=box(5 + number % 40 / 10, 50),
        )
        for number in range(10_000)
    )
    with django_assert_max_num_queries(24):
        told = ask(viewer, "overview", project)
        drawn = ask(viewer, "footprints", project)
        assert len(ask(viewer, "calendar", project)["periods"]) == 42
    assert len(told["ticks"]["id"]) == told["count"] == 10_001
    assert len(drawn["features"]) == 40
