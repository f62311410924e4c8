"""Bad input: a clear error that names the thing and the remedy, and nothing half-written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from apps.core.storage import store_open
from apps.modelling.models import ModelVersion
from tests.builders.living_world import FEATURES, REFERENCE, World
from tests.builders.main_job import percentiles

BOWTIE = [[11.0, 48.0], [11.1, 48.1], [11.1, 48.0], [11.0, 48.1], [11.0, 48.0]]


@pytest.mark.parametrize(
    ("geometry", "status", "says"),
    [
        ({"type": "Polygon", "coordinates": [BOWTIE]}, 400, "itself"),
        ({"type": "Polygon", "coordinates": []}, 400, "empty"),
        ({"type": "Point", "coordinates": [11, 48]}, 400, "Polygon"),
        (None, 400, "geometry"),
        (
            {"type": "Polygon", "coordinates": [[[n * 1e-5, 1.0] for n in range(100_002)]]},
            413,
            "limit",
        ),
    ],
    ids=["self-crossing", "empty", "a point", "missing", "over the limit"],
)
def test_a_bad_area_is_refused_by_name(world: World, geometry: Any, status: int, says: str) -> None:
    before = world.manager.get("aois/")["count"]
    body = {"type": "Feature", "geometry": geometry, "properties": {"name": "Bad"}}
    body["properties"]["project"] = world.project["id"]
    told = world.manager.problem("post", "aois/", body)
    assert told["status"] == status
    assert says in told["detail"]
    assert world.manager.get("aois/")["count"] == before


def test_a_job_outside_the_imagery_is_refused_before_it_starts(world: World) -> None:
    ring = [[1, 1], [1.1, 1], [1.1, 1.1], [1, 1.1], [1, 1]]
    properties = {"project": world.project["id"], "name": "Far away"}
    body = {"type": "Feature", "properties": properties}
    aoi = world.manager.post(
        "aois/", {**body, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    )
    told = refused(world, "train_and_map", world.parameters(), aoi=aoi["id"])
    assert told["status"] == 400
    assert "outside" in told["detail"]
    assert "aoi" in told["errors"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing/catalog.json", None, "missing"),
        ("plain.json", '{"hello": "world"}', "plain.json"),
        ("broken.json", "{", "broken.json"),
        ("empty", "", "catalog.json"),
    ],
)
def test_a_catalogue_that_is_none_is_refused_at_the_door_by_name(
    world: World, name: str, content: str | None, says: str
) -> None:
    target = world.folder / name
    if content:
        target.write_text(content)
    elif content is not None:
        target.mkdir(exist_ok=True)
    told = refused_import(world, str(target))
    assert says in told["errors"]["href"][0]
    assert told["advice"]


@pytest.mark.parametrize("href", ["/etc", "/etc/passwd", "../../etc", "file:///etc/passwd"])
def test_a_path_outside_the_roots_is_refused_and_nothing_is_told_of_it(
    world: World, href: str
) -> None:
    told = refused_import(world, href)
    said = f"{told['detail']} {told['advice']}"
    assert "root" in said or "local paths" in said


def refused_import(world: World, href: str) -> dict[str, Any]:
    before = world.manager.get("jobs/")["count"]
    body = {"project": world.project["id"], "href": href}
    told: dict[str, Any] = world.manager.problem("post", "catalog/imports/", body)
    assert told["status"] == 400
    assert world.manager.get("jobs/")["count"] == before
    return told


def test_a_catalogue_that_is_broken_further_down_ends_its_job_by_name(world: World) -> None:
    links = [{"rel": "child", "href": "./nowhere/collection.json"}]
    top = {"type": "Catalog", "stac_version": "1.0.0", "id": "top", "description": ""}
    folder = world.folder / "broken-below"
    folder.mkdir(exist_ok=True)
    (folder / "catalog.json").write_text(json.dumps({**top, "links": links}))
    job = world.manager.catalogue(world.project, folder)
    assert job["status"] == "error"
    assert "nowhere/collection.json" in job["error"]["message"]
    told = world.manager.get(f"catalog/imports/{job['id']}/")
    assert (told["status"], told["stage"], told["items"]) == ("error", "read", None)
    assert told["error"]["advice"]


def test_a_file_that_is_no_vector_file_is_refused_at_the_door(world: World) -> None:
    sample_set = empty_set(world)
    address = f"sample-sets/{sample_set['id']}/import/"
    for name, field in (("model.pkl", "file"), ("points.geojson", "class_field")):
        answer = world.manager.upload(address, name, b"{}")
        assert answer.status_code == 400
        assert field in answer.json()["errors"]
    answer = world.manager.upload(address, "a.geojson", b"{}", class_field="c", clas_map="{}")
    assert answer.status_code == 400
    assert "clas_map" in answer.json()["errors"]


def test_points_without_a_reference_system_are_refused_with_the_remedy(world: World) -> None:
    sample_set = empty_set(world)
    rows = b"x,y,class\n4420100,2819900,1\n4420200,2819800,2\n"
    job = imported(world, sample_set, "points.csv", rows, x_field="x", y_field="y")
    assert job["status"] == "error"
    assert "crs" in f"{job['error']['message']} {job['error']['advice']}".lower()
    assert world.manager.get(f"sample-sets/{sample_set['id']}/")["count"] == 0


def test_a_class_that_the_nomenclature_lacks_imports_nothing(world: World) -> None:
    sample_set = empty_set(world)
    job = imported(world, sample_set, "points.geojson", points(world, {1: 3, 99: 1}))
    assert job["status"] == "error"
    assert "99" in job["error"]["message"]
    assert "create_classes" in f"{job['error']['message']} {job['error']['advice']}"
    assert world.manager.get(f"sample-sets/{sample_set['id']}/")["count"] == 0


def test_rows_that_are_refused_are_listed_with_their_numbers(world: World) -> None:
    sample_set = empty_set(world)
    data = json.loads(points(world, {1: 3}))
    data["features"][1]["geometry"] = {"type": "Polygon", "coordinates": [BOWTIE]}
    job = imported(world, sample_set, "points.geojson", json.dumps(data).encode())
    assert job["status"] == "error"
    assert job["result"]["errors"]["rows"]
    lenient = imported(
        world, sample_set, "points.geojson", json.dumps(data).encode(), skip_invalid="true"
    )
    assert lenient["status"] == "finished"
    assert lenient["result"]["imported"] == 2
    assert [row["outcome"] for row in lenient["result"]["rows"]].count("refused") == 1


def test_one_usable_class_is_no_training_set(world: World) -> None:
    job = trained(world, points(world, {1: 30, 2: 1}), k=2)
    assert job["status"] == "error"
    assert job["error"]["class"] == "parameter"
    assert "two classes" in job["error"]["message"].replace("2", "two")
    told = refused(world, "train_model", world.parameters(sample_set=filled(world, {1: 5})["id"]))
    assert "parameters.sample_set" in told["errors"]


def test_too_many_folds_are_lowered_and_a_rare_class_has_no_accuracy(world: World) -> None:
    data = points(world, {1: 30, 2: 30, 3: 1})
    job = trained(world, data, k=20, block_size_m=1000)
    assert job["status"] == "finished", job["error"]
    said = " ".join(job["warnings"])
    assert "20" in said
    model = world.manager.get(f"model-versions/{job['outputs']['model_version']}/")
    assert model["folds"]["k"] < 20
    assert [cls["code"] for cls in model["classes"]] == [1, 2, 3]
    assessment = world.manager.get(f"assessments/{job['outputs']['assessment']}/")
    rare = next(row for row in assessment["per_class"] if row["code"] == 3)
    assert rare["users_accuracy"] is None or rare["users_accuracy"]["value"] is None


def test_a_window_without_a_date_names_the_feature_and_the_window(world: World) -> None:
    features = [{**FEATURES[0], "name": "early", "window": "2010-01-01/2010-03-01"}]
    body = {"project": world.project["id"], "name": "Early", "features": features}
    feature_set = world.manager.post("feature-sets/", body)
    job = world.manager.finish(
        world.manager.launch(
            world.project, "train_model", world.parameters(feature_set=feature_set["id"])
        )
    )
    assert job["status"] == "error"
    assert "'early'" in job["error"]["message"]
    assert "2010-01-01/2010-03-01" in job["error"]["message"]
    assert job["outputs"]["model_version"] is None


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"bogus": 1}, "parameters.bogus"),
        ({"seed": "x"}, "parameters.seed"),
        ({"folds": {"k": 1}}, "parameters.folds.k"),
        ({"folds": {"size": 1}}, "parameters.folds.size"),
        ({"classifier": "oracle"}, "parameters.classifier"),
        ({"hyperparameters": {"trees": 5}}, "parameters.hyperparameters.trees"),
        ({"season": "2018"}, "parameters.season"),
        ({"scenes": {"datetime": "yesterday"}}, "datetime"),
        ({"scenes": {"collections": ["nowhere"]}}, "collections"),
        ({"scenes": {"datetime": "1990-01-01/1990-12-31"}}, "datetime"),
        ({"scenes": {"cloud_cover_max": 400}}, "parameters.scenes.cloud_cover_max"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    world: World, parameters: dict[str, Any], field: str
) -> None:
    before = world.manager.get("jobs/")["count"]
    told = refused(world, "train_model", world.parameters(**parameters))
    assert told["status"] == 400
    assert any(name.endswith(field) for name in told["errors"]), told
    assert world.manager.get("jobs/")["count"] == before


def test_outputs_and_workflows_are_named_when_they_are_not_on_offer(world: World) -> None:
    told = refused(world, "train_and_map", world.parameters(outputs=["class", "class"]))
    assert told["status"] == 400
    assert "parameters.outputs" in told["errors"]
    told = refused(world, "train_and_dance", {})
    assert "train_and_map" in told["errors"]["workflow"][0]


def test_a_source_that_no_scene_has_is_refused_with_what_there_is(world: World) -> None:
    body = {
        "project": world.project["id"],
        "name": "Radar",
        "features": percentiles(("VV",), ("p050",)),
    }
    answer = world.manager.call("post", "feature-sets/", body)
    if answer.status_code == 201:
        told = refused(world, "train_model", world.parameters(feature_set=answer.json()["id"]))
    else:
        told = answer.json()
    assert "VV" in told["detail"]
    assert "B04" in json.dumps(told)


def test_ids_of_another_project_are_as_unknown_as_made_up_ones(world: World) -> None:
    own = world.stranger.post("projects/", {"name": "Own", "slug": f"own-{uuid4().hex[:8]}"})
    theirs = world.stranger.features(own, FEATURES)
    mine = world.stranger.post("sample-sets/", {"project": own["id"], "name": "Own"})
    selection = world.manager.post("scene-selections/", {"project": world.project["id"]})
    base = {"sample_set": mine["id"], "feature_set": theirs["id"]}
    tries = [
        ("train_model", {**base, "feature_set": world.feature_set["id"]}, "feature_set"),
        ("train_model", {**base, "sample_set": world.sample_set["id"]}, "sample_set"),
        ("train_model", {**base, "scene_selection": selection["id"]}, "scene_selection"),
        ("predict_map", {"model_version": world.model["id"]}, "model_version"),
    ]
    for workflow, parameters, field in tries:
        body = {"project": own["id"], "workflow": workflow, "parameters": parameters}
        told = world.stranger.problem("post", "jobs/", body)
        made_up = world.stranger.problem(
            "post", "jobs/", {**body, "parameters": {**parameters, field: str(uuid4())}}
        )
        assert told["status"] == made_up["status"]
        assert told["status"] in (400, 404)
        assert world.sample_set["name"] not in json.dumps(told)
    body = {"project": world.project["id"], "workflow": "self_check", "parameters": {}}
    assert world.stranger.problem("post", "jobs/", body)["status"] == 404
    told = world.manager.problem("post", "jobs/", {**body, "aoi": str(uuid4())})
    assert told["status"] == 404
    assert "aoi" in told["errors"]


def test_a_viewer_may_not_launch_and_a_second_click_starts_nothing(world: World) -> None:
    body = {"project": world.project["id"], "workflow": "self_check", "parameters": {"rows": 2}}
    assert world.viewer.problem("post", "jobs/", body)["status"] == 403
    before = world.manager.get("jobs/")["count"]
    key: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
    first, second = (world.manager.post("jobs/", body, **key) for _ in range(2))
    assert first["id"] == second["id"]
    assert world.manager.get("jobs/")["count"] == before + 1
    other = world.manager.problem("post", "jobs/", {**body, "parameters": {"rows": 3}}, **key)
    assert other["status"] in (409, 422)
    assert world.manager.finish(first)["status"] == "finished"


def test_a_pickle_offered_as_a_model_is_never_opened(world: World, swapped: Path) -> None:
    job = world.manager.launch(
        world.project,
        "predict_map",
        {"model_version": world.model["id"], "scenes": {"datetime": "2018-05-01/2018-07-31"}},
    )
    job = world.manager.finish(job)
    assert job["status"] == "error"
    assert not swapped.exists()
    assert world.model["id"] in json.dumps(job["error"]) or "model" in job["error"]["message"]
    assert world.manager.call("post", "model-versions/", {}).status_code in (403, 405)


@pytest.fixture
def swapped(world: World, tmp_path: Path) -> Iterator[Path]:
    """Put a pickle where the model's forest lies; the marker appears if anybody loads it."""
    marker = tmp_path / "opened"
    path = store_open().path(ModelVersion.objects.get(pk=world.model["id"]).forest_key)
    good = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(f"cos\nsystem\n(S'touch {marker}'\ntR.".encode())
    yield marker
    path.write_bytes(good)
    path.chmod(0o444)


def refused(world: World, workflow: str, parameters: Any, **extra: Any) -> dict[str, Any]:
    body = {"project": world.project["id"], "workflow": workflow, "parameters": parameters}
    return world.manager.problem("post", "jobs/", {**body, **extra})


def empty_set(world: World) -> dict[str, Any]:
    body = {"project": world.project["id"], "name": f"Set {uuid4().hex[:8]}"}
    return world.manager.post("sample-sets/", body)


def imported(
    world: World, sample_set: dict[str, Any], name: str, data: bytes, **form: Any
) -> dict[str, Any]:
    field = "class" if name.endswith(".csv") else "class_id"
    address = f"sample-sets/{sample_set['id']}/import/"
    answer = world.manager.upload(address, name, data, class_field=field, **form)
    assert answer.status_code == 202, answer.content
    return world.manager.finish(answer.json())


def filled(world: World, counts: dict[int, int]) -> dict[str, Any]:
    sample_set = empty_set(world)
    job = imported(world, sample_set, "points.geojson", points(world, counts))
    assert job["status"] == "finished", job
    return sample_set


def trained(world: World, data: bytes, **folds: Any) -> dict[str, Any]:
    """Train on a set of its own and return the ended job."""
    sample_set = empty_set(world)
    assert imported(world, sample_set, "points.geojson", data)["status"] == "finished"
    parameters = world.parameters(sample_set=sample_set["id"], folds=folds)
    return world.manager.finish(world.manager.launch(world.project, "train_model", parameters))


def points(world: World, counts: dict[int, int]) -> bytes:
    """Return so many true points of the country a class; an unknown class borrows a point."""
    held = json.loads((world.country / REFERENCE / "samples.geojson").read_bytes())
    chosen: list[dict[str, Any]] = []
    for code, count in counts.items():
        fits = [f for f in held["features"] if f["properties"]["class_id"] == min(code, 6)]
        step = max(1, len(fits) // count)
        for feature in fits[::step][:count]:
            properties = {"class_id": code}
            chosen.append({**feature, "id": len(chosen) + 1, "properties": properties})
    return json.dumps({"type": "FeatureCollection", "features": chosen}).encode()
