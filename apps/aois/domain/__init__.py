"""Rules of extents: geometry that arrives as GeoJSON, and the European reference grid."""

from apps.aois.domain.eea_grid import CELL_SIZES_KM, Cell, cell_of_code, cell_outline, cells_in
from apps.aois.domain.geometry import (
    MAX_VERTICES,
    POLYGONS,
    SAMPLES,
    bbox_read,
    feature_parts,
    geometry_json,
    geometry_read,
    invalid_text,
    multi_polygon,
    refuse_foreign_crs,
)

__all__ = [
    "CELL_SIZES_KM",
    "MAX_VERTICES",
    "POLYGONS",
    "SAMPLES",
    "Cell",
    "bbox_read",
    "cell_of_code",
    "cell_outline",
    "cells_in",
    "feature_parts",
    "geometry_json",
    "geometry_read",
    "invalid_text",
    "multi_polygon",
    "refuse_foreign_crs",
]
