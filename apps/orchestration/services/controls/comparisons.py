"""Publishing the change layer of two maps with its table of transitions."""

from typing import Any

from django.db import transaction

from apps.jobs.models import Step
from apps.jobs.selectors import reports_of, results_of
from apps.jobs.services import run_output_add
from apps.layers.domain.transitions import transition_table
from apps.layers.selectors import release_by_id
from apps.layers.services import PublishedFiles, ReleaseLineage, layer_open, release_publish
from apps.orchestration.services.controls.releases import publish_gate, stored_file
from apps.products.selectors import manifest_versions
from workers.contracts.legend import LegendClass


@transaction.atomic
def comparison_publish(step: Step) -> dict[str, Any]:
    """Publish one release whose statistics hold ``transitions``."""
    run = step.run
    spec = run.job.spec
    frozen = spec["frozen"]
    publish_gate(step)
    (_, _, objects) = results_of("assemble", run)[0]
    (_, _, report) = reports_of("assemble", run)[0]
    before, after = (release_by_id(release) for release in frozen["compared"])
    table = transition_table(
        before.legend, after.legend, [found for _, _, found in reports_of("compare", run)]
    )
    layer = layer_open(
        job=run.job,
        position=0,
        prefix=frozen["layer_prefix"],
        role="class",
        cls=None,
        product="change",
        title=frozen["layer_prefix"],
    )
    release_publish(
        layer=layer,
        run=run,
        legend=[LegendClass(**cls) for cls in frozen["classes"]],
        files=PublishedFiles(
            archive=stored_file(objects["archive"]),
            display=stored_file(objects["display"]),
            statistics={**report["statistics"], "transitions": table},
            bbox=report["bbox"],
        ),
        blocks=[
            (ix, iy, found["class"].sha256, found["class"].object_key)
            for ix, iy, found in results_of("compare", run)
            if "class" in found
        ],
        lineage=_lineage(step, spec),
    )
    run_output_add(run, layers=[str(layer.pk)])
    return {"layers": [str(layer.pk)], "changed_share": table["changed_share"]}


def _lineage(step: Step, spec: dict[str, Any]) -> ReleaseLineage:
    frozen = spec["frozen"]
    first, second = (
        f"{name}, release {number}"
        for name, number in zip(frozen["names"], frozen["numbers"], strict=True)
    )
    return ReleaseLineage(
        model_version_id=None,
        scene_selection_id=None,
        scenes=[],
        features={},
        grid=spec["grid"],
        detail={
            "summary": f"{first} compared with {second}.",
            "software": manifest_versions(),
            "job": str(step.run.job_id),
            "run": step.run.number,
            "releases": frozen["compared"],
        },
    )
