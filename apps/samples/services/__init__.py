"""Writes on samples. Every edit is a revision; every act an audit row in its transaction."""

from apps.samples.services.edits import (
    sample_create,
    sample_delete,
    sample_update,
    samples_bulk_delete,
    samples_bulk_update,
    samples_restore,
)
from apps.samples.services.freezing import sample_set_freeze
from apps.samples.services.imports import samples_import_apply
from apps.samples.services.sets import (
    sample_set_create,
    sample_set_delete,
    sample_set_ensure,
    sample_set_update,
)

__all__ = [
    "sample_create",
    "sample_delete",
    "sample_set_create",
    "sample_set_delete",
    "sample_set_ensure",
    "sample_set_freeze",
    "sample_set_update",
    "sample_update",
    "samples_bulk_delete",
    "samples_bulk_update",
    "samples_import_apply",
    "samples_restore",
]
