"""The demo job: the synthetic country from its scenes to a published map."""

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.core.storage import store_open
from apps.dashboard.services.demo_places import demo_places_make
from apps.dashboard.services.logins import demo_logins_make
from apps.jobs.models import Job
from apps.jobs.selectors import job_status
from apps.modelling.services import feature_set_ensure
from apps.orchestration.services.job_launch import LaunchOrder, job_launch, job_submit_internal
from apps.orchestration.services.waiting import job_wait
from apps.projects.selectors import legend_of, members_of
from apps.projects.services import nomenclature_class_create
from apps.samples.services import sample_set_ensure

SIZE, SEED = 1024, 7
LOWEST_PRIORITY = -100
BANDS = ("B02", "B03", "B04", "B08", "B11", "B12")
INDICES = ("ndvi", "ndmi")
WINDOWS = ("03-01/05-31", "06-01/08-31", "09-01/10-31")


def country_folder(size: int = SIZE, seed: int = SEED) -> Path:
    """Return where the synthetic country of a size and seed lies (below an allowed root)."""
    return Path(settings.VAR_DIR) / "demo" / f"country-{size}-{seed}"


def country_make(*, size: int, seed: int, folder: Path) -> Path:
    """Write the synthetic country with the compute plane's generator; finished ones are kept."""
    if (folder / "catalog.json").exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "workers.kernels.make_country"]
    options = ["--size", str(size), "--seed", str(seed), "--folder", str(folder)]
    subprocess.run([*command, *options], check=True, cwd=settings.BASE_DIR)
    return folder


def demo_features() -> list[dict[str, str]]:
    """Return the demo's features: seasonal medians and extremes of six bands and two indices."""
    medians = [
        {"name": f"{s}_{w[:2]}{w[6:8]}_p050", "source": s, "statistic": "p050", "window": w}
        for s in (*BANDS, *INDICES)
        for w in WINDOWS
    ]
    spread = [
        {"name": f"{s}_{statistic}", "source": s, "statistic": statistic}
        for s in INDICES
        for statistic in ("p010", "p090", "std")
    ]
    return medians + spread


def demo_jobs_run(*, report: Callable[[str], None]) -> Job:
    """Import the country, its samples, and train and map it; each step is done once only."""
    project = demo_logins_make()
    user = members_of(project).get(user__username="producer").user
    folder = country_make(size=SIZE, seed=SEED, folder=country_folder())
    report("The synthetic country is ready.")
    catalogue = job_submit_internal(
        user=user,
        project=project,
        workflow="import_catalog",
        parameters={"href": str(folder)},
        idempotency_key="demo-catalogue",
        priority=LOWEST_PRIORITY,
    )
    job_wait(catalogue, report=report)
    demo_places_make(project, user=user)
    sample_set = sample_set_ensure(project=project, slug="reference", user=user)
    _legend_ensure(project, user, folder)
    job_wait(_samples(project, user, sample_set, folder), report=report)
    feature_set = feature_set_ensure(
        project=project, name="Seasons", features=demo_features(), user=user
    )
    order = LaunchOrder(
        project=project,
        workflow="train_and_map",
        parameters={
            "sample_set": str(sample_set.pk),
            "feature_set": str(feature_set.pk),
            "outputs": ["class", "confidence", "data_score"],
            "layer_name": "Base classes",
            "model_name": "Base classes",
            "seed": SEED,
        },
        priority=LOWEST_PRIORITY,
        idempotency_key="demo-map",
    )
    job = job_wait(job_launch(user=user, order=order), report=report)
    report(f"The demo map is {job_status(job)}.")
    return job


def _legend_ensure(project: Any, user: Any, folder: Path) -> None:
    """Give the project the classes of the country, with the country's own colours."""
    known = {cls.code for cls in legend_of(project)}
    with next(folder.rglob("legend.csv")).open(newline="") as lines:
        for row in csv.DictReader(lines):
            if int(row["class_id"]) not in known:
                nomenclature_class_create(
                    project.nomenclature,
                    code=int(row["class_id"]),
                    name=row["class_name"],
                    color=row["color"],
                    user=user,
                )


def _samples(project: Any, user: Any, sample_set: Any, folder: Path) -> Job:
    file = next(folder.rglob("samples.geojson"))
    stored = store_open().put_bytes(file.read_bytes(), file.suffix)
    return job_submit_internal(
        user=user,
        project=project,
        workflow="import_samples",
        parameters={
            "upload": stored.key,
            "file_name": file.name,
            "target": str(sample_set.pk),
            "options": {"class_field": "class_id"},
        },
        idempotency_key="demo-samples",
        priority=LOWEST_PRIORITY,
    )
