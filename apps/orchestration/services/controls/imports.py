"""Applying imports: what a compute child has read becomes rows, all or none."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from apps.aois.services import aois_import_apply
from apps.catalog.domain import probe_list
from apps.catalog.selectors import sensor_specs
from apps.catalog.services import catalog_documents_read, catalog_import_apply
from apps.core.storage import store_open
from apps.jobs.models import Job, Step
from apps.jobs.selectors import reports_of, results_of
from apps.jobs.services import run_warning_add, step_parts_set
from apps.samples.selectors import sample_set_by_id
from apps.samples.services import samples_import_apply

MAX_WARNINGS = 50
PART_ASSETS = 500


def catalog_read_documents(step: Step) -> dict[str, Any]:
    """Read all documents of the catalogue and divide the rasters to be probed into parts.

    A part's request and answer each fit a line between worker and child, however large the
    catalogue is.
    """
    store = store_open()
    items = catalog_documents_read(step.run.job.spec["parameters"]["href"])
    assets = probe_list(items, sensor_specs())
    parts = [
        store.put_bytes(json.dumps(assets[start : start + PART_ASSETS]).encode(), ".json").key
        for start in range(0, len(assets), PART_ASSETS)
    ]
    step_parts_set(step.run, "probe", len(parts))
    stored = store.put_bytes(json.dumps({"items": items}).encode(), ".json")
    counts = {"items": len(items), "assets": len(assets)}
    return {"items_key": stored.key, "parts": parts, **counts}


@transaction.atomic
def catalog_apply(step: Step) -> dict[str, Any]:
    """Write collections, scenes, references and static layers."""
    run = step.run
    read = run.steps.get(name="read")
    items = json.loads(store_open().read_bytes(read.report["items_key"]))["items"]
    probes = [asset for _, _, report in reports_of("probe", run) for asset in report["assets"]]
    report = catalog_import_apply(
        project=run.job.project, items=items, probes=probes, user=run.job.created_by
    )
    for entry in report["errors"][:MAX_WARNINGS]:
        asset = f", asset {entry['asset']}" if entry["asset"] else ""
        run_warning_add(run, f"Item {entry['item']}{asset}: {entry['message']}")
    return dict(report)


@transaction.atomic
def samples_apply(step: Step) -> dict[str, Any]:
    """Write the samples of a file; the row-by-row report becomes the step's report."""
    job = step.run.job
    sample_set = sample_set_by_id(job.spec["parameters"]["target"])
    return dict(
        samples_import_apply(
            sample_set=sample_set, rows=_rows(step), options=_options(job), user=job.created_by
        )
    )


@transaction.atomic
def aois_apply(step: Step) -> dict[str, Any]:
    """Write the areas of a file."""
    job = step.run.job
    return dict(
        aois_import_apply(
            project=job.project, rows=_rows(step), options=_options(job), user=job.created_by
        )
    )


def _options(job: Job) -> dict[str, Any]:
    given = job.spec["parameters"]
    return {**given["options"], "file_name": given["file_name"]}


def _rows(step: Step) -> Iterator[dict[str, Any]]:
    (_, _, objects) = results_of("read", step.run)[0]
    with store_open().path(objects["features"].object_key).open() as lines:
        for line in lines:
            yield json.loads(line)
