"""A project with everything a page can show: imagery, samples, a model, jobs, layers."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from apps.aois.models import AreaOfInterest
from apps.catalog.models import Collection, Scene, SceneSelection
from apps.jobs.models import Block, Chunk, Job, JobEvent, Run, RunCounter, Step
from apps.layers.models import Layer, LayerRelease
from apps.modelling.models import FeatureSet, MapModel, ModelVersion
from apps.projects.models import Project
from apps.projects.selectors import legend_of
from apps.quality.models import AccuracyAssessment
from apps.samples.models import ReferenceSample, SampleSet, SampleSetVersion
from tests.factories.identity import make_project

LON, LAT, SIZE = 22.145, 45.200, 0.06
CLASSES = {
    1: "Broadleaved forest",
    2: "Coniferous forest",
    3: "Permanent grassland",
    4: "Cropland",
    5: "Shrub and sparse",
    6: "Built-up",
    7: "Water",
}
MATRIX = [
    [612, 31, 9, 3, 14, 1, 0],
    [27, 548, 4, 1, 6, 0, 1],
    [11, 3, 701, 58, 21, 4, 0],
    [5, 1, 49, 893, 12, 7, 1],
    [16, 9, 24, 10, 188, 3, 0],
    [2, 0, 5, 8, 3, 241, 1],
    [1, 2, 0, 1, 0, 2, 198],
]
GRID = {"crs": "EPSG:3035", "resolution": [10, 10], "origin": [5271000, 2535000], "block_size": 64}


@dataclass(frozen=True)
class Production:
    project: Project
    model: ModelVersion
    layer: Layer
    running: Job
    finished: Job
    failed: Job


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def square(lon: float = LON, lat: float = LAT, size: float = SIZE) -> MultiPolygon:
    """Return a square of ``size`` degrees with its lower left corner at (lon, lat)."""
    return MultiPolygon(Polygon.from_bbox((lon, lat, lon + size, lat + size)), srid=4326)


def make_production(manager: Any, **fields: Any) -> Production:
    """Make a project of ``manager`` in which the main job has been done once."""
    given: dict[str, Any] = {
        "name": "HRL 2018 · Forest & Grassland",
        "reference_year": 2018,
        "grid": GRID,
        "classes": CLASSES,
        **fields,
    }
    project = make_project(manager=manager, **given)
    AreaOfInterest.objects.create(
        project=project, name="Retezat clearing", geometry=square(), area_km2=31.4
    )
    selection = make_scenes(project)
    version = make_samples(project)
    running = make_job(project, manager, state="running", done=20, failed=3, shown=36)
    failed = make_job(
        project,
        manager,
        workflow="train_model",
        state="error",
        error={
            "class": "data",
            "message": "No valid date in window 06-15/08-31.",
            "advice": "Widen the window, or use imagery of more years.",
        },
    )
    finished = make_job(project, manager, state="finished", done=36, shown=36)
    model = make_model(project, finished, selection, version)
    layer = make_layer(project, finished, model)
    finished.runs.update(
        outputs={"layers": [str(layer.pk)], "model_version": str(model.pk)},
        warnings=["3 of 1,940 samples have no valid observation and were dropped."],
    )
    return Production(project, model, layer, running, finished, failed)


def make_scenes(project: Project, count: int = 24) -> SceneSelection:
    collection = Collection.objects.create(
        project=project, stac_id="romania-s2", title="Sentinel-2 L2A, Romania"
    )
    first = datetime(2018, 3, 3, 9, 30, tzinfo=UTC)
    for n in range(count):
        Scene.objects.create(
            project=project,
            collection=collection,
            item_id=f"S2A_34TFR_{(first + timedelta(days=10 * n)):%Y%m%d}",
            sensor="sentinel2_l2a",
            datetime=first + timedelta(days=10 * n),
            platform="sentinel-2a" if n % 2 else None,
            cloud_cover=float(n * 37 % 100),
            footprint=square(LON - 0.01, LAT - 0.01, SIZE + 0.02),
            item_sha=sha(str(n)),
            flagged_reason="B8A cannot be read" if n == 7 else "",
        )
    return SceneSelection.objects.create(
        project=project, spec={}, checksum=sha("selection"), count=count
    )


def make_samples(project: Project) -> SampleSetVersion:
    assert project.nomenclature is not None
    sample_set = SampleSet.objects.create(
        project=project,
        name="Interpreted 2018",
        slug="interpreted-2018",
        nomenclature=project.nomenclature,
    )
    classes = list(project.nomenclature.classes.all())
    for n in range(84):
        chosen = classes[n % len(classes)]
        x, y = (n * 37 % 83) / 83, (n * 61 % 79) / 79
        ReferenceSample.objects.create(
            project=project,
            sample_set=sample_set,
            geometry=Point(LON + SIZE * x, LAT + SIZE * y, srid=4326),
            nomenclature_class=chosen,
            class_code=chosen.code,
            status="ok",
            valid_from=date(2018, 1, 1),
            valid_to=date(2018, 12, 31),
        )
    return SampleSetVersion.objects.create(
        project=project,
        sample_set=sample_set,
        number=1,
        checksum=sha("samples"),
        object_key="cas/00/samples.ndjson",
        sha256=sha("samples"),
        size=1000,
        count=84,
        class_counts={str(row.code): 12 for row in classes},
    )


def make_job(
    project: Project,
    user: Any,
    *,
    workflow: str = "train_and_map",
    state: str = "running",
    done: int = 0,
    failed: int = 0,
    shown: int = 0,
    **run_fields: Any,
) -> Job:
    """Make a job whose prediction has ``shown`` blocks, of which some are done or failed."""
    parameters = {"classifier": "random_forest", "outputs": ["class", "confidence"], "seed": 7}
    spec = {"workflow": workflow, "parameters": parameters, "grid": project.grid, "aoi": None}
    job = Job.objects.create(
        project=project,
        workflow=workflow,
        spec=spec,
        spec_sha=sha(workflow),
        body_sha=sha(workflow),
        created_by=user,
    )
    ended = state not in {"planning", "queued", "running", "paused", "canceling"}
    begun = timezone.now() - timedelta(minutes=7)
    run = Run.objects.create(
        job=job,
        project=project,
        number=1,
        organisation=user.organisation,
        state=state,
        started_at=begun,
        ended_at=timezone.now() if ended else None,
        **run_fields,
    )
    RunCounter.objects.create(run=run, planned=shown + 4, done=done + 2, quarantined=failed)
    _steps(run, state=state, done=done, failed=failed, shown=shown)
    _events(run)
    return job


def make_model(
    project: Project, job: Job, selection: SceneSelection, version: SampleSetVersion
) -> ModelVersion:
    names = [
        f"{band}_{stat}" for band in ("ndvi", "B8A", "B11", "ndmi") for stat in ("p010", "p090")
    ]
    features = [dict(zip(("source", "statistic"), name.split("_"), strict=True)) for name in names]
    feature_set = FeatureSet.objects.create(
        project=project,
        name="Percentiles of four",
        features=[{"name": n, **f} for n, f in zip(names, features, strict=True)],
        hash=sha("features"),
    )
    legend = [entry.model_dump() for entry in legend_of(project)]
    overall = {"value": 0.905, "se": 0.005, "ci95": [0.895, 0.915]}
    model = ModelVersion.objects.create(
        project=project,
        map_model=MapModel.objects.create(project=project, name="Base classes", slug="base"),
        number=1,
        classifier="random_forest",
        hyperparameters={"n_estimators": 300, "min_samples_leaf": 5},
        feature_set=feature_set,
        sample_set_version=version,
        scene_selection=selection,
        run=job.runs.get(),
        classes=legend,
        seed=7,
        folds={"method": "spatial_block", "k": 5, "block_size_m": 1000, "buffer_m": 100},
        metrics={"spatial_cv": {"overall_accuracy": overall, "macro_f1": 0.869}},
        feature_importance=[
            {"name": name, "importance": 0.094 / (n + 1)} for n, name in enumerate(names)
        ],
        forest_key="cas/00/forest.npz",
        forest_sha256=sha("forest"),
        forest_size=1000,
        sha256=sha("forest"),
        hmac=sha("hmac"),
        status="promoted",
    )
    AccuracyAssessment.objects.create(
        project=project,
        kind="spatial_cv",
        model_version=model,
        classes=[entry["code"] for entry in legend],
        matrix=MATRIX,
        overall_accuracy=overall,
        per_class=[_per_class(i, entry["code"]) for i, entry in enumerate(legend)],
        design={"method": "spatial_block", "k": 5},
    )
    return model


def make_layer(project: Project, job: Job, model: ModelVersion) -> Layer:
    layer = Layer.objects.create(
        project=project, name="Base classes 2018 · Classes", role="class", job=job
    )
    layer.current_release = LayerRelease.objects.create(
        project=project,
        layer=layer,
        number=1,
        state="published",
        run=job.runs.get(),
        model_version=model,
        grid=project.grid,
        legend=[entry.model_dump() for entry in legend_of(project)],
        style={"kind": "classes", "nodata": 255},
        bbox=[LON, LAT, LON + SIZE, LAT + SIZE],
        published_at=timezone.now(),
    )
    layer.save()
    return layer


def _per_class(i: int, code: int) -> dict[str, Any]:
    row, column = sum(MATRIX[i]), sum(line[i] for line in MATRIX)
    users, producers = MATRIX[i][i] / row, MATRIX[i][i] / column
    f1 = 2 * users * producers / (users + producers)
    rates = {"users_accuracy": users, "producers_accuracy": producers, "f1": f1}
    around = {f"{name}_ci95": [v - 0.02, min(1.0, v + 0.02)] for name, v in rates.items()}
    return {"code": code, **rates, **around}


def _steps(run: Run, *, state: str, done: int, failed: int, shown: int) -> None:
    ended = state == "finished"
    names = ["extract", "train"] + (["predict", "publish"] if shown else [])
    for ordinal, name in enumerate(names, start=1):
        wide = name == "predict"
        settled = done + failed if wide else int(ended or name in ("extract", "train"))
        finished = ended or (name in ("extract", "train") and state != "error")
        now = timezone.now()
        step = Step.objects.create(
            run=run,
            ordinal=ordinal,
            name=name,
            title={"extract": "Features of the samples", "train": "Training and folds"}.get(
                name, {"predict": "Prediction", "publish": "Release"}.get(name, name)
            ),
            kernel=f"{name}_kernel",
            executor="child",
            scope="blocks" if wide else "once",
            resource_class="cpu",
            params_sha=sha(name),
            state="done" if finished else ("running" if wide else "waiting"),
            n_chunks=1,
            n_blocks=shown if wide else 1,
            started_at=now - timedelta(seconds=90) if finished else None,
            ended_at=now if finished else None,
        )
        chunk = Chunk.objects.create(
            step=step,
            seq=0,
            resource_class="cpu",
            not_before=now,
            n_blocks=shown if wide else 1,
            n_settled=settled,
        )
        if wide:
            _blocks(step, chunk, done=done, failed=failed, shown=shown)


def _blocks(step: Step, chunk: Chunk, *, done: int, failed: int, shown: int) -> None:
    width = max(1, round(shown**0.5))
    for n in range(shown):
        bad = done <= n < done + failed
        Block.objects.create(
            step=step,
            chunk=chunk,
            ix=n % width,
            iy=n // width,
            state="done" if n < done else ("quarantined" if bad else "pending"),
            error_class="input" if bad else "",
            error_signature="input: asset not readable" if bad else "",
            error_message="Scene S2A_34TFR_20180507, asset B8A: read error." if bad else "",
        )


def _events(run: Run) -> None:
    now = timezone.now()
    for n, (kind, detail) in enumerate(
        [
            ("state", {"state": "queued"}),
            ("plan", {"blocks": 38}),
            ("commit", {"seconds": 41.8}),
            ("fail", {"error": "asset B8A: read error"}),
            ("commit", {"seconds": 39.6}),
        ]
    ):
        JobEvent.objects.create(
            run=run, at=now + timedelta(seconds=n), kind=kind, ix=n, iy=2, detail=detail
        )
