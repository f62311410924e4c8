"""Applying imports: what a compute child has read becomes rows, all or none."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from apps.aois.services import aois_import_apply
from apps.catalog.domain import probe_list
from apps.catalog.services import catalog_documents_read, catalog_import_apply
from apps.core.storage import store_open
from apps.jobs.models import Job, Step
from apps.jobs.selectors import reports_of, results_of
from apps.jobs.services import run_warning_add
from apps.samples.selectors import sample_set_by_id
from apps.samples.services import samples_import_apply

MAX_WARNINGS = 50


def catalog_read_documents(step: Step) -> dict[str, Any]:
    """Read all documents of the catalogue and list the rasters to be probed."""
    href = step.run.job.spec["parameters"]["href"]
    items = catalog_documents_read(href)
    assets = probe_list(items)
    stored = store_open().put_bytes(
        json.dumps({"items": items, "assets": assets}).encode(), ".json"
    )
    return {"items_key": stored.key, "items": len(items), "assets": len(assets)}


@transaction.atomic
def catalog_apply(step: Step) -> dict[str, Any]:
    """Write collections, scenes, references and static layers."""
    run = step.run
    read = run.steps.get(name="read")
    items = json.loads(store_open().read_bytes(read.report["items_key"]))["items"]
    probes = reports_of("probe", run)[0][2]["assets"]
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
