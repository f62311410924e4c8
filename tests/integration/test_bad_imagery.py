"""Imagery that is missing or truncated: blocks are degraded, scenes named, never a silent hole."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.builders.living_world import COLLECTION, GRID, REFERENCE, World

KEPT = 9


@pytest.fixture(scope="module")
def damaged(world: World) -> dict[str, Any]:
    """A project on nine scenes: one lacks a band, one has a band cut in half."""
    folder = world.folder / "damaged"
    shutil.copytree(world.country, folder)
    names = _thin_out(folder / COLLECTION)
    missing, truncated = names[2], names[4]
    (_items(folder) / missing / "B08.tif").unlink()
    _truncate(_items(folder) / truncated / "B04.tif")
    project = world.manager.post(
        "projects/", {"name": "Damaged", "slug": "damaged", "grid": {**GRID, "block_size": 128}}
    )
    job = world.manager.catalogue(project, folder)
    assert job["status"] == "finished", job
    samples = (world.country / REFERENCE / "samples.geojson").read_bytes()
    sample_set = world.manager.samples_of(project, samples)
    feature_set = world.manager.features(project, world.feature_set["features"])
    return {
        "folder": folder,
        "project": project,
        "names": names,
        "missing": missing,
        "truncated": truncated,
        "import": job,
        "parameters": world.parameters(
            sample_set=sample_set["id"], feature_set=feature_set["id"], outputs=["class"]
        ),
    }


@pytest.fixture(scope="module")
def mapped(world: World, damaged: dict[str, Any]) -> dict[str, Any]:
    job = world.manager.launch(damaged["project"], "train_and_map", damaged["parameters"])
    return world.manager.finish(job)


def test_an_import_names_the_scene_and_the_asset_that_cannot_be_read(
    world: World, damaged: dict[str, Any]
) -> None:
    said = " ".join(damaged["import"]["warnings"])
    assert f"{damaged['missing']}, asset B08" in said
    scenes = world.manager.get("catalog/scenes/", project=damaged["project"]["id"])["features"]
    flagged = {s["properties"]["item_id"]: s["properties"]["flagged_reason"] for s in scenes}
    assert len(flagged) == KEPT
    assert "B08" in flagged[damaged["missing"]]


def test_a_map_on_damaged_scenes_is_degraded_and_names_them(
    world: World, damaged: dict[str, Any], mapped: dict[str, Any]
) -> None:
    assert mapped["status"] == "finished_with_errors", mapped
    said = " ".join(mapped["warnings"])
    assert damaged["missing"] in said
    assert damaged["truncated"] in said
    assert damaged["names"][0] not in said
    assert f"Scene {damaged['truncated']} was left out of 4 block(s): B04" in said
    blocks = world.manager.get(f"jobs/{mapped['id']}/blocks/")["features"]
    assert {block["properties"]["state"] for block in blocks} == {"degraded"}
    reasons = json.dumps(blocks[0]["properties"]["dropped"])
    assert damaged["missing"] in reasons
    assert damaged["truncated"] in reasons


def test_degraded_blocks_are_never_reused(
    world: World, damaged: dict[str, Any], mapped: dict[str, Any]
) -> None:
    given = {"model_version": mapped["outputs"]["model_version"], "outputs": ["class"]}
    body = {"project": damaged["project"]["id"], "workflow": "predict_map", "parameters": given}
    told = world.manager.post("jobs/estimate/", body, expect=200)
    assert told["blocks"] == 4
    assert told["cached_blocks"] == 0


def test_a_degraded_map_still_covers_the_whole_country(
    world: World, mapped: dict[str, Any]
) -> None:
    layer = world.manager.get(f"layers/{mapped['outputs']['layers'][0]}/")
    whole = world.layers[0]["statistics"]
    assert layer["statistics"].keys() == whole.keys()
    place = world.centre
    assert world.manager.get(f"layers/{layer['id']}/point/", **place)["value"] is not None


def test_a_file_cut_after_its_import_is_noticed_and_a_retry_after_its_repair_is_clean(
    world: World, damaged: dict[str, Any], mapped: dict[str, Any]
) -> None:
    name = damaged["names"][6]
    path = _items(damaged["folder"]) / name / "B08.tif"
    good = path.with_suffix(".good")
    shutil.copy2(path, good)
    _truncate(path)
    named = [item for item in (damaged["missing"], damaged["truncated"]) if item]
    for item in named:
        scene = _scene(world, damaged["project"], item)
        body = {"included": False}
        assert world.manager.call("patch", f"catalog/scenes/{scene}/", body).status_code == 200
    parameters = {"model_version": mapped["outputs"]["model_version"], "scenes": {}}
    job = world.manager.finish(
        world.manager.launch(
            damaged["project"], "predict_map", {**parameters, "outputs": ["class"]}
        )
    )
    assert job["status"] == "finished_with_errors", job
    assert name in " ".join(job["warnings"])
    shutil.copy2(good, path)
    good.unlink()
    again = world.manager.post(f"jobs/{job['id']}/retry/", {}, expect=200)
    again = world.manager.finish(again)
    assert again["status"] == "finished", again
    assert len(again["runs"]) == 2
    assert again["runs"][0]["status"] == "finished_with_errors"
    assert again["warnings"] == []


def _items(folder: Path) -> Path:
    return folder / COLLECTION / "items"


def _thin_out(folder: Path) -> list[str]:
    """Keep nine clear scenes of the growing season and the reference; return their names."""
    path = folder / "collection.json"
    collection = json.loads(path.read_text())
    found = sorted(item for item in (folder / "items").glob("SYN*/SYN*.json"))
    clouds = {
        item.stem: json.loads(item.read_text())["properties"]["eo:cloud_cover"] for item in found
    }
    names = sorted(sorted(clouds, key=lambda name: clouds[name])[:KEPT])
    collection["links"] = [
        link
        for link in collection["links"]
        if link["rel"] != "item" or any(n in link["href"] for n in (*names, "reference"))
    ]
    path.write_text(json.dumps(collection))
    return names


def _truncate(path: Path) -> None:
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _scene(world: World, project: dict[str, Any], item: str) -> str:
    rows = world.manager.get("catalog/scenes/", project=project["id"], page_size=100)["features"]
    return str(next(row["id"] for row in rows if row["properties"]["item_id"] == item))
