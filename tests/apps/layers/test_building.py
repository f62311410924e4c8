"""A release being built: an index of finished blocks that grows, closes and is published."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from rest_framework.test import APIClient

from apps.core.enums import Role
from apps.core.storage import store_open
from apps.jobs.domain import BlockOutcome, ObjectRow
from apps.jobs.models import Job, Run
from apps.jobs.selectors import blocks_pending, stream_since
from apps.jobs.services import block_commit, chunk_finish, job_cancel, job_retry, reconcile
from apps.layers.enums import ReleaseState
from apps.layers.models import Layer, LayerRelease
from apps.layers.services import (
    PublishedFiles,
    ReleaseLineage,
    StoredFile,
    building_write,
    release_publish,
)
from apps.orchestration.services import building
from apps.orchestration.services.building import building_update, buildings_tend, least_zoom
from tests.apps.jobs.support import Hand, plan_run, planned_run, plugins_register
from tests.factories.identity import make_project, make_user
from workers.contracts.legend import LegendClass
from workers.contracts.tiles import ReleaseIndex, token_read

pytestmark = pytest.mark.django_db
GRID = {"crs": "EPSG:3035", "resolution": [10, 10], "origin": [4e6, 3e6], "block_size": 128}
CLASSES = [{"code": 1, "name": "forest", "color": "#1f5e46"}]


@pytest.fixture(autouse=True)
def own_store(store: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("apps.layers.services.building.LEAST_SECONDS", 0.0)
    monkeypatch.setattr("apps.layers.services.building.REST_FACTOR", 0.0)
    return store


@pytest.fixture
def project(db: None) -> Any:
    plugins_register()
    return make_project(grid=GRID)


@pytest.fixture
def producer(project: Any) -> Any:
    return make_user(role=Role.PRODUCER, project=project)


@pytest.fixture
def mapping(project: Any, producer: Any) -> tuple[Job, Run]:
    """A planned run of a map with 12 blocks, none of them computed."""
    job, run = planned_run(project, producer, columns=4, rows=3, name="predict")
    layers = [
        {"role": "confidence", "class_code": None},
        {"role": "class", "class_code": None},
    ]
    frozen = {"layers": layers, "classes": CLASSES, "layer_prefix": "Base map"}
    Job.objects.filter(pk=job.pk).update(
        workflow="predict_map", spec=job.spec | {"grid": GRID, "frozen": frozen}
    )
    job.refresh_from_db()
    return job, Run.objects.get(pk=run.pk)


def settle(hand: Hand, count: int) -> int:
    """Commit up to ``count`` blocks with a class and a confidence object."""
    done = 0
    while done < count and (lease := hand.claim()) is not None:
        for block in blocks_pending(lease.chunk)[: count - done]:
            sha = f"{block.ix:02d}{block.iy:02d}" * 16
            objects = tuple(
                ObjectRow(role, sha, 10, f"cas/{sha[:2]}/{sha}.tif")
                for role in ("class", "confidence")
            )
            outcome = BlockOutcome("done", fingerprint=f"{lease.step}{sha[:4]}", objects=objects)
            block_commit(lease, block.ix, block.iy, outcome)
            done += 1
        chunk_finish(lease)
    return done


def index_of(release: LayerRelease) -> ReleaseIndex:
    return ReleaseIndex.model_validate_json(store_open().read_bytes(f"index/{release.pk}.json"))


def test_the_index_grows_with_the_blocks_and_the_stream_tells_it(mapping: Any) -> None:
    job, run = mapping
    assert not building_update(run.pk), "nothing to show before the first block"
    assert not LayerRelease.objects.exists()
    settle(Hand("cpu"), 5)
    assert building_update(run.pk)
    release = LayerRelease.objects.get()
    assert (release.state, release.layer.role, release.layer.current_release) == (
        ReleaseState.BUILDING, "class", None,
    )  # fmt: skip
    index = index_of(release)
    assert (index.kind, len(index.blocks), index.display) == ("building", 5, ())
    assert index.grid is not None
    assert not building_update(run.pk), "unchanged rows write nothing"
    settle(Hand("cpu"), 4)
    assert building_update(run.pk)
    assert len(index_of(release).blocks) == 9
    told = [m for m in stream_since(f"job:{job.pk}", 0)["results"] if m["type"] == "building"]
    assert [(m["version"], m["blocks"]) for m in told] == [(1, 5), (2, 9)]


def test_the_box_holds_every_block_and_scales_are_bounded(mapping: Any) -> None:
    _, run = mapping
    settle(Hand("cpu"), 1)
    building_update(run.pk)
    release = LayerRelease.objects.get()
    west, south, east, north = release.bbox
    # EPSG:3035 (4,000,000, 3,000,000) is about 5.5 degrees east, 50.0 north (PROJ).
    assert 5.4 < west < 5.6
    assert 0.06 < east - west < 0.09, "four blocks of 1.28 km"
    assert 49.9 < south < north < 50.1
    assert 0 <= release.progress["min_zoom"] <= 11
    assert least_zoom(360 / 62) == 0
    assert least_zoom(360 / 62 / 2**9) == 9


def test_the_job_s_layers_name_what_is_built_with_a_versioned_address(
    mapping: Any, producer: Any
) -> None:
    job, run = mapping
    client = APIClient()
    client.force_authenticate(producer)
    assert client.get(f"/api/v1/jobs/{job.pk}/layers/").json() == {"results": []}
    settle(Hand("cpu"), 2)
    building_update(run.pk)
    (shown,) = client.get(f"/api/v1/jobs/{job.pk}/layers/").json()["results"]
    assert (shown["status"], shown["role"]) == ("building", "class")
    assert shown["tiles"].endswith("/{z}/{x}/{y}.png?v=1")
    assert shown["building"]["blocks"] == 2
    assert shown["building"]["total"] == 12
    token = token_read(shown["tiles"].split("/")[2], settings.TILE_TOKEN_KEYS, 0)
    assert token.r == str(LayerRelease.objects.get().pk)
    assert client.get("/api/v1/layers/").json()["count"] == 0, "not among the published ones"


def test_strangers_find_nothing_and_viewers_see_it(mapping: Any, project: Any) -> None:
    job, run = mapping
    settle(Hand("cpu"), 2)
    building_update(run.pk)
    stranger, viewer = APIClient(), APIClient()
    stranger.force_authenticate(make_user())
    viewer.force_authenticate(make_user(role=Role.VIEWER, project=project))
    assert stranger.get(f"/api/v1/jobs/{job.pk}/layers/").status_code == 404
    assert len(viewer.get(f"/api/v1/jobs/{job.pk}/layers/").json()["results"]) == 1
    layer = Layer.objects.get()
    assert viewer.get(f"/api/v1/layers/{layer.pk}/").status_code == 404


def test_publishing_turns_the_building_release_into_the_published_one(mapping: Any) -> None:
    _, run = mapping
    settle(Hand("cpu"), 3)
    building_update(run.pk)
    building_release = LayerRelease.objects.get()
    published = publish(building_release.layer, run)
    assert published.pk == building_release.pk, "the same tile address"
    assert published.state == ReleaseState.PUBLISHED
    assert index_of(published).kind == "layer"
    settle(Hand("cpu"), 3)
    assert not building_update(run.pk)
    late = building_write(published.pk, run=run, blocks=[(0, 0, "0" * 64)], closed=False)
    assert late is None, "a late write never covers what is published"
    assert index_of(published).kind == "layer"


def test_a_crash_between_row_and_file_is_mended_and_leaves_no_orphan(
    mapping: Any, monkeypatch: pytest.MonkeyPatch, own_store: Any
) -> None:
    _, run = mapping
    settle(Hand("cpu"), 3)

    def killed(*_: Any, **__: Any) -> None:
        raise OSError("killed")

    with monkeypatch.context() as broken:
        broken.setattr("apps.core.storage.ObjectStore.put_json", killed)
        buildings_tend()
        building.building_show(run.pk)  # logged, never raised into the work
    assert LayerRelease.objects.get().index_key == ""
    assert orphans() == []
    buildings_tend()
    assert len(index_of(LayerRelease.objects.get()).blocks) == 3
    assert orphans() == []


def test_a_canceled_run_keeps_its_partial_map_and_a_retry_takes_it_over(
    mapping: Any, producer: Any
) -> None:
    job, run = mapping
    settle(Hand("cpu"), 3)
    building_update(run.pk)
    settle(Hand("cpu"), 1)
    job_cancel(job=job, user=producer)
    reconcile(ring=False)
    buildings_tend()
    release = LayerRelease.objects.get()
    assert release.progress["closed"]
    assert len(index_of(release).blocks) == 4, "the last blocks too"
    job_retry(job=Job.objects.get(pk=job.pk), user=producer)
    again = Run.objects.get(job=job, number=2)
    plan_run(again, name="predict")
    settle(Hand("cpu"), 2)
    assert building_update(again.pk)
    release.refresh_from_db()
    assert LayerRelease.objects.count() == 1
    assert (release.run_id, release.progress["closed"]) == (again.pk, False)
    assert len(index_of(release).blocks) == 2
    assert orphans() == []


def test_operators_tick_the_maps_too(mapping: Any) -> None:
    _, run = mapping
    settle(Hand("cpu"), 2)
    building_update(run.pk)
    settle(Hand("cpu"), 1)
    call_command("reconcile", verbosity=0)
    assert len(index_of(LayerRelease.objects.get()).blocks) == 3


def publish(layer: Layer, run: Run) -> LayerRelease:
    file = StoredFile("cas/aa/file.tif", "a" * 64, 10)
    return release_publish(
        layer=layer,
        run=run,
        legend=[LegendClass(**cls) for cls in CLASSES],
        files=PublishedFiles(archive=file, display=file, statistics={}, bbox=[5, 49, 6, 50]),
        blocks=[(0, 0, "a" * 64, "cas/aa/file.tif")],
        lineage=ReleaseLineage(None, None, [], {}, GRID, {}),
    )


def orphans() -> list[str]:
    """Return index files that no release names."""
    folder = Path(store_open().root) / "index"
    files = {path.stem for path in folder.glob("*.json")} if folder.exists() else set()
    assert all(json.loads((folder / f"{name}.json").read_text()) for name in files)
    return sorted(files - {str(pk) for pk in LayerRelease.objects.values_list("pk", flat=True)})
