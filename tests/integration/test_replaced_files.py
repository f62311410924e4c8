"""Files that change under their path: a later import and a later job must see what is there now."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from apps.catalog.models import Asset
from apps.catalog.services import scene_selection_freeze, selection_checksum_now
from apps.core.errors import Conflict
from apps.orchestration.services.imagery import imagery_check
from apps.projects.models import Project
from apps.samples.models import ReferenceSample
from tests.apps.catalog.conftest import SmallCatalog
from tests.builders.main_job import Operator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(tmp_path: Path) -> SmallCatalog:
    folder = tmp_path / "catalog"
    folder.mkdir()
    return SmallCatalog(folder)


def test_an_import_after_a_file_was_replaced_learns_its_new_version(
    operator: Operator, small: SmallCatalog
) -> None:
    small.item("one")
    path = small.raster("one")
    project = operator.project("replaced")
    operator.catalogue(project, small.folder)
    before = Asset.objects.get(key="red").version
    path.unlink()
    small.raster("one")
    job = operator.catalogue(project, small.folder)
    assert job["status"] == "finished", job
    stat = path.stat()
    assert Asset.objects.get(key="red").version == f"{stat.st_size}:{stat.st_mtime_ns}" != before


def test_two_uploads_of_one_name_are_two_files(operator: Operator) -> None:
    project = operator.project("uploads", grid=None)
    body = {"project": project["id"], "name": "Twice", "purpose": "training"}
    sample_set = operator.post("sample-sets/", body)
    for longitude in (5.0, 6.0):
        _upload(operator, sample_set, longitude)
    assert {round(row.geometry.x, 3) for row in ReferenceSample.objects.all()} == {5.0, 6.0}


def _upload(operator: Operator, sample_set: dict[str, Any], longitude: float) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, 50.0]},
        "properties": {"class_id": 1},
    }
    data = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    form = {
        "file": SimpleUploadedFile("samples.geojson", data),
        "class_field": "class_id",
        "create_classes": "true",
    }
    path = f"/api/v1/sample-sets/{sample_set['id']}/import/"
    answer = operator.client.post(path, form, format="multipart")
    assert answer.status_code == 202, answer.content[:500]
    assert operator.finish(answer.json())["status"] == "finished"


def test_an_import_while_a_job_runs_is_noticed_before_anything_is_published(
    operator: Operator, small: SmallCatalog
) -> None:
    small.item("one")
    path = small.raster("one")
    project = operator.project("meanwhile")
    operator.catalogue(project, small.folder)
    row = Project.objects.get(pk=project["id"])
    selection = scene_selection_freeze(project=row, spec={})
    state = selection_checksum_now(selection)
    assert state == selection.checksum
    spec = {"frozen": {"scene_selection": str(selection.pk)}}
    step: Any = SimpleNamespace(
        params={"imagery": state}, run=SimpleNamespace(job=SimpleNamespace(spec=spec))
    )
    operator.catalogue(project, small.folder)
    imagery_check(step)
    path.unlink()
    small.raster("one")
    operator.catalogue(project, small.folder)
    with pytest.raises(Conflict, match="while the job was running"):
        imagery_check(step)
