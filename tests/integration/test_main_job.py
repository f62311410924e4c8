"""The main job on real imagery: catalogue → samples → features → model → matrix → map → layer.

The accuracies in each data set's README are measured on spatial blocks; ours must come within
three points of them. A figure far above would be a leak.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.builders.main_job import Operator, monthly, percentiles

pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]

ROMANIA = percentiles(
    ("B02", "B03", "B04", "B08", "B8A", "B11", "ndvi", "ndmi"), ("p010", "p050", "p090")
)
SLOVENIA = percentiles(("ndvi",), ("p010", "p025", "p050", "p075", "p090", "std")) + monthly("ndvi")
LOMBARDIA = monthly("ndvi", "mean")


def main_job(
    operator: Operator, root: Path, name: str, reference: str, features: Any, **scenes: Any
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return (job, model version, first layer) of ``train_and_map`` on a data set."""
    project = operator.project(name)
    imported = operator.catalogue(project, root / name)
    assert imported["status"] == "finished", imported
    samples = operator.samples(
        project,
        root / name / "items" / reference / "labels.gpkg",
        layer="points",
        class_field="class_id",
        create_classes="true",
    )
    feature_set = operator.features(project, features)
    job = operator.launch(
        project,
        "train_and_map",
        {
            "sample_set": samples["id"],
            "feature_set": feature_set["id"],
            "scenes": scenes,
            "outputs": ["class", "probability", "confidence", "data_score"],
            "seed": 1,
        },
    )
    job = operator.finish(job)
    assert job["status"] == "finished", job
    model = operator.get(f"model-versions/{job['outputs']['model_version']}/")
    layer = operator.get(f"layers/{job['outputs']['layers'][0]}/")
    return job, model, layer


def test_romania_separates_forest_as_well_as_its_readme_says(
    operator: Operator, data_root: Path
) -> None:
    job, model, layer = main_job(
        operator,
        data_root,
        "romania-s2-hrl",
        "reference-hrl-tcd-2018",
        ROMANIA,
        datetime="2017-01-01/2019-12-31",
    )
    accuracy = model["metrics"]["spatial_cv"]["overall_accuracy"]
    print(f"romania: overall accuracy {accuracy}")
    assert accuracy >= 0.996 - 0.03
    assert len(job["outputs"]["layers"]) == 1 + 2 + 1 + 1
    assert layer["role"] == "class"
    assert {cls["code"] for cls in layer["legend"]} <= {0, 1, 2}
    assert layer["stac_item"]["properties"]["controlcenter:lineage"]["model_version"] == model["id"]
    assert len(layer["assets"]["archives"][0]["sha256"]) == 64
    west, south, east, north = layer["bbox"]
    assert west == pytest.approx(22.145, abs=0.01)
    assert north == pytest.approx(45.21, abs=0.01)
    assert east > west
    assert north > south


def test_slovenia_reaches_the_block_accuracy_of_its_readme(
    operator: Operator, data_root: Path
) -> None:
    _, model, _ = main_job(operator, data_root, "slovenia-s2-ndvi", "reference-lulc-2017", SLOVENIA)
    accuracy = model["metrics"]["spatial_cv"]["overall_accuracy"]
    print(f"slovenia: overall accuracy {accuracy}")
    assert 0.80 - 0.03 <= accuracy <= 0.90


def test_lombardia_reaches_the_block_accuracy_of_its_readme(
    operator: Operator, data_root: Path
) -> None:
    _, model, layer = main_job(
        operator, data_root, "lombardia-modis-clc", "reference-corine", LOMBARDIA
    )
    accuracy = model["metrics"]["spatial_cv"]["overall_accuracy"]
    print(f"lombardia: overall accuracy {accuracy}")
    assert 0.63 - 0.03 <= accuracy <= 0.73
    assert len(layer["legend"]) == 11
