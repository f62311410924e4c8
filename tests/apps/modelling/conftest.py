"""A trained model of a project, without any training."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from apps.catalog.models import SceneSelection
from apps.modelling.models import ModelVersion
from apps.modelling.services import feature_set_create, model_version_register
from apps.quality.services import assessment_create_from_cv
from apps.samples.models import SampleSet, SampleSetVersion
from tests.factories import make_project

FEATURES = [
    {"name": "ndvi", "source": "(B08 - B04) / (B08 + B04)", "statistic": "p050"},
    {"name": "red", "source": "red", "statistic": "mean", "window": "03-15/06-15"},
]
RATE = {"value": 0.9, "se": 0.01, "ci95": [0.88, 0.92]}
ROW = {"users_accuracy": 0.9, "producers_accuracy": 0.9, "f1": 0.9, "area": None}
REPORT: dict[str, Any] = {
    "classes": [
        {"code": 1, "name": "Forest", "color": "#00aa00"},
        {"code": 2, "name": "Other", "color": "#aa0000"},
    ],
    "folds": {"method": "spatial_block", "k": 5, "block_size_m": 250.0, "buffer_m": 0.0},
    "hyperparameters": {"n_estimators": 300, "min_samples_leaf": 3},
    "metrics": {
        "spatial_cv": {"overall_accuracy": 0.9, "macro_f1": 0.9, "per_class": [{"code": 1, **ROW}]}
    },
    "feature_importance": [{"name": "ndvi", "value": 0.8}, {"name": "red", "value": 0.2}],
    "class_counts": {"1": 10, "2": 10},
    "samples_dropped": 0,
    "warnings": [],
    "assessment": {
        "classes": [1, 2],
        "matrix": [[9, 1], [1, 9]],
        "overall_accuracy": RATE,
        "per_class": [{"code": 1, **ROW}, {"code": 2, **ROW}],
        "design": {"method": "spatial_block", "k": 5},
    },
}


@pytest.fixture
def register(db: None) -> Callable[..., ModelVersion]:
    """Return a function that registers the next version of a line in a project."""

    def _register(project: Any = None, *, name: str = "Base", sha: str = "a" * 64) -> ModelVersion:
        project = project or make_project()
        user = project.created_by
        samples, _ = SampleSet.objects.get_or_create(
            project=project, slug="s", defaults={"name": "S", "nomenclature": project.nomenclature}
        )
        version, _ = SampleSetVersion.objects.get_or_create(
            project=project,
            sample_set=samples,
            number=1,
            defaults={
                "checksum": "c",
                "object_key": "k",
                "sha256": "d" * 64,
                "size": 1,
                "count": 20,
            },
        )
        selection = SceneSelection.objects.create(
            project=project, spec={}, checksum=f"{name[:9]}-{sha[:50]}", count=0
        )
        feature_set = feature_set_create(
            project=project, name=f"{name} {sha[:4]}", features=FEATURES, user=user
        )
        row = model_version_register(
            project=project,
            run=None,
            report=REPORT,
            objects={
                "forest": SimpleNamespace(sha256=sha, size=10, object_key=f"cas/aa/{sha}.npz"),
                "native": SimpleNamespace(sha256="b" * 64, size=5, object_key="cas/bb/b.skops"),
            },
            feature_set=feature_set,
            sample_set_version=version,
            scene_selection=selection,
            classifier="random_forest",
            hyperparameters={},
            seed=3,
            name=name,
        )
        assessment_create_from_cv(model_version=row, run=None, report=REPORT)
        return row

    return _register
