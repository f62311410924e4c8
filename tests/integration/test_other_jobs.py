"""Jobs beside the main one: mapping with an existing model, tables, and what people do to jobs."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.orchestration.services.drain import drain_local
from tests.builders.living_world import FEATURES, REFERENCE, World


def test_a_model_maps_again_on_its_own_scenes_to_the_same_bytes(world: World) -> None:
    parameters = {"model_version": world.model["id"], "outputs": ["class"]}
    job = world.manager.finish(world.manager.launch(world.project, "predict_map", parameters))
    assert job["status"] == "finished", job
    assert job["outputs"]["model_version"] is None
    layer = world.manager.get(f"layers/{job['outputs']['layers'][0]}/")
    first = world.layers[0]
    assert layer["assets"]["archives"][0]["sha256"] == first["assets"]["archives"][0]["sha256"]
    lineage = layer["stac_item"]["properties"]["controlcenter:lineage"]
    assert lineage["model_version"] == layer["model_version"] == world.model["id"]


def test_a_model_maps_an_area_on_other_scenes(world: World) -> None:
    west, south, east, north = world.layers[0]["bbox"]
    x, y = west + (east - west) * 0.4, south + (north - south) * 0.4
    ring = [[west, south], [x, south], [x, y], [west, y], [west, south]]
    aoi = world.manager.post(
        "aois/",
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"project": world.project["id"], "name": "Corner"},
        },
    )
    parameters = {
        "model_version": world.model["id"],
        "scenes": {"datetime": "2018-04-01/2018-09-30", "cloud_cover_max": 60},
        "outputs": ["class"],
    }
    job = world.manager.launch(world.project, "predict_map", parameters, aoi=aoi["id"])
    job = world.manager.finish(job)
    assert job["status"] == "finished", job
    assert job["progress"]["total"] < world.job["progress"]["total"]
    layer = world.manager.get(f"layers/{job['outputs']['layers'][0]}/")
    lineage = layer["stac_item"]["properties"]["controlcenter:lineage"]
    assert 0 < len(lineage["scenes"]) < world.imported["result"]["scenes"]
    inside = {"lon": west + (x - west) / 2, "lat": south + (y - south) / 2}
    assert world.viewer.get(f"layers/{layer['id']}/point/", **inside)["value"] is not None
    outside = world.viewer.call(
        "get", f"layers/{layer['id']}/point/?lon={east - 1e-3}&lat={north - 1e-3}"
    )
    assert outside.status_code == 404 or outside.json()["value"] is None


def test_the_features_of_samples_are_offered_as_a_table(world: World) -> None:
    ids = {"sample_set": world.sample_set["id"], "feature_set": world.feature_set["id"]}
    job = world.manager.finish(world.manager.launch(world.project, "extract_samples", ids))
    assert job["status"] == "finished", job
    count = job["result"]["count"]
    assert count + sum(job["result"]["dropped"].values()) == world.sample_set["count"]
    downloads = job["result"]["downloads"]
    text = downloaded(world, downloads["csv"]).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == count
    assert {"id", "class_code", "x", "y", *(f["name"] for f in FEATURES)} <= rows[0].keys()
    assert "-32768" not in text
    assert downloaded(world, downloads["parquet"])[:4] == b"PAR1"
    assert world.viewer.client.get(downloads["csv"]).status_code == 403
    told = world.manager.problem("get", f"jobs/{world.job['id']}/download/")
    assert told["status"] == 409
    assert world.manager.problem("get", f"jobs/{job['id']}/download/?format=xls")["status"] == 400


def test_a_job_is_paused_resumed_cancelled_and_tried_again(world: World) -> None:
    parameters = {"columns": 6, "rows": 5, "work_ms": 0, "seed": 11}
    job = world.manager.launch(world.project, "self_check", parameters)
    address = f"jobs/{job['id']}"
    assert job["status"] in {"created", "queued"}
    assert world.viewer.problem("post", f"{address}/pause/")["status"] == 403
    assert stated(world, f"{address}/pause/") == "paused"
    assert stated(world, f"{address}/resume/") == "finished"
    assert world.manager.problem("post", f"{address}/cancel/")["status"] == 409
    other = world.manager.launch(world.project, "self_check", {**parameters, "seed": 12})
    assert stated(world, f"jobs/{other['id']}/cancel/") == "canceled"
    again = world.manager.post(f"jobs/{other['id']}/retry/", {}, expect=200)
    again = world.manager.finish(again)
    assert again["status"] == "finished"
    assert [run["status"] for run in again["runs"]] == ["canceled", "finished"]
    assert again["progress"]["total"] == 30


def test_the_main_job_is_done_by_commands_too(world: World) -> None:
    project = {"project": world.project["slug"]}
    said = command("import_catalog", str(world.country), **project)
    assert said["result"]["unchanged"] == world.imported["result"]["created"]
    file = str(world.country / REFERENCE / "samples.geojson")
    columns = {"sample_set": "by-command", "class_field": "class_id"}
    said = command("import_samples", file, **columns, **project)
    assert said["result"]["imported"] == world.sample_set["count"]
    text = json.dumps({"model_version": world.model["id"], "outputs": ["confidence"]})
    said = command("run_job", "predict_map", parameters=text, wait=True, **project)
    assert said["status"] == "finished"
    assert len(said["outputs"]["layers"]) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "options", "says"),
    [
        ("import_catalog", ["/etc"], {"project": "nowhere"}, "nowhere"),
        ("import_catalog", ["/etc"], {}, "root"),
        ("import_samples", ["/no/file"], {"sample_set": "a", "class_field": "b"}, "/no/file"),
        ("run_job", ["dance"], {}, "dance"),
        ("run_job", ["self_check"], {"parameters": "{"}, "JSON"),
        ("run_job", ["self_check"], {"parameters": "[]"}, "object"),
        ("run_job", ["self_check"], {"parameters": "@/no/file"}, "/no/file"),
        ("run_job", ["self_check"], {"parameters": '{"x": 1}'}, "x"),
    ],
)
def test_a_command_ends_with_a_sentence_not_with_a_trace(
    world: World, name: str, arguments: list[str], options: dict[str, str], says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        command(name, *arguments, **{"project": world.project["slug"], **options})


def command(name: str, *arguments: str, **options: Any) -> dict[str, Any]:
    """Run a command and return the job it prints."""
    out = io.StringIO()
    call_command(name, *arguments, **options, stdout=out, stderr=io.StringIO())
    return dict(json.loads(out.getvalue()))


def stated(world: World, action: str) -> str:
    """Do an action, let the workers work, and return the status of the job."""
    job = world.manager.post(action, {}, expect=200)
    drain_local(until_idle=True)
    return str(world.manager.get(f"jobs/{job['id']}/")["status"])


def downloaded(world: World, address: str) -> bytes:
    answer: Any = world.manager.client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)
