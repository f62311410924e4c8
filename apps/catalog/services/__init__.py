"""Writes on the catalogue."""

from apps.catalog.services.imports import catalog_import_apply
from apps.catalog.services.reading import asset_file, catalog_documents_read, catalog_href_check
from apps.catalog.services.scenes import scene_include, scenes_include
from apps.catalog.services.selections import scene_selection_freeze, selection_checksum_now

__all__ = [
    "asset_file",
    "catalog_documents_read",
    "catalog_href_check",
    "catalog_import_apply",
    "scene_include",
    "scene_selection_freeze",
    "scenes_include",
    "selection_checksum_now",
]
