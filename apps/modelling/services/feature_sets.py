"""Feature sets: free to change until a model was trained with them."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.services import audit_record
from apps.core.errors import Conflict, InvalidInput
from apps.modelling.domain import feature_set_spec
from apps.modelling.models import FeatureSet
from workers.contracts.features import FeatureSetSpec


@transaction.atomic
def feature_set_create(*, project: Any, name: str, features: Any, user: Any) -> FeatureSet:
    """Create a feature set.

    Raises:
        InvalidInput: the name is empty or a feature is wrong.
        Conflict: the project has a set of this name.
    """
    row = FeatureSet(project=project, name=_name_check(name))
    _features_put(row, feature_set_spec(features))
    _save(row)
    audit_record(
        actor=user, action="feature_set.create", obj=row, project=project, after=_state(row)
    )
    return row


@transaction.atomic
def feature_set_update(
    row: FeatureSet, *, user: Any, name: str | None = None, features: Any = None
) -> FeatureSet:
    """Change name or features; raises Conflict when a model was trained with the set."""
    row = FeatureSet.objects.select_for_update().get(pk=row.pk)
    before = _state(row)
    if name is not None:
        row.name = _name_check(name)
    if features is not None:
        _features_put(row, feature_set_spec(features))
    if _state(row) == before:
        return row
    _unused_check(row)
    _save(row)
    audit_record(
        actor=user,
        action="feature_set.update",
        obj=row,
        project=row.project,
        before=before,
        after=_state(row),
    )
    return row


@transaction.atomic
def feature_set_delete(row: FeatureSet, *, user: Any) -> None:
    """Delete a set; raises Conflict when a model was trained with it."""
    _unused_check(row)
    audit_record(
        actor=user, action="feature_set.delete", obj=row, project=row.project, before=_state(row)
    )
    row.delete()


def feature_set_ensure(*, project: Any, name: str, features: Any, user: Any) -> FeatureSet:
    """Return the project's set of this name, created when missing."""
    found = FeatureSet.objects.filter(project=project, name=name).first()
    return found or feature_set_create(project=project, name=name, features=features, user=user)


def _name_check(name: str) -> str:
    if not name.strip():
        text = "A feature set needs a name."
        raise InvalidInput(text, errors={"name": [text]})
    return name.strip()


def _features_put(row: FeatureSet, spec: FeatureSetSpec) -> None:
    row.features = spec.model_dump(mode="json", exclude_none=True)["features"]
    row.hash = spec.hash


def _save(row: FeatureSet) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as exc:
        text = f"The project has a feature set named {row.name!r}; choose another name."
        raise Conflict(text, errors={"name": [text]}) from exc


def _unused_check(row: FeatureSet) -> None:
    version = row.model_versions.select_related("map_model").first()
    if version is not None:
        raise Conflict(
            f"The feature set {row.name!r} is part of the record of the model {version}.",
            advice="Create a new feature set and train with that.",
        )


def _state(row: FeatureSet) -> dict[str, Any]:
    return {"name": row.name, "features": row.features, "hash": row.hash}
