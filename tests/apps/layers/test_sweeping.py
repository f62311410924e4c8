"""Index files of publications that were rolled back go away; all others stay."""

import os
import time
import uuid

import pytest

from apps.catalog.models import Scene
from apps.core.storage import ObjectStore
from apps.layers.models import Layer, LayerRelease
from apps.layers.services.sweeping import index_orphans_remove
from tests.factories import make_project
from tests.factories.rows import any_row

pytestmark = pytest.mark.django_db


def aged(store: ObjectStore, name: str, seconds: float) -> None:
    path = store.path(store.put_json(name, {}))
    os.utime(path, (time.time() - seconds,) * 2)


def test_only_old_index_files_without_a_row_are_removed(store: ObjectStore) -> None:
    project = make_project()
    any_row(Layer, project)
    orphan, fresh = str(uuid.uuid4()), str(uuid.uuid4())
    kept = [str(LayerRelease.objects.get().pk), str(any_row(Scene, project).pk)]
    for name in (orphan, "state", *kept):
        aged(store, name, seconds=7200)
    aged(store, fresh, seconds=10)
    assert index_orphans_remove() == 1
    left = {path.stem for path in (store.root / "index").glob("*.json")}
    assert left == {fresh, "state", *kept}
    assert index_orphans_remove() == 0
