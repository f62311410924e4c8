"""Ids of a job's parameters → frozen facts. Every lookup stays inside the project."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from apps.accounts.models import User
from apps.catalog.models import SceneSelection
from apps.catalog.selectors import (
    selection_footprint,
    selection_of_project,
    selection_scene_refs,
)
from apps.catalog.services import scene_selection_freeze
from apps.core.errors import InvalidInput, NotFound
from apps.layers.domain import STYLES, layer_plan, object_role
from apps.layers.enums import LayerRole
from apps.modelling.models import FeatureSet, ModelVersion
from apps.modelling.selectors import feature_set_get, model_version_get
from apps.orchestration.domain.schema import parameters_complete
from apps.orchestration.domain.sources import offers, scene_variant
from apps.products.selectors import plugin_specs
from apps.projects.models import Project
from apps.projects.selectors import legend_of_nomenclature
from apps.samples.enums import Purpose
from apps.samples.models import SampleSetVersion
from apps.samples.selectors import sample_set_of_project
from apps.samples.services import sample_set_freeze
from workers.contracts.legend import LegendClass
from workers.contracts.windows import WindowError, season_parse


def training_resolved(
    *, user: User, project: Project, spec: dict[str, Any], scope: GEOSGeometry | None
) -> dict[str, Any]:
    """Resolve a workflow that starts from samples (and maps with the model it trains)."""
    given = spec["parameters"]
    with named("parameters.feature_set"):
        feature_set = feature_set_get(user, given["feature_set"], project=project)
    classifier_check(given.get("classifier"), given.get("hyperparameters") or {})
    _season_check(given.get("season"))
    selection = _selection(user, project, given)
    sources_check(feature_set, selection)
    version = _samples_frozen(user, project, given["sample_set"])
    classes = _classes(version)
    prefix = given.get("layer_name") or feature_set.name
    spec["frozen"] = {
        "sample_set_version": str(version.pk),
        "scene_selection": str(selection.pk),
        "feature_set": _feature_set_dump(feature_set),
        "classes": classes,
        "season": given.get("season"),
        "mask": given.get("mask"),
        "model_name": given.get("model_name") or feature_set.name,
        "layers": layers_planned(given.get("outputs") or [], classes, prefix),
        "layer_prefix": prefix,
    }
    return _bounded(spec, selection, scope)


def mapping_resolved(
    *, user: User, project: Project, spec: dict[str, Any], scope: GEOSGeometry | None
) -> dict[str, Any]:
    """Resolve a workflow that maps with an existing model."""
    given = spec["parameters"]
    with named("parameters.model_version"):
        model = model_version_get(user, given["model_version"], project=project)
    _season_check(given.get("season"))
    selection = (
        _selection(user, project, given)
        if given.get("scenes") is not None or given.get("scene_selection")
        else model.scene_selection
    )
    sources_check(model.feature_set, selection)
    prefix = given.get("layer_name") or f"{model.map_model.name} v{model.number}"
    mask = given.get("mask") or _mask_of(model)
    spec["frozen"] = {
        "model_version": str(model.pk),
        "scene_selection": str(selection.pk),
        "feature_set": _feature_set_dump(model.feature_set),
        "classes": model.classes,
        "season": given.get("season") or model.season,
        "mask": mask,
        "layers": layers_planned(given["outputs"], model.classes, prefix),
        "layer_prefix": prefix,
    }
    return _bounded(spec, selection, scope)


def sources_check(feature_set: FeatureSet, selection: SceneSelection) -> None:
    """Refuse a feature whose source no scene of the selection can give.

    Raises:
        InvalidInput: names the feature, its source and the assets there are.
    """
    variants = {scene_variant(scene) for scene in selection_scene_refs(selection)}
    indices = index_specs()
    for feature in feature_set.features:
        if not any(offers(variant, feature["source"], indices) for variant in variants):
            known = sorted({key for keys, _ in variants for key in keys})
            raise InvalidInput(
                f"Feature {feature['name']!r}: no scene has what source "
                f"{feature['source']!r} needs.",
                advice=f"Assets of the selected scenes: {', '.join(known)}.",
                errors={
                    "parameters.feature_set": [
                        f"No scene has what source {feature['source']!r} needs; choose another set."
                    ]
                },
            )


def index_specs() -> dict[str, Any]:
    """Return the registered indices by slug."""
    return {index.slug: index for index in plugin_specs("index")}


def layers_planned(
    outputs: list[str], classes: list[dict[str, Any]], prefix: str
) -> list[dict[str, Any]]:
    """Return one entry per layer: its role, class and the parameters of its assembly."""
    legend = [LegendClass(**cls) for cls in classes]
    planned = []
    for role, cls in layer_plan(outputs, legend):
        style = STYLES[role]
        code = cls.code if cls else None
        planned.append(
            {
                "role": role,
                "class_code": code,
                "object_role": object_role(role, code),
                "parameters": {
                    "role": object_role(role, code),
                    "name": f"{prefix} {role}",
                    "legend": classes if role == LayerRole.CLASS else [],
                    "ramp": list(style.get("ramp", ())),
                    "rescale": list(style["rescale"]) if "rescale" in style else None,
                },
            }
        )
    return planned


def _bounded(
    spec: dict[str, Any], selection: SceneSelection, scope: GEOSGeometry | None
) -> dict[str, Any]:
    footprint = selection_footprint(selection)
    if footprint is None:
        raise InvalidInput("The scene selection is empty.", advice="Choose other scenes.")
    if scope is None:
        spec["boundary"] = footprint.hexewkb.decode()
    elif not footprint.intersects(scope):
        raise InvalidInput(
            "The area lies outside the selected imagery.",
            advice="Choose other scenes or another area.",
            errors={"aoi": ["outside the imagery of the selection."]},
        )
    return spec


def _selection(user: User, project: Project, given: dict[str, Any]) -> SceneSelection:
    if given.get("scene_selection"):
        if given.get("scenes"):
            raise InvalidInput(
                "Give either scenes or scene_selection, not both.",
                errors={"parameters.scene_selection": ["excludes scenes."]},
            )
        with named("parameters.scene_selection"):
            return selection_of_project(project, given["scene_selection"])
    return scene_selection_freeze(project=project, spec=dict(given.get("scenes") or {}), user=user)


def _samples_frozen(user: User, project: Project, sample_set_id: str) -> SampleSetVersion:
    with named("parameters.sample_set"):
        sample_set = sample_set_of_project(project, sample_set_id)
    if sample_set.purpose != Purpose.TRAINING:
        raise InvalidInput(
            f"Sample set {sample_set.name!r} has purpose {sample_set.purpose}; "
            "models are trained from purpose training only.",
            errors={"parameters.sample_set": [f"purpose is {sample_set.purpose}."]},
        )
    return sample_set_freeze(sample_set=sample_set, user=user)


def _classes(version: SampleSetVersion) -> list[dict[str, Any]]:
    present = {int(code) for code, count in version.class_counts.items() if count}
    known = legend_of_nomenclature(version.sample_set.nomenclature)
    legend = [cls for cls in known if cls.code in present]
    if len(legend) < 2:
        names = ", ".join(cls.name for cls in legend) or "none"
        raise InvalidInput(
            f"Sample set {version.sample_set.name!r} has labelled samples of fewer than two "
            f"classes ({names}).",
            advice="Add samples of another class.",
            errors={"parameters.sample_set": ["needs at least two classes."]},
        )
    return [cls.model_dump() for cls in legend]


def classifier_check(slug: str | None, hyperparameters: dict[str, Any]) -> None:
    """Refuse an unknown classifier, and settings that it does not have.

    Raises:
        InvalidInput: names the classifier or the setting.
    """
    if slug is None:
        return
    known = {spec.slug: spec for spec in plugin_specs("classifier")}
    if slug not in known:
        text = f"known: {', '.join(known)}."
        raise InvalidInput(
            f"Classifier {slug!r} is unknown; {text}", errors={"parameters.classifier": [text]}
        )
    parameters_complete(
        known[slug].parameters_schema, hyperparameters, prefix="parameters.hyperparameters"
    )


def _season_check(season: str | None) -> None:
    try:
        season_parse(season) if season else None
    except WindowError as error:
        raise InvalidInput(str(error), errors={"parameters.season": [str(error)]}) from error


@contextmanager
def named(field: str) -> Iterator[None]:
    """Say which field of the body named an object that the project does not have."""
    try:
        yield
    except NotFound as error:
        raise NotFound(
            f"{field}: {error.message}",
            advice=error.advice or "Use the id of an object of this project.",
            errors={field: [error.message]},
        ) from error


def _feature_set_dump(feature_set: FeatureSet) -> dict[str, Any]:
    return {
        "id": str(feature_set.pk),
        "hash": feature_set.hash,
        "features": feature_set.features,
    }


def _mask_of(model: ModelVersion) -> dict[str, Any] | None:
    run = model.run
    return run.job.spec["frozen"].get("mask") if run else None
