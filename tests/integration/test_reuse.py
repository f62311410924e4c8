"""What a job of the project has computed is not computed again, and nothing else is reused."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat

from apps.catalog.models import Asset
from apps.core.storage import store_open
from apps.jobs.models import Run, Step
from apps.jobs.selectors import results_of
from apps.layers.models import LayerRelease
from tests.builders.living_world import COLLECTION, World

BLOCKS = 16
OUTPUTS = ["class", "confidence"]


@pytest.fixture(autouse=True)
def rows(world: World, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def order(world: World, **parameters: Any) -> dict[str, Any]:
    given = {"model_version": world.model["id"], "outputs": OUTPUTS, **parameters}
    return {"project": world.project["id"], "workflow": "predict_map", "parameters": given}


def mapped(world: World, **parameters: Any) -> dict[str, Any]:
    job = world.manager.finish(world.manager.post("jobs/", order(world, **parameters)))
    assert job["status"] == "finished", job
    return job


def foreseen(world: World, **parameters: Any) -> int:
    told = world.manager.post("jobs/estimate/", order(world, **parameters), expect=200)
    assert told["blocks"] == BLOCKS
    return int(told["cached_blocks"])


def reused(job: dict[str, Any], step: str = "predict") -> int:
    blocks = Step.objects.get(run__job=job["id"], name=step).blocks
    return int(blocks.filter(reused=True).count())


def digests(job: dict[str, Any]) -> list[tuple[str, str]]:
    releases = LayerRelease.objects.filter(layer__in=job["outputs"]["layers"])
    return [(r.archives[0]["sha256"], r.display_sha256) for r in releases.order_by("layer__role")]


@pytest.fixture(scope="module")
def first(world: World, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():
        return mapped(world)


def test_the_same_map_twice_computes_nothing_and_gives_the_same_files(
    world: World, first: dict[str, Any]
) -> None:
    assert foreseen(world) == BLOCKS
    again = mapped(world)
    assert reused(again) == BLOCKS
    assert reused(again, "assemble") == len(OUTPUTS)
    assert again["progress"]["reused"] == BLOCKS + len(OUTPUTS)
    assert again["progress"]["done"] == again["progress"]["total"]
    assert digests(again) == digests(first)
    assert again["outputs"]["layers"] != first["outputs"]["layers"]


def test_a_part_of_the_area_takes_what_is_known_of_it(world: World, first: dict[str, Any]) -> None:
    west, south, east, north = world.layers[0]["bbox"]
    x, y = west + 0.85 * (east - west), north
    ring = [[west, south], [x, south], [x, y], [west, y], [west, south]]
    area = world.manager.post(
        "aois/",
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"name": "Part", "project": world.project["id"]},
        },
    )
    told = world.manager.post("jobs/estimate/", order(world) | {"aoi": area["id"]}, expect=200)
    assert 0 < told["cached_blocks"] < told["blocks"]
    world.manager.call("delete", f"aois/{area['id']}/")


def test_another_mask_computes_every_block(world: World, first: dict[str, Any]) -> None:
    changed = {"mask": {"dilation_m": 200}}
    assert foreseen(world, **changed) == 0
    job = mapped(world, **changed)
    assert reused(job) == 0
    assert digests(job) != digests(first)


def test_another_selection_computes_every_block(world: World, first: dict[str, Any]) -> None:
    assert foreseen(world, scenes={"datetime": "2018-04-01/2018-09-30"}) == 0
    assert foreseen(world, scenes={"collections": [COLLECTION]}) == BLOCKS


def test_another_model_computes_every_block(world: World, first: dict[str, Any]) -> None:
    job = world.manager.launch(world.project, "train_model", world.parameters() | {"seed": 2})
    model = world.manager.finish(job)["outputs"]["model_version"]
    assert foreseen(world, model_version=model) == 0


def test_a_model_of_another_feature_set_computes_every_block(
    world: World, first: dict[str, Any]
) -> None:
    body = {"project": world.project["id"], "name": "Fewer"}
    fewer = world.feature_set["features"][:2]
    features = world.manager.post("feature-sets/", body | {"features": fewer})
    parameters = world.parameters() | {"feature_set": features["id"]}
    job = world.manager.launch(world.project, "train_model", parameters)
    model = world.manager.finish(job)["outputs"]["model_version"]
    assert foreseen(world, model_version=model) == 0


def test_scenes_of_another_version_compute_every_block(world: World, first: dict[str, Any]) -> None:
    assets = Asset.objects.filter(project=world.project["id"])
    kept = dict(assets.values_list("pk", "version"))
    assets.update(version=Concat(F("version"), Value("1")))
    try:
        assert foreseen(world) == 0
    finally:
        for key, version in kept.items():
            Asset.objects.filter(pk=key).update(version=version)
    assert foreseen(world) == BLOCKS


@contextmanager
def damaged(job: dict[str, Any]) -> Iterator[None]:
    """Change a byte of one predicted block, its size kept, and remove another block."""
    found = results_of("predict", Run.objects.get(job=job["id"]))
    paths = [store_open().path(objects["class"].object_key) for _, _, objects in found]
    kinds = {path.name: path for path in paths}
    one, two = list(kinds.values())[:2]
    data = bytearray(one.read_bytes())
    data[-1] ^= 0xFF
    os.chmod(one, 0o644)
    one.write_bytes(data)
    two.unlink()
    yield


def test_a_damaged_and_a_missing_block_are_computed_again(
    world: World, first: dict[str, Any]
) -> None:
    with damaged(first):
        again = mapped(world)
    assert reused(again) == BLOCKS - 2
    assert digests(again) == digests(first)
