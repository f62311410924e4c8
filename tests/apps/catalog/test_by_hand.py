"""Scenes left out by hand: audited, with a reason, undone, and never in a selection."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import AuditEntry
from apps.catalog.models import Scene
from apps.catalog.services import scene_selection_freeze
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from tests.apps.catalog.conftest import SmallCatalog
from tests.factories import api_as, make_member, make_project

pytestmark = pytest.mark.django_db
Import = Callable[..., dict[str, Any]]
URL = "/api/v1/catalog/scenes/"


@pytest.fixture
def project(small: SmallCatalog, import_catalog: Import) -> Any:
    for number in range(3):
        small.raster(f"s{number}")
        properties = {"datetime": f"2018-06-0{number + 1}T10:00:00Z", "eo:cloud_cover": 10}
        small.item(f"s{number}", properties=properties)
    project = make_project()
    import_catalog(project, small.folder)
    return project


@pytest.fixture
def producer(project: Any) -> Any:
    return api_as(make_member(project, Role.PRODUCER))


def keys(project: Any) -> list[str]:
    rows = Scene.objects.filter(project=project).order_by("item_id")
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def change(client: Any, project: Any, scenes: list[str], **body: Any) -> Any:
    given = {"project": str(project.pk), "scenes": scenes, **body}
    return client.patch(URL, given, format="json")


def test_excluded_scenes_never_enter_a_selection(project: Any, producer: Any) -> None:
    first, second, _ = keys(project)
    answer = change(producer, project, [first, second], included=False, reason="haze")
    assert answer.status_code == 200, answer.json()
    selection = scene_selection_freeze(project=project, spec={})
    assert [scene.item_id for scene in selection.scenes.all()] == ["s2"]
    by_hand = {"scenes": [first]}
    with pytest.raises(InvalidInput, match="No scene fits"):
        scene_selection_freeze(project=project, spec={}, narrowing=by_hand)


def test_exclusion_carries_its_reason_and_is_audited(project: Any, producer: Any) -> None:
    first = keys(project)[0]
    url = f"{URL}{first}/"
    answer = producer.patch(url, {"included": False, "reason": " smoke "}, format="json")
    assert answer.json()["properties"]["excluded_reason"] == "smoke"
    entry = AuditEntry.objects.get(action="scene.exclude")
    assert entry.object_id == first
    assert entry.before_sha != entry.after_sha
    answer = producer.patch(url, {"included": True}, format="json")
    assert answer.json()["properties"]["excluded_reason"] is None


def test_former_states_are_told_for_an_undo(project: Any, producer: Any) -> None:
    first, second, third = keys(project)
    change(producer, project, [first], included=False, reason="haze")
    told = change(producer, project, [first, second, third], included=False, reason="smoke").json()
    assert {row["id"]: (row["included"], row["reason"]) for row in told["changed"]} == {
        first: (False, "haze"),
        second: (True, ""),
        third: (True, ""),
    }
    again = change(producer, project, [first, second, third], included=False, reason="smoke")
    assert again.json()["changed"] == []


def test_viewers_and_foreign_scenes_change_nothing(project: Any, producer: Any) -> None:
    viewer = api_as(make_member(project))
    assert change(viewer, project, keys(project), included=False).status_code == 403
    other = make_project()
    client = api_as(make_member(other, Role.PRODUCER))
    assert change(client, other, keys(project), included=False).status_code == 404
    assert not Scene.objects.filter(included=False).exists()


def test_importing_again_keeps_what_was_left_out(
    project: Any, producer: Any, small: SmallCatalog, import_catalog: Import
) -> None:
    change(producer, project, keys(project)[:1], included=False, reason="haze")
    properties = {"datetime": "2018-06-01T10:00:00Z", "eo:cloud_cover": 11}
    small.item("s0", properties=properties)
    assert import_catalog(project, small.folder)["updated"] == 1
    scene = Scene.objects.get(project=project, item_id="s0")
    assert (scene.included, scene.excluded_reason, scene.cloud_cover) == (False, "haze", 11)


def test_selection_of_the_screen_has_a_name_and_further_filters(
    project: Any, producer: Any
) -> None:
    first, second, _ = keys(project)
    body = {
        "project": str(project.pk),
        "name": "Early summer",
        "scenes": {"cloud_cover_max": 50},
        "narrowing": {"scenes": [second, first], "text": "s", "bbox": "4,49,6,51"},
    }
    answer = producer.post("/api/v1/scene-selections/", body, format="json")
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    assert (told["name"], told["count"]) == ("Early summer", 2)
    assert len(told["checksum"]) == 64
    wider = scene_selection_freeze(project=project, spec={"cloud_cover_max": 50})
    assert wider.count == 3
    assert wider.checksum != told["checksum"]
    wrong = {**body, "narrowing": {"colour": "blue"}}
    answer = producer.post("/api/v1/scene-selections/", wrong, format="json")
    assert answer.status_code == 400


def test_files_of_a_scene_are_fetched_from_here(
    project: Any, small: SmallCatalog, settings: Any
) -> None:
    settings.CATALOG_ROOTS = [small.folder]
    viewer = api_as(make_member(project))
    feature = viewer.get(URL).json()["features"][0]
    href = feature["assets"]["red"]["href"]
    assert href.startswith("http://testserver/api/v1/catalog/scenes/")
    answer: Any = viewer.get(href)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == (small.folder / "s0.tif").read_bytes()
    assert str(small.folder) not in viewer.get(URL).content.decode()
    assert viewer.get(href.replace("red", "blue")).status_code == 404
    stranger = api_as(make_member(make_project()))
    assert stranger.get(href).status_code == 404
    settings.CATALOG_ROOTS = []
    assert viewer.get(href).status_code == 404
