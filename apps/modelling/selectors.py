"""Reads: feature sets, model lines and their versions, as far as a caller may see them."""

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.core.errors import NotFound
from apps.modelling.models import FeatureSet, MapModel, ModelVersion
from apps.projects.selectors import project_ids_of


def feature_sets_visible_to(user: Any) -> QuerySet[FeatureSet]:
    return FeatureSet.objects.filter(project__in=project_ids_of(user))


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
