"""What a launch form offers: rows of the project by name, and the values of an earlier job."""

from typing import Any

from apps.aois.selectors import aois_visible_to
from apps.catalog.selectors import collections_visible_to, selections_visible_to
from apps.dashboard.domain.figures import percent
from apps.dashboard.domain.schema_form import Field, Option, form_fields
from apps.dashboard.selectors.models import cv_of
from apps.layers.selectors import layers_visible_to
from apps.modelling.selectors import feature_sets_visible_to, model_versions_visible_to
from apps.products.selectors import plugin_specs
from apps.samples.selectors import sample_sets_visible_to


def launch_choices(user: Any, project: Any) -> dict[str, list[Option]]:
    """Return the options of every parameter that names rows, by the parameter's name."""

    def mine(rows: Any) -> Any:
        return rows(user).filter(project=project)

    return {
        "sample_set": [
            Option(str(row.pk), row.name, aside=str(row.purpose))
            for row in mine(sample_sets_visible_to)
        ],
        "feature_set": [
            Option(str(row.pk), row.name, aside=f"{len(row.features or ())} features")
            for row in mine(feature_sets_visible_to)
        ],
        "model_version": [
            Option(str(row.pk), str(row), aside=_model_note(row))
            for row in mine(model_versions_visible_to).select_related("map_model")
        ],
        "scene_selection": [
            Option(str(row.pk), f"{row.count} scenes, {row.checksum[:8]}")
            for row in mine(selections_visible_to)
        ],
        "layer": [Option(str(row.pk), row.name) for row in mine(layers_visible_to)],
        "collections": [
            Option(row.stac_id, row.title or row.stac_id) for row in mine(collections_visible_to)
        ],
        "classifier": [Option(spec.slug, spec.title) for spec in plugin_specs("classifier")],
    }


def launch_fields(
    user: Any, project: Any, schema: dict[str, Any], initial: dict[str, Any]
) -> list[Field]:
    """Return the fields of a workflow's parameters."""
    choices = launch_choices(user, project)
    return form_fields(schema, choices=choices, initial=initial)


def aoi_options(user: Any, project: Any, chosen: str | None) -> list[Option]:
    """Return the areas of a project."""
    return [
        Option(str(row.pk), row.name, str(row.pk) == chosen, f"{row.area_km2:,.1f} km²")
        for row in aois_visible_to(user).filter(project=project)
    ]


def job_parameters(job: Any) -> dict[str, Any]:
    """Return the parameters and the scope of an earlier job, as the form takes them."""
    spec = job.spec or {}
    parameters = dict(spec.get("parameters") or {})
    return {"job": str(job.pk), "parameters": parameters, "aoi": spec.get("aoi")}


def _model_note(version: Any) -> str:
    overall = cv_of(version).get("overall_accuracy")
    value = overall.get("value") if isinstance(overall, dict) else overall
    return f"{version.status}, {percent(value)} %" if value is not None else str(version.status)
