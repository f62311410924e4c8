"""Two maps compared by job: the table of transitions is that of the two archives."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
import rasterio

from tests.builders.living_world import World


def mapped(world: World, **parameters: Any) -> dict[str, Any]:
    given = {"model_version": world.model["id"], "outputs": ["class"], **parameters}
    job = world.manager.finish(world.manager.launch(world.project, "predict_map", given))
    assert job["status"] == "finished", job
    return world.manager.get(f"layers/{job['outputs']['layers'][0]}/")


def archive_of(world: World, layer: dict[str, Any]) -> Any:
    answer = world.manager.call("get", f"layers/{layer['id']}/archive/")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    with rasterio.open(BytesIO(body)) as dataset:
        return dataset.read(1)


def test_table_and_layer_say_what_changed(world: World) -> None:
    before = world.layers[0]
    after = mapped(world, scenes={"datetime": "2018-04-01/2018-08-31"})
    parameters = {"before": before["id"], "after": after["id"]}
    job = world.manager.launch(world.project, "compare_layers", parameters)
    job = world.manager.finish(job)
    assert job["status"] == "finished", job
    layer = world.manager.get(f"layers/{job['outputs']['layers'][0]}/")
    assert layer["product"] == "change"
    first, second = archive_of(world, before), archive_of(world, after)
    table = layer["statistics"]["transitions"]
    for i, a in enumerate(table["before"]):
        for j, b in enumerate(table["after"]):
            expected = int(((first == a["code"]) & (second == b["code"])).sum())
            assert table["pixels"][i][j] == expected
    known = (first < 254) & (second < 254)
    assert 0 < table["changed_share"] == pytest.approx((first != second)[known].mean(), abs=1e-6)
    change = archive_of(world, layer)
    assert np.array_equal(change[known] == 1, (first == second)[known])


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        (lambda w: {"before": w.layers[0]["id"], "after": w.layers[0]["id"]}, "parameters.after"),
        (lambda w: {"before": w.layers[0]["id"], "after": w.layers[-1]["id"]}, "parameters.after"),
        (lambda w: {"before": w.project["id"], "after": w.layers[0]["id"]}, "parameters.before"),
    ],
    ids=["the same map", "no classes", "not a layer"],
)
def test_what_cannot_be_compared_is_named(world: World, parameters: Any, field: str) -> None:
    body = {
        "project": world.project["id"],
        "workflow": "compare_layers",
        "parameters": parameters(world),
    }
    answer = world.manager.client.post("/api/v1/jobs/", body, format="json")
    assert answer.status_code in (400, 404)
    assert field in answer.json()["errors"]


def test_estimate_counts_the_blocks_both_maps_have(world: World) -> None:
    body = {
        "project": world.project["id"],
        "workflow": "compare_layers",
        "parameters": {"before": world.layers[0]["id"], "after": mapped(world)["id"]},
    }
    estimate = world.manager.post("jobs/estimate/", body, expect=200)
    assert estimate["blocks"] > 0
    assert estimate["bytes_read"] > 0
