"""The API as an outside program meets it: every row of the contract, after one real main job."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from tests.builders.living_world import FEATURES, OUTPUTS, World
from tests.builders.main_job import API
from tests.builders.vectors import vector_file

JOB_STATES = {
    "created", "queued", "running", "paused", "finished", "finished_with_errors", "error",
    "canceling", "canceled",
}  # fmt: skip
SHA256 = re.compile(r"^[0-9a-f]{64}$")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def assert_page(answer: dict[str, Any], key: str = "results") -> list[dict[str, Any]]:
    """Assert the form of a list and return its rows."""
    assert {"count", "next", "previous", key} <= answer.keys()
    if key == "features":
        assert answer["type"] == "FeatureCollection"
    return list(answer[key])


def test_a_name_and_a_password_give_a_token_and_nothing_else_does(world: World) -> None:
    told = world.manager.problem(
        "post", "auth/token/", {"username": world.manager.user.username, "password": "wrong"}
    )
    assert told["status"] == 401
    assert world.manager.user.username not in told["detail"]
    nobody = APIClient()
    assert nobody.get(f"{API}/projects/").status_code == 401
    nobody.credentials(HTTP_AUTHORIZATION="Token made-up")
    assert nobody.get(f"{API}/projects/").status_code == 401
    assert world.manager.get("users/me/")["username"] == world.manager.user.username


def test_a_project_shows_its_grid_nomenclature_and_the_callers_role(world: World) -> None:
    project = world.project
    assert {"id", "slug", "name", "organisation", "reference_year", "nomenclature"} <= set(project)
    assert set(project["grid"]) == {"crs", "resolution", "origin", "block_size"}
    assert project["role"] == "manager"
    assert UUID.match(project["nomenclature"])
    rows = assert_page(world.viewer.get("projects/"))
    assert [row["role"] for row in rows if row["id"] == project["id"]] == ["viewer"]


def test_a_project_without_a_grid_has_the_default_and_a_native_one_waits(world: World) -> None:
    plain = world.manager.post("projects/", {"name": "Plain", "slug": "plain"})
    assert plain["grid"]["crs"] == "EPSG:3035"
    assert plain["grid"]["resolution"] == [10, 10]
    assert plain["grid"]["block_size"] == 512
    assert plain["organisation"] == str(world.manager.user.organisation_id)
    native = world.manager.post("projects/", {"name": "N", "slug": "n", "grid": "native"})
    assert native["grid"] is None
    told = world.manager.problem("post", "projects/", {"name": "B", "grid": {"block_size": 8}})
    assert told["status"] == 400
    told = world.manager.problem(
        "post",
        "jobs/",
        {"project": native["id"], "workflow": "train_model", "parameters": world.parameters()},
    )
    assert "grid" in told["detail"]
    for made in (plain, native):
        assert world.manager.call("delete", f"projects/{made['id']}/").status_code == 204


def test_members_are_named_by_username_and_role(world: World) -> None:
    address = f"projects/{world.project['id']}/members/"
    added = world.manager.post(
        address, {"username": world.stranger.user.username, "role": "interpreter"}
    )
    assert added["role"] == "interpreter"
    assert world.stranger.get(f"projects/{world.project['id']}/")["role"] == "interpreter"
    assert len(assert_page(world.manager.get(address))) == 3
    gone = world.manager.call("delete", f"{address}{added['id']}/")
    assert gone.status_code == 204
    assert world.viewer.problem("post", address, {"username": "x", "role": "viewer"})["status"] in (
        400,
        403,
    )


def test_an_area_is_a_geojson_feature_with_its_size(world: World) -> None:
    made = world.manager.post("aois/", area(world, "Quarter", 0.5))
    assert made["type"] == "Feature"
    assert made["properties"]["project"] == world.project["id"]
    assert made["properties"]["name"] == "Quarter"
    assert made["properties"]["area_km2"] == pytest.approx(1.64, rel=0.15)
    listed = world.viewer.get("aois/", project=world.project["id"])
    assert made["id"] in {feature["id"] for feature in assert_page(listed, "features")}
    changed = world.manager.call("patch", f"aois/{made['id']}/", {"properties": {"name": "Q"}})
    assert changed.json()["properties"]["name"] == "Q"
    assert world.manager.call("delete", f"aois/{made['id']}/").status_code == 204


def test_areas_are_imported_from_a_file_as_a_job(world: World) -> None:
    one = area(world, "Imported", 0.3)
    data = json.dumps({"type": "FeatureCollection", "features": [one]}).encode()
    answer = world.manager.upload(
        "aois/import/", "areas.geojson", data, project=world.project["id"], name_field="name"
    )
    assert answer.status_code == 202
    job = world.manager.finish(answer.json())
    assert job["status"] == "finished", job
    assert job["result"]["created"] == len(job["result"]["aois"]) == 1


def test_areas_are_imported_from_a_geopackage_in_another_projection(
    world: World, tmp_path: Path
) -> None:
    west, south, east, north = world.layers[0]["bbox"]
    x, y = (west + east) / 2, (south + north) / 2
    rings = {"One": [(west, south), (x, south), (x, y)], "Two": [(x, y), (east, y), (east, north)]}
    file = vector_file(tmp_path / "areas.gpkg", rings, crs="EPSG:3035")
    answer = world.manager.upload(
        "aois/import/", file.name, file.read_bytes(), project=world.project["id"], layer="areas"
    )
    assert answer.status_code == 202, answer.content
    job = world.manager.finish(answer.json())
    assert job["status"] == "finished", job
    made = [world.manager.get(f"aois/{name}/") for name in job["result"]["aois"]]
    assert sorted(area["properties"]["name"] for area in made) == ["One", "Two"]
    first = min(made, key=lambda area: area["bbox"][0])
    assert first["bbox"] == pytest.approx([west, south, x, y], abs=1e-6)


@pytest.mark.parametrize("href", ["", "catalog.json", "synthetic-country"])
def test_a_catalogue_is_imported_again_by_folder_and_by_file_without_a_change(
    world: World, href: str
) -> None:
    job = world.manager.catalogue(world.project, world.country / href)
    assert job["status"] == "finished", job
    assert job["result"]["created"] == job["result"]["updated"] == 0
    assert job["result"]["scenes"] == world.imported["result"]["scenes"] > 20
    assert job["result"]["references"] == 1


def test_scenes_are_searched_by_place_period_collection_and_cloud(world: World) -> None:
    def search(**query: Any) -> int:
        return int(
            world.viewer.get("catalog/scenes/", project=world.project["id"], **query)["count"]
        )

    answer = world.viewer.get("catalog/scenes/", project=world.project["id"], page_size=2)
    first = assert_page(answer, "features")[0]
    assert {"datetime", "eo:cloud_cover", "platform"} <= first["properties"].keys()
    assert {"B04", "SCL"} <= first["assets"].keys()
    assert "page=2" in answer["next"]
    total = search()
    west, south, east, north = first["bbox"]
    assert search(bbox=f"{west},{south},{east},{north}") == total
    assert search(bbox="0,0,1,1") == 0
    assert 0 < search(datetime="2018-04-01/2018-08-31") < total
    assert 0 < search(cloud_cover_max=20) < total
    assert search(collection="synthetic-country") == total
    assert world.viewer.problem("get", "catalog/scenes/?datetime=yesterday")["status"] == 400


def test_a_nomenclature_has_classes_and_counts_its_versions(world: World) -> None:
    found = world.viewer.get(f"nomenclatures/{world.project['nomenclature']}/")
    assert [cls["code"] for cls in found["classes"]] == [1, 2, 3, 4, 5, 6]
    assert set(found["classes"][0]) >= {"code", "name", "color", "parent"}
    body = {"project": world.project["id"], "name": "Other", "classes": [{"code": 1, "name": "a"}]}
    made = world.manager.post("nomenclatures/", body)
    changed = world.manager.call("patch", f"nomenclatures/{made['id']}/", {"name": "New"}).json()
    assert changed["version"] == made["version"] + 1


def test_an_import_of_samples_reports_row_by_row(world: World) -> None:
    jobs = assert_page(
        world.viewer.get("jobs/", project=world.project["id"], workflow="import_samples")
    )
    job = world.viewer.get(f"jobs/{jobs[-1]['id']}/")
    assert job["result"]["imported"] == world.sample_set["count"] > 100
    assert set(job["result"]["rows"][0]) == {"row", "outcome", "message"}


def test_a_sample_set_was_frozen_by_the_launch_and_freezes_to_the_same_version(
    world: World,
) -> None:
    found = world.viewer.get(f"sample-sets/{world.sample_set['id']}/")
    assert found["version"] == 1
    assert found["purpose"] == "training"
    assert found["nomenclature"] == world.project["nomenclature"]
    version = world.manager.post(f"sample-sets/{found['id']}/freeze/", {})
    assert version["number"] == 1
    assert SHA256.match(version["checksum"])
    export = world.manager.call("get", f"sample-sets/{found['id']}/export/?format=geojson")
    assert export.status_code == 200
    assert len(export.json()["features"]) == found["count"]


def test_samples_are_edited_by_revision_one_by_one_and_many_at_once(world: World) -> None:
    made = world.manager.post("sample-sets/", {"project": world.project["id"], "name": "Edited"})
    place = {"type": "Point", "coordinates": list(world.centre.values())}
    body = {"type": "Feature", "geometry": place}
    body["properties"] = {"sample_set": made["id"], "class_code": 1}
    sample = world.manager.post("samples/", body)
    known = {"class_code", "status", "confidence", "source", "revision", "region"}
    assert known <= sample["properties"].keys()
    address, change = f"samples/{sample['id']}/", {"properties": {"class_code": 2}}
    assert world.manager.problem("patch", address, change)["status"] == 428
    edited = world.manager.call("patch", address, change, HTTP_IF_MATCH='"1"')
    assert edited.json()["properties"]["revision"] == 2
    assert edited["ETag"] == '"2"'
    stale = world.manager.problem("patch", address, change, HTTP_IF_MATCH='"1"')
    assert stale["status"] == 412
    many = [{"id": sample["id"], "revision": 2, "properties": {"class_code": 3}}]
    assert world.manager.call("patch", "samples/", many).status_code == 200
    history = assert_page(world.manager.get(f"{address}history/"))
    assert sorted(row["revision"] for row in history) == [1, 2, 3]
    listed = world.manager.get("samples/", **{"sample_set": made["id"], "class": "3"})
    assert [row["id"] for row in assert_page(listed, "features")] == [sample["id"]]
    wrong = {**body, "properties": {"sample_set": made["id"], "class_code": 77}}
    told = world.manager.problem("post", "samples/", wrong)
    assert told["status"] == 400
    assert "77" in told["detail"]


def test_a_feature_set_has_a_hash_of_its_ordered_features(world: World) -> None:
    found = world.viewer.get(f"feature-sets/{world.feature_set['id']}/")
    assert found["features"][0].keys() >= {"name", "source", "statistic"}
    assert SHA256.match(found["hash"])
    turned = {"project": world.project["id"], "name": "Turned", "features": FEATURES[::-1]}
    assert world.manager.post("feature-sets/", turned)["hash"] != found["hash"]


def test_workflows_declare_what_they_take(world: World) -> None:
    rows = {row["slug"]: row for row in assert_page(world.viewer.get("workflows/"))}
    assert {"train_model", "predict_map", "train_and_map", "extract_samples"} <= rows.keys()
    assert not {"import_catalog", "import_samples"} & rows.keys()
    row = rows["train_and_map"]
    assert {"slug", "title", "version", "parameters_schema", "steps"} <= row.keys()
    assert {"sample_set", "outputs"} <= row["parameters_schema"]["properties"].keys()


def test_an_estimate_tells_the_cost_and_keeps_nothing(world: World) -> None:
    body = {"project": world.project["id"], "workflow": "train_and_map"}
    before = world.viewer.get("jobs/")["count"]
    told = world.manager.post(
        "jobs/estimate/", {**body, "parameters": world.parameters(outputs=OUTPUTS)}, expect=200
    )
    known = {"blocks", "bytes_read", "core_seconds", "storage_bytes", "cached_blocks", "warnings"}
    assert known <= told.keys()
    assert told["blocks"] == 16
    assert 0 < told["eta_seconds"]["low"] < told["eta_seconds"]["high"]
    assert world.viewer.get("jobs/")["count"] == before


def test_a_finished_job_lists_its_outputs_in_the_order_they_were_asked_for(world: World) -> None:
    job = world.job
    assert job["status"] in JOB_STATES
    assert job["progress"] == {
        "done": job["progress"]["total"], "total": 16 + 3 + 9 + 1, "failed": 0, "reused": 0,
        "fraction": 1.0,
    }  # fmt: skip
    assert job["error"] is None
    assert isinstance(job["warnings"], list)
    assert len(job["runs"]) == 1
    assert all(UUID.match(name) for name in job["outputs"]["layers"])
    roles = [layer["role"] for layer in world.layers]
    assert roles == ["class", *["probability"] * 6, "confidence", "data_score"]


def test_a_job_tells_its_events_blocks_and_log(world: World) -> None:
    address = f"jobs/{world.job['id']}"
    events = world.viewer.get(f"{address}/events/", since=0)
    assert events["seq"] >= 1
    blocks = assert_page(world.viewer.get(f"{address}/blocks/"), "features")
    assert len(blocks) == 16
    assert {block["properties"]["state"] for block in blocks} == {"done"}
    assert blocks[0]["geometry"]["type"] == "Polygon"
    lines = assert_page(world.viewer.get(f"{address}/log/", page_size=500))
    assert {"at", "level", "message"} <= lines[0].keys()


def test_a_model_version_shows_what_it_was_made_of_and_how_good_it_is(world: World) -> None:
    model = world.model
    accuracy = model["metrics"]["spatial_cv"]
    assert {"overall_accuracy", "macro_f1", "per_class"} <= accuracy.keys()
    assert 0.6 < accuracy["overall_accuracy"] <= 1
    assert model["classifier"] == "random_forest"
    assert model["hyperparameters"]["n_estimators"] == 30
    assert model["feature_set"] == world.feature_set["id"]
    assert model["number"] == 1
    assert model["status"] == "candidate"
    assert SHA256.match(model["sha256"])
    assert UUID.match(model["sample_set_version"])
    assert len(model["feature_importance"]) == len(FEATURES)
    assert {"parent", "region"} <= model.keys()
    assert world.model["model"] in {
        row["id"] for row in assert_page(world.viewer.get("models/", project=world.project["id"]))
    }


def test_a_model_version_is_promoted_by_a_manager_only(world: World) -> None:
    address = f"model-versions/{world.model['id']}/"
    assert world.viewer.problem("post", f"{address}promote/")["status"] == 403
    promoted = world.manager.call("post", f"{address}promote/")
    assert promoted.json()["status"] == "promoted"
    back = world.manager.call("patch", address, {"status": "candidate"})
    assert back.status_code == 200


def test_an_assessment_has_a_matrix_with_intervals(world: World) -> None:
    found = world.viewer.get(f"assessments/{world.job['outputs']['assessment']}/")
    assert found["classes"] == [1, 2, 3, 4, 5, 6]
    assert len(found["matrix"]) == len(found["matrix"][0]) == 6
    assert set(found["overall_accuracy"]) >= {"value", "se", "ci95"}
    low, high = found["overall_accuracy"]["ci95"]
    assert low <= found["overall_accuracy"]["value"] <= high
    assert {"code", "users_accuracy", "producers_accuracy", "f1"} <= found["per_class"][0].keys()
    diagonal = sum(found["matrix"][i][i] for i in range(6))
    total = sum(map(sum, found["matrix"]))
    assert diagonal / total == pytest.approx(found["overall_accuracy"]["value"])


FOREIGN = (
    "projects/{project}/", "projects/{project}/members/", "projects/{project}/events/",
    "catalog/scenes/?project={project}", "nomenclatures/{nomenclature}/",
    "sample-sets/{sample_set}/", "sample-sets/{sample_set}/export/", "feature-sets/{feature_set}/",
    "jobs/{job}/", "jobs/{job}/events/", "jobs/{job}/blocks/", "jobs/{job}/log/",
    "jobs/{job}/download/", "model-versions/{model}/", "assessments/{assessment}/",
    "layers/{layer}/", "layers/{layer}/style/", "layers/{layer}/archive/",
    "aois/?project={project}",
)  # fmt: skip


@pytest.mark.parametrize("address", FOREIGN)
def test_a_stranger_learns_nothing_not_even_that_it_is_there(world: World, address: str) -> None:
    ids = {
        "project": world.project["id"],
        "nomenclature": world.project["nomenclature"],
        "sample_set": world.sample_set["id"],
        "feature_set": world.feature_set["id"],
        "job": world.job["id"],
        "model": world.model["id"],
        "assessment": world.job["outputs"]["assessment"],
        "layer": world.layers[0]["id"],
    }
    foreign = world.stranger.problem("get", address.format(**ids))
    missing = world.stranger.problem("get", address.format(**{name: uuid4() for name in ids}))
    assert foreign["status"] == 404
    assert foreign == missing


def test_the_schema_describes_every_route_of_the_contract(world: World) -> None:
    answer = world.viewer.client.get(f"{API}/schema/", headers={"accept": "application/json"})
    text = answer.content.decode()
    for path in ("auth/token", "catalog/imports", "sample-sets/{id}/import", "jobs/estimate"):
        assert f"/api/v1/{path}/" in text
    assert "openapi: 3.1" in text or '"openapi": "3.1' in text or '"openapi":"3.1' in text


def area(world: World, name: str, share: float) -> dict[str, Any]:
    """Return a square in the lower left of the country as a GeoJSON Feature."""
    west, south, east, north = world.layers[0]["bbox"]
    right, top = west + (east - west) * share, south + (north - south) * share
    ring = [[west, south], [right, south], [right, top], [west, top], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"project": world.project["id"], "name": name},
    }
