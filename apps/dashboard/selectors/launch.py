"""What a launch form offers: rows of the project by name, and the values it begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from apps.aois.selectors import aois_visible_to, units_measured
from apps.catalog.selectors import collections_visible_to, selections_visible_to
from apps.core.errors import InvalidInput, NotFound
from apps.dashboard.domain.figures import percent
from apps.dashboard.domain.schema_form import Field, Option, form_fields
from apps.dashboard.selectors.job_page import job_of
from apps.dashboard.selectors.models import cv_of
from apps.dashboard.selectors.samples import sample_set_rows
from apps.layers.selectors import layers_visible_to
from apps.modelling.selectors import feature_sets_visible_to, model_versions_visible_to
from apps.orchestration.selectors import job_template_default, job_templates_visible_to
from apps.products.selectors import plugin_specs
from apps.samples.selectors import sample_sets_visible_to

PICKS = frozenset({"sample_set", "feature_set", "model_version", "scene_selection", "layer"})
SCENE_WORDS = ("collections", "datetime", "cloud_cover_max")


@dataclass
class Beginning:
    """What the form starts with, and where that comes from."""

    parameters: dict[str, Any] = field(default_factory=dict)
    aois: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    job: str = ""
    template: str = ""


def launch_choices(user: Any, project: Any) -> dict[str, list[Option]]:
    """Return the options of every parameter that names rows, by the parameter's name."""

    def mine(rows: Any) -> Any:
        return rows(user).filter(project=project)

    return {
        "sample_set": [
            Option(str(row.pk), row.name, aside=f"{row.purpose}, {row.live_count:,} samples")
            for row in mine(sample_sets_visible_to)
        ],
        "feature_set": [
            Option(str(row.pk), row.name, aside=_features_note(row))
            for row in mine(feature_sets_visible_to)
        ],
        "model_version": [
            Option(str(row.pk), str(row), aside=_model_note(row))
            for row in mine(model_versions_visible_to).select_related("map_model")
        ],
        "scene_selection": [
            Option(str(row.pk), _selection_name(row), aside=f"{row.count:,} scenes, frozen")
            for row in mine(selections_visible_to)
        ],
        "layer": [
            Option(str(row.pk), row.name, aside=str(row.role)) for row in mine(layers_visible_to)
        ],
        "collections": [
            Option(row.stac_id, row.title or row.stac_id) for row in mine(collections_visible_to)
        ],
        "classifier": [Option(spec.slug, spec.title) for spec in plugin_specs("classifier")],
    }


def launch_balances(user: Any, project: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the class balance of each sample set whose labels the caller may read, by its id."""
    rows = sample_set_rows(user, project)
    return {str(row["set"].pk): row["classes"] for row in rows if row["classes"]}


def launch_fields(
    user: Any, project: Any, schema: dict[str, Any], initial: Mapping[str, Any]
) -> list[Field]:
    """Return the fields of a workflow's parameters."""
    schemas = {spec.slug: spec.parameters_schema for spec in plugin_specs("classifier")}
    return form_fields(
        schema,
        choices=launch_choices(user, project),
        picks=PICKS,
        schemas={"classifier": schemas},
        initial=initial,
    )


def launch_beginning(user: Any, project: Any, workflow: Any, given: Any) -> Beginning:
    """Return what a form begins with, from the query of its address.

    ``from``: an earlier job. ``template``: a template, else the project's default one. Then
    single parameters by their names (those of scenes too) and ``aoi`` or ``units``, once or more.
    """
    begin = (
        _earlier(user, given) if given.get("from") else _template(user, project, workflow, given)
    )
    names = workflow.parameters_schema.get("properties", {})
    for name in names:
        if given.get(name):
            begin.parameters[name] = given[name]
    scenes = _scenes(given)
    if scenes and "scenes" in names:
        begin.parameters["scenes"] = {**(begin.parameters.get("scenes") or {}), **scenes}
    aois, units = (_listed(given, name) for name in ("aoi", "units"))
    if aois or units:
        begin.aois, begin.units = aois, [] if aois else units
    return begin


def _listed(given: Any, name: str) -> list[str]:
    return [part for text in given.getlist(name) for part in text.split(",") if part]


def _earlier(user: Any, given: Any) -> Beginning:
    job = job_of(user, given["from"])
    spec = job.spec or {}
    aois = [str(spec["aoi"])] if spec.get("aoi") else []
    units = [str(unit) for unit in spec.get("units") or ()]
    return Beginning(dict(spec.get("parameters") or {}), aois, units, job=str(job.pk))


def _template(user: Any, project: Any, workflow: Any, given: Any) -> Beginning:
    chosen = given.get("template")
    if chosen == "none":
        return Beginning()
    if not chosen:
        row = job_template_default(project, workflow.slug)
    else:
        rows = job_templates_visible_to(user).filter(project=project, workflow=workflow.slug)
        try:
            row = rows.filter(pk=chosen).first()
        except ValidationError as error:
            raise NotFound(f"There is no template {chosen}.") from error
    if row is None and chosen:
        raise NotFound(f"There is no template {chosen} of this workflow.")
    return Beginning(dict(row.parameters), template=str(row.pk)) if row else Beginning()


def _scenes(given: Any) -> dict[str, Any]:
    """Return the search for scenes that a query holds; numbers that are none are refused."""
    found: dict[str, Any] = {name: given[name] for name in SCENE_WORDS if given.get(name)}
    if "collections" in found:
        found["collections"] = _listed(given, "collections")
    if "cloud_cover_max" in found:
        try:
            found["cloud_cover_max"] = float(found["cloud_cover_max"])
        except ValueError as error:
            text = "Give a number of percent."
            raise InvalidInput(
                f"cloud_cover_max: {text}", errors={"cloud_cover_max": [text]}
            ) from error
    return found


def launch_places(user: Any, project: Any) -> list[dict[str, Any]]:
    """Return areas and production units by name; their outlines come from the API."""
    areas = aois_visible_to(user).filter(project=project).order_by("name", "pk")
    units = units_measured(user, project).order_by("code")
    return [
        *(_place("area", *row) for row in areas.values_list("pk", "name", "area_km2")),
        *(
            _place("unit", pk, f"{code} {name}".strip(), km2)
            for pk, code, name, km2 in units.values_list("pk", "code", "name", "area_km2")
        ),
    ]


def _place(kind: str, pk: Any, name: str, km2: float) -> dict[str, Any]:
    return {"id": str(pk), "name": name, "km2": km2, "kind": kind}


def _model_note(version: Any) -> str:
    overall = cv_of(version).get("overall_accuracy")
    value = overall.get("value") if isinstance(overall, dict) else overall
    return f"{version.status}, {percent(value)} %" if value is not None else str(version.status)


def _features_note(row: Any) -> str:
    used = len(row.model_versions.all())
    models = f", in {used} model{'' if used == 1 else 's'}" if used else ""
    return f"{len(row.features or ())} features{models}"


def _selection_name(row: Any) -> str:
    spec = row.spec or {}
    named = str(getattr(row, "name", "") or "")
    return named or str(spec.get("datetime") or "") or f"Selection {row.checksum[:8]}"
