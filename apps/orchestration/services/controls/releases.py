"""Publishing the layers a run has assembled: all of them in one transaction."""

from typing import Any

from django.db import transaction

from apps.catalog.selectors import selection_by_id
from apps.core.errors import Conflict
from apps.core.storage import store_open
from apps.jobs.models import Run, Step
from apps.jobs.selectors import reports_of, results_of
from apps.jobs.services import run_output_add, run_verify, run_warning_add
from apps.layers.domain import object_role
from apps.layers.models import Layer
from apps.layers.services import (
    PublishedFiles,
    ReleaseLineage,
    StoredFile,
    layer_open,
    release_publish,
)
from apps.modelling.models import ModelVersion
from apps.modelling.selectors import model_version_by_id
from apps.orchestration.services.imagery import imagery_check
from apps.orchestration.services.requests import scenes_of
from apps.products.selectors import manifest_versions
from workers.contracts.legend import LegendClass


@transaction.atomic
def layers_publish(step: Step) -> dict[str, Any]:
    """Publish one release per requested layer and add the layers to the run's outputs."""
    run = step.run
    spec = run.job.spec
    imagery_check(step)
    publish_gate(step)
    assembled = {ix: (objects, report) for ix, objects, report in _assembled(run)}
    predicted = results_of("predict", run)
    version = model_version_by_id(_version_id(run, spec))
    known = {None, *(cls["code"] for cls in version.classes)}
    lineage = _lineage(run, spec, version)
    layers = []
    for position, planned in enumerate(spec["frozen"]["layers"]):
        objects, report = assembled.get(position, ({}, {}))
        if planned["class_code"] not in known:
            run_warning_add(run, _unknown(planned))
            continue
        if "archive" not in objects:
            raise Conflict(
                "No block of the area holds a valid pixel, so there is no layer to publish.",
                advice="Add scenes, widen the feature windows or choose another area.",
            )
        layer = _layer(run, spec, position, planned)
        release_publish(
            layer=layer,
            run=run,
            legend=[LegendClass(**cls) for cls in spec["frozen"]["classes"]],
            files=PublishedFiles(
                archive=stored_file(objects["archive"]),
                display=stored_file(objects["display"]),
                statistics=report["statistics"],
                bbox=report["bbox"],
            ),
            blocks=_blocks(predicted, layer),
            lineage=lineage,
        )
        layers.append(str(layer.pk))
    run_output_add(run, layers=layers)
    return {"layers": layers}


def publish_gate(step: Step) -> None:
    """Refuse to publish what does not verify: rows, objects and bytes must tell one story."""
    report = run_verify(step.run, store_open(), before=step.name)
    if report["ok"]:
        return
    found = report["broken"] or [f"object {key} is damaged" for *_, key in report["damaged"]]
    raise Conflict(
        f"The result does not verify and was not published: {found[0]}",
        advice="Retry the job: what is whole is reused, what is damaged is computed again.",
    )


def _assembled(run: Run) -> list[tuple[int, dict[str, Any], dict[str, Any]]]:
    reports = {ix: report for ix, _, report in reports_of("assemble", run)}
    return [(ix, objects, reports[ix]) for ix, _, objects in results_of("assemble", run)]


def _layer(run: Run, spec: dict[str, Any], position: int, planned: dict[str, Any]) -> Layer:
    code = planned["class_code"]
    classes = {cls["code"]: LegendClass(**cls) for cls in spec["frozen"]["classes"]}
    return layer_open(
        job=run.job,
        position=position,
        prefix=spec["frozen"]["layer_prefix"],
        role=planned["role"],
        cls=classes[code] if code is not None else None,
    )


def _blocks(predicted: list[Any], layer: Layer) -> list[tuple[int, int, str, str]]:
    role = object_role(layer.role, layer.class_code)
    return [
        (ix, iy, objects[role].sha256, objects[role].object_key)
        for ix, iy, objects in predicted
        if role in objects
    ]


def stored_file(row: Any) -> StoredFile:
    return StoredFile(key=row.object_key, sha256=row.sha256, size=row.size)


def _version_id(run: Run, spec: dict[str, Any]) -> Any:
    return spec["frozen"].get("model_version") or run.outputs.get("model_version")


def _unknown(planned: dict[str, Any]) -> str:
    return (
        f"No layer {planned['parameters']['name']!r} of class {planned['class_code']}: none of its "
        "samples has imagery, so the model does not know the class."
    )


def _lineage(run: Run, spec: dict[str, Any], version: ModelVersion) -> ReleaseLineage:
    resolved = spec["frozen"]
    selection = selection_by_id(resolved["scene_selection"])
    scenes = scenes_of(selection, spec)
    return ReleaseLineage(
        model_version_id=str(version.pk),
        scene_selection_id=str(selection.pk),
        scenes=[scene.model_dump(mode="json") for scene in scenes],
        features=resolved["feature_set"],
        grid=spec["grid"],
        detail={
            "summary": f"{version.map_model.name} v{version.number} on {len(scenes)} scenes.",
            "software": manifest_versions(),
            "job": str(run.job_id),
            "run": run.number,
            "model_version": str(version.pk),
            "model_sha256": version.sha256,
            "feature_set_hash": resolved["feature_set"]["hash"],
            "sample_set_version": str(version.sample_set_version_id),
            "scene_selection": selection.checksum,
            "scenes": [scene.item_id for scene in scenes],
        },
    )
