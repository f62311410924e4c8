"""Writes about feature sets and models."""

from apps.modelling.services.feature_sets import (
    feature_set_create,
    feature_set_delete,
    feature_set_ensure,
    feature_set_update,
)
from apps.modelling.services.model_versions import (
    model_version_promote,
    model_version_register,
    model_version_status_set,
    model_version_verify,
)

__all__ = [
    "feature_set_create",
    "feature_set_delete",
    "feature_set_ensure",
    "feature_set_update",
    "model_version_promote",
    "model_version_register",
    "model_version_status_set",
    "model_version_verify",
]
