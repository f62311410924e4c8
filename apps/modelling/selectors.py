"""Reads: feature sets, model lines and their versions, as far as a caller may see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from apps.catalog.selectors import bands_by_sensor, scene_days
from apps.core.errors import InvalidInput, NotFound
from apps.modelling.domain import (
    Offer,
    feature_set_spec,
    offers_of,
    sensor_prefix,
    source_report,
    window_report,
)
from apps.modelling.models import FeatureSet, MapModel, ModelVersion
from apps.products.selectors import plugin_specs
from apps.projects.selectors import project_ids_of
from workers.contracts.expression import ExpressionError
from workers.contracts.features import N_MIN, STATISTICS


def feature_sets_visible_to(user: Any) -> QuerySet[FeatureSet]:
    """Return feature sets with the versions trained with them."""
    versions = ModelVersion.objects.select_related("map_model").order_by("created_at", "pk")
    rows = FeatureSet.objects.filter(project__in=project_ids_of(user))
    return rows.prefetch_related(Prefetch("model_versions", queryset=versions))


def sources_offered(project: Any) -> dict[str, Any]:
    """Return every asset, common name and index that a feature of a project may be made of."""
    bands = bands_by_sensor(project)
    offers = offers_of(bands)
    rows = _bands_offered(bands, "key", "asset") + _bands_offered(bands, "common_name", "band")
    rows += _indices_offered(offers)
    return {
        "results": rows,
        "statistics": [{"name": name, "dates_min": N_MIN[name]} for name in STATISTICS],
    }


def _bands_offered(bands: Sequence[Any], field: str, kind: str) -> list[dict[str, Any]]:
    names = dict.fromkeys(band[field] for band in bands if band[field])
    rows = []
    for name in names:
        having = [band for band in bands if band[field] == name]
        rows.append(
            {
                "name": name,
                "kind": kind,
                "title": ", ".join(
                    dict.fromkeys(
                        str(b["title"] or b["common_name"] or "") if kind == "asset" else b["key"]
                        for b in having
                    )
                ),
                "prefix": sensor_prefix(band["sensor"] or "" for band in having),
                "collections": sorted({band["collection"] for band in having}),
                "scenes": sum(band["scenes"] for band in having) if kind == "asset" else None,
            }
        )
    return rows


def _indices_offered(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    indices = {index.slug: index for index in plugin_specs("index")}
    rows = []
    for index in indices.values():
        having = [offer for offer in offers if _gives_index(offer, index.slug, indices)]
        if having:
            row = {"name": index.slug, "kind": "index", "title": index.title, "scenes": None}
            row |= {"expression": index.expression, "reference": index.reference}
            row |= {"prefix": sensor_prefix(offer.sensor for offer in having)}
            rows.append(row | {"collections": sorted({offer.collection for offer in having})})
    return rows


def _gives_index(offer: Offer, slug: str, indices: dict[str, Any]) -> bool:
    try:
        return bool(offer.resolve(slug, indices).kind == "index")
    except ExpressionError:
        return False


def features_report(
    project: Any,
    *,
    sources: Sequence[str] = (),
    windows: Sequence[str | None] = (),
    features: Any = None,
) -> dict[str, Any]:
    """Return how sources, windows and features would be understood; nothing is kept."""
    report: dict[str, Any] = {}
    indices = {index.slug: index for index in plugin_specs("index")}
    offers = offers_of(bands_by_sensor(project)) if sources else []
    report["sources"] = [source_report(source, offers, indices) for source in sources]
    days = scene_days(project) if windows else []
    report["windows"] = [window_report(window, days) for window in windows]
    if features is not None:
        report |= {"hash": None, "same_as": None, "errors": {}}
        try:
            report["hash"] = feature_set_spec(features).hash
        except InvalidInput as error:
            report["errors"] = error.errors
        same = FeatureSet.objects.filter(project=project, hash=report["hash"] or "-").first()
        report["same_as"] = {"id": str(same.pk), "name": same.name} if same else None
    return report


def models_visible_to(user: Any) -> QuerySet[MapModel]:
    """Return model lines with ``version_count``."""
    rows = MapModel.objects.filter(project__in=project_ids_of(user))
    return rows.annotate(version_count=Count("versions")).order_by("name", "id")


def model_versions_visible_to(user: Any) -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(project__in=project_ids_of(user))


def feature_set_get(user: Any, feature_set_id: Any, *, project: Any) -> FeatureSet:
    """Return a feature set of a project; raises NotFound for unknown and foreign ids."""
    found = feature_sets_visible_to(user).filter(project=project, pk=_uuid(feature_set_id)).first()
    if found is None:
        raise NotFound(f"The project has no feature set {feature_set_id}.")
    return found


def model_version_get(user: Any, version_id: Any, *, project: Any) -> ModelVersion:
    """Return a model version of a project; raises NotFound for unknown and foreign ids."""
    rows = model_versions_visible_to(user).select_related(
        "map_model", "feature_set", "scene_selection", "run__job"
    )
    found = rows.filter(project=project, pk=_uuid(version_id)).first()
    if found is None:
        raise NotFound(f"The project has no model version {version_id}.")
    return found


def _uuid(value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError as exc:
        raise NotFound(f"There is no object {value}.") from exc


# For the planes behind the access rules: what a run was ordered with was checked when it was
# submitted, so these take ids and no user.


def feature_set_by_id(feature_set_id: Any) -> FeatureSet:
    return FeatureSet.objects.get(pk=feature_set_id)


def model_version_by_id(version_id: Any) -> ModelVersion:
    """Return a version with its line, feature set and selection."""
    rows = ModelVersion.objects.select_related("map_model", "feature_set", "scene_selection")
    return rows.get(pk=version_id)


def model_version_of_job(job_id: Any, *, forest_sha256: str) -> ModelVersion | None:
    """Return the version a job registered for this forest, None when there is none yet."""
    return ModelVersion.objects.filter(run__job_id=job_id, forest_sha256=forest_sha256).first()
