"""The compute child holds no more than was planned: a request of the job on the country itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.storage import store_open
from apps.jobs.models import Step
from apps.orchestration.services.child import ComputeChild, Limits
from apps.orchestration.services.mapping import mapping_plan
from apps.orchestration.services.requests import kernel_request_build
from tests.bench.memory import forest_of
from tests.builders.living_world import World
from workers.contracts.features import FeatureSetSpec
from workers.contracts.grid import BlockRef
from workers.contracts.memory import CLASS_BYTES, MIB, PLANNED_CLASSES, BlockPlan
from workers.contracts.requests import InputRef, KernelRequest, KernelResult
from workers.storage import write_bytes

BANDS = ("B02", "B03", "B04", "B08", "B11", "B12")
STATISTICS = ("p010", "p025", "p050", "p075", "p090", "mean", "std", "min", "max", "iqr")
EDGE = 512

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def rows(world: World, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def feature_set() -> FeatureSetSpec:
    return FeatureSetSpec.model_validate(
        {
            "features": [
                {"name": f"{band}_{name}", "source": band, "statistic": name}
                for band in BANDS
                for name in STATISTICS
            ]
        }
    )


def request_of(world: World, folder: Path) -> tuple[KernelRequest, BlockPlan]:
    """The job's own prediction, but of sixty features and with one block over all the country."""
    step = Step.objects.get(run__job=world.job["id"], name="predict")
    features = feature_set()
    forest = write_bytes(folder, forest_of(len(features.features), features.hash).to_npz(), ".npz")
    spec = step.run.job.spec
    spec["grid"]["block_size"] = EDGE
    spec["frozen"]["feature_set"] = features.model_dump()
    plan = mapping_plan(spec, [(0, 0)])
    request = kernel_request_build(step=step, ix=0, iy=0, staging=str(folder / "staging"))
    given = {
        "feature_set": features.model_dump(),
        "feature_hash": features.hash,
        "classes": (),
        "outputs": ["class", "probability", "confidence", "data_score"],
    }
    ref = InputRef(role="forest", path=forest.path, sha256=forest.sha256, size=forest.size)
    return (
        request.model_copy(
            update={
                "block": BlockRef(ix=0, iy=0),
                "boundary": None,
                "inputs": (ref,),
                "parameters": request.parameters | given | plan.parameters,
                "roots": (str(world.folder), str(folder), str(store_open().root)),
            }
        ),
        plan.memory,
    )


def run(request: KernelRequest, memory: int) -> tuple[KernelResult, int]:
    """Return the result of a child of its own, and the most memory it ever held, in bytes."""
    child = ComputeChild("raster")
    limits = Limits(seconds=600, memory=CLASS_BYTES["cpu"])
    bounded = request.model_copy(update={"memory": memory})
    try:
        result = child.run(bounded, limits=limits, stop=lambda: False)
        status = Path(f"/proc/{child.pid}/status").read_text()
    finally:
        child.close()
    held = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return result, int(held.split()[1]) * 1024


def test_the_childs_peak_memory_is_within_the_plan(world: World, tmp_path: Path) -> None:
    request, plan = request_of(world, tmp_path)
    assert (plan.rows, plan.resource_class) == (EDGE, "cpu")
    whole, peak = run(request, CLASS_BYTES["cpu"])
    assert peak <= plan.bytes <= 1.6 * peak
    less = int(0.9 * plan.bytes)
    strips, lower = run(request, less)
    assert lower < min(peak, less)
    assert [o.sha256 for o in strips.outputs] == [o.sha256 for o in whole.outputs]
    assert len(whole.outputs) == 3 + 6


def test_a_run_keeps_its_memory_plan_and_what_its_features_need(world: World) -> None:
    step = Step.objects.get(run__job=world.job["id"], name="predict")
    plan = step.params["memory"]
    assert (plan["rows"], plan["resource_class"]) == (64, "cpu")
    assert plan["bytes"] <= CLASS_BYTES["cpu"]
    assert step.resource_class == "cpu"
    assert step.params["parameters"]["n_min"] == [3] * len(world.feature_set["features"])


def test_a_block_that_no_class_holds_is_refused_before_the_launch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PLANNED_CLASSES:
        monkeypatch.setitem(CLASS_BYTES, name, 256 * MIB)
    body = {"project": world.project["id"], "workflow": "train_and_map"}
    body["parameters"] = world.parameters(outputs=["class"])
    before = world.viewer.get("jobs/")["count"]
    for path in ("jobs/estimate/", "jobs/"):
        told = world.manager.problem("post", path, body)
        assert told["status"] == 400
        assert "too much memory" in told["detail"]
        assert "shorten the period" in told["detail"]
        assert list(told["errors"]) == ["parameters.scenes"]
    assert world.viewer.get("jobs/")["count"] == before
