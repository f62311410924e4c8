"""Writes on the catalogue."""

from apps.catalog.services.imports import catalog_import_apply
from apps.catalog.services.reading import catalog_documents_read
from apps.catalog.services.scenes import scene_include
from apps.catalog.services.selections import scene_selection_freeze, selection_checksum_now

__all__ = [
    "catalog_documents_read",
    "catalog_import_apply",
    "scene_include",
    "scene_selection_freeze",
    "selection_checksum_now",
]
