"""What a launch would cost: summed over areas, measured where it can be, with places to look at."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.aois.models import AreaOfInterest
from apps.catalog.models import Asset, Collection, Scene, SceneSelection
from apps.core.enums import Role
from apps.jobs.models import Chunk, Job, Step
from apps.modelling.models import FeatureSet
from apps.orchestration.domain.estimates import Rate, Work, rate_of, time_band
from apps.products.services import manifest_store
from apps.samples.models import ReferenceSample, SampleSet
from tests.factories import api_as, make_member, make_project
from tests.factories.production import CLASSES, GRID, LAT, LON, SIZE, make_samples, square
from workers.contracts.manifest import Manifest
from workers.contracts.plugins import ClassifierSpec
from workers.workflows import train_and_map

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
URL = "/api/v1/jobs/estimate/"


@pytest.fixture
def project(db: None) -> Any:
    forest = ClassifierSpec(slug="random_forest", title="Random forest")
    rows = Manifest(workflows=(train_and_map.SPEC,), classifiers=(forest,))
    manifest_store(rows, source_sha="test")
    project = make_project(grid=GRID, classes=CLASSES)
    collection = Collection.objects.create(project=project, stac_id="s2", title="S2")
    for n in range(6):
        scene = Scene.objects.create(
            project=project, collection=collection, item_id=f"s{n}", sensor="sentinel2_l2a",
            datetime=datetime(2018, 3, 1, tzinfo=UTC) + timedelta(days=30 * n),
            footprint=square(), item_sha="x",
        )  # fmt: skip
        Asset.objects.create(
            project=project, scene=scene, key="B04", has_data=True, href="x", driver="GTiff",
            crs="EPSG:3035", transform=[10, 0, 0, 0, -10, 0], shape=[10, 10], dtype="uint16",
            roles=["data"],
        )  # fmt: skip
    make_samples(project)
    return project


def body_of(project: Any, window: str | None = None, **more: Any) -> dict[str, Any]:
    feature = {"name": "red", "source": "B04", "statistic": "mean", "window": window}
    features = FeatureSet.objects.create(
        project=project, name=f"one {window}", features=[feature], hash="h"
    )
    parameters = {
        "sample_set": str(SampleSet.objects.get(project=project).pk),
        "feature_set": str(features.pk),
    }
    return {
        "project": str(project.pk), "workflow": "train_and_map", "parameters": parameters, **more,
    }  # fmt: skip


def area(project: Any, name: str, lon: float, size: float = SIZE / 4) -> str:
    shape = square(lon, LAT, size)
    row = AreaOfInterest.objects.create(project=project, name=name, geometry=shape, area_km2=1)
    return str(row.pk)


def estimate(project: Any, body: dict[str, Any], status: int = 200) -> Any:
    answer = api_as(make_member(project, Role.PRODUCER)).post(URL, body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_an_estimate_tells_its_rates_and_draws_its_blocks(project: Any) -> None:
    told = estimate(project, body_of(project, outline=True))
    assert told["rates"] == {"kind": "nominal", "runs": 0}
    assert any("nominal" in line for line in told["warnings"])
    assert told["jobs"] == 1
    assert len(told["outline"]["blocks"]["coordinates"]) == told["blocks"] > 10
    assert told["outline"]["bbox"] == pytest.approx([LON, LAT, LON + SIZE, LAT + SIZE])
    assert not SceneSelection.objects.exists(), "nothing is kept"


def test_several_areas_are_summed_one_job_each(project: Any) -> None:
    aois = [area(project, "west", LON), area(project, "east", LON + SIZE / 2)]
    body = body_of(project)
    one = [estimate(project, {**body, "aoi": aoi}) for aoi in aois]
    both = estimate(project, {**body, "aois": aois})
    assert both["jobs"] == 2
    assert [row["aoi"] for row in both["areas"]] == aois
    assert both["blocks"] == sum(row["blocks"] for row in one)


def test_areas_without_imagery_are_named_one_by_one(project: Any) -> None:
    far = [area(project, "far", LON + 1), area(project, "farther", LON + 2)]
    near = area(project, "near", LON)
    problem = estimate(project, {**body_of(project), "aois": [*far, near]}, status=400)
    assert set(problem["errors"]) == {f"aois.{name}" for name in far}
    assert "2 of 3 areas" in problem["detail"]


def test_an_area_partly_outside_the_imagery_says_how_much_and_where(project: Any) -> None:
    half = area(project, "half", LON + SIZE - 0.005, 0.01)
    told = estimate(project, {**body_of(project), "aoi": half})
    (line,) = [row for row in told["notices"] if "bbox" in row]
    assert line["text"].startswith("50.0%")
    assert line["bbox"][0] == pytest.approx(LON + SIZE)


def test_windows_without_dates_and_poor_classes_are_told_with_their_place(project: Any) -> None:
    ReferenceSample.objects.filter(class_code=1).update(status="rejected")
    poor = ReferenceSample.objects.filter(class_code=2)
    poor.exclude(pk=poor[0].pk).update(status="rejected")
    notices = estimate(project, body_of(project, "12-01/12-31"))["notices"]
    window = next(row for row in notices if "feature_set" in row)
    assert window["text"] == "Window 12-01/12-31 holds no dates."
    (few,) = [row for row in notices if "sample_set" in row]
    assert few["text"] == "Class 2 Coniferous forest has 1 sample."


def finished(project: Any, kernel: str, seconds: float, units: float) -> None:
    """Make a finished step of four blocks, of which one was reused."""
    user: Any = make_member(project, Role.PRODUCER)
    job = Job.objects.create(
        project=project, workflow="x", spec={}, spec_sha="x", body_sha="x", created_by=user,
        estimate={"work_units": units},
    )  # fmt: skip
    run = job.runs.create(
        project=project, number=1, organisation=user.organisation, state="finished"
    )
    step = Step.objects.create(
        run=run, ordinal=1, name="x", kernel=kernel, executor="child", scope="blocks",
        resource_class="cpu", params_sha="x", state="done", n_blocks=4, ended_at=timezone.now(),
    )  # fmt: skip
    Chunk.objects.create(
        step=step, seq=0, resource_class="cpu", state="done", not_before=timezone.now(),
        n_blocks=4, n_settled=4, n_done=4, n_reused=1, seconds=seconds,
    )  # fmt: skip


def test_rates_come_from_finished_runs_where_there_are_any(project: Any) -> None:
    body = body_of(project)
    before = estimate(project, body)
    for kernel in ("predict_block", "extract_samples", "train_model"):
        finished(project, kernel, seconds=30.0, units=10.0)
    told = estimate(project, body)
    assert told["rates"] == {"kind": "measured", "runs": 1}
    assert told["warnings"] == []
    assert told["core_seconds"] == pytest.approx(60 + before["work_units"] * 30 / 7.5, rel=0.01)


def test_a_unit_of_work_is_a_block_of_512_pixels_and_40_reads() -> None:
    assert Work(blocks=3, block_size=512, dates=10, sources=4).units == 3
    assert Work(blocks=4, block_size=256, dates=20, sources=4).units == 2
    assert rate_of([5.0, 1.0, 2.0], 9.0) == Rate(2.0, 3)
    assert rate_of([], 9.0).kind == "nominal"
    assert time_band(100, parallel=2, kind="nominal") == {"low": 25.0, "high": 100.0}
