"""The main job on the synthetic country, whose truth is known for every pixel."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from apps.core.storage import store_open
from apps.dashboard.services.demo import demo_features
from apps.layers.models import Layer
from tests.builders.main_job import Operator

pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]
SIZE = 256


def country(folder: Path) -> Path:
    """Write a small country below an allowed root."""
    command = [sys.executable, "-m", "workers.kernels.make_country"]
    options = ["--size", str(SIZE), "--seed", "7", "--folder", str(folder)]
    subprocess.run([*command, *options], check=True)
    return folder


def test_the_map_agrees_with_the_truth_of_the_synthetic_country(
    operator: Operator, store: Any
) -> None:
    folder = country(store.root.parent / "country")
    grid = {"crs": "EPSG:3035", "resolution": [10, 10], "block_size": 128}
    project = operator.project("country", grid=grid)
    imported = operator.catalogue(project, folder)
    assert imported["status"] == "finished", imported
    labels = next(folder.rglob("samples.geojson"))
    samples = operator.samples(project, labels, class_field="class_id", create_classes="true")
    feature_set = operator.features(project, demo_features())
    job = operator.finish(
        operator.launch(
            project,
            "train_and_map",
            {"sample_set": samples["id"], "feature_set": feature_set["id"], "outputs": ["class"]},
        )
    )
    assert job["status"] == "finished", job
    layer = Layer.objects.get(pk=job["outputs"]["layers"][0])
    assert layer.current_release is not None
    with rasterio.open(store_open().path(layer.current_release.archives[0]["key"])) as mapped:
        found, place = mapped.read(1), mapped.transform
    with rasterio.open(next(folder.rglob("truth.tif"))) as reference:
        truth = reference.read(1)
        left = round((reference.transform.c - place.c) / place.a)
        top = round((reference.transform.f - place.f) / place.e)
    window = found[top : top + SIZE, left : left + SIZE]
    agreement = float(np.mean(window == truth))
    print(f"country: agreement with the truth {agreement:.4f}")
    assert agreement >= 0.90
