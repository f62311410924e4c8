"""Writes on layers: open, publish, supersede; tile tokens and the index the tiler reads."""

from apps.layers.services.building import (
    BuildingPlan,
    building_due,
    building_open,
    building_write,
    buildings_open,
)
from apps.layers.services.publishing import (
    PublishedFiles,
    ReleaseLineage,
    StoredFile,
    layer_open,
    layer_rename,
    release_publish,
)
from apps.layers.services.tokens import SceneTiles, scene_tiles_offer, static_tiles_offer

__all__ = [
    "BuildingPlan",
    "PublishedFiles",
    "ReleaseLineage",
    "SceneTiles",
    "StoredFile",
    "building_due",
    "building_open",
    "building_write",
    "buildings_open",
    "layer_open",
    "layer_rename",
    "release_publish",
    "scene_tiles_offer",
    "static_tiles_offer",
]
