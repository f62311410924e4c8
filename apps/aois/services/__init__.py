"""Writes on extents. Callers import from here."""

from apps.aois.services.extents import (
    aoi_create,
    aoi_delete,
    aoi_update,
    region_create,
    region_delete,
    region_update,
    unit_create,
    unit_delete,
    unit_update,
)
from apps.aois.services.many import MAX_AT_ONCE, aois_create_many, aois_import_apply

__all__ = [
    "MAX_AT_ONCE",
    "aoi_create",
    "aoi_delete",
    "aoi_update",
    "aois_create_many",
    "aois_import_apply",
    "region_create",
    "region_delete",
    "region_update",
    "unit_create",
    "unit_delete",
    "unit_update",
]
